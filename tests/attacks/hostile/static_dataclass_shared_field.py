# tries: str.format without its guard: a field() that gets its name from a second class, once the first was checked
# full: raised
# raw: any
# policy: accepted
from dataclasses import astuple, dataclass, field
shared = field(default=1)
@dataclass
class A(str):
    x: object = shared
@dataclass
class B:
    format: object = shared
def g():
    yield 1
print("REACHED", astuple(A.__new__(A, "{0.gi_frame.f_builtins}"))[0](g()))
