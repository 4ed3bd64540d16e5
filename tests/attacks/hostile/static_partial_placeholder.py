# tries: a skill's closure through a partial
# full: raised
# raw: any
# policy: accepted
from functools import partial
p = partial(pick)
print("REACHED", getattr(p.func, "__clo" + "sure__"))
