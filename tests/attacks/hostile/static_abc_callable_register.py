# tries: the registry of abstract classes, through collections.abc
# full: raised
# raw: any
# policy: accepted
from collections.abc import Hashable
register = getattr(Hashable, "reg" + "ister")
register(list)
print("REACHED", isinstance([], Hashable))
