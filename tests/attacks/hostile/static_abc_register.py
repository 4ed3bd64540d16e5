# outcome: program_error
from abc import ABC
class Anything(ABC):
    pass
Anything.register(int)
print("ESCAPED", isinstance(1, Anything))
