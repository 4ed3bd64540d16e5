# tries: a special attribute through cached_property
# full: raised
# raw: any
# policy: accepted
from functools import cached_property
class C:
    pass
p = cached_property(lambda self: 1)
p.attrname = "__class__"
print("REACHED", p)
