# tries: the interpreter's registry of abstract classes
# full: raised
# raw: any
# policy: accepted
from abc import ABC
class Anything(ABC):
    pass
Anything.register(int)
print("REACHED", isinstance(1, Anything))
