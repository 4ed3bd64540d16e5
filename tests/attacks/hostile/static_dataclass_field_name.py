# tries: a text of the program's as the name of a field, executed by dataclass
# full: completed
# raw: any
# policy: accepted
import dataclasses
from dataclasses import dataclass
from types import SimpleNamespace
TEXT = "x, [__import__('os').getuid(), print('REACHED')]"
@dataclass
class First:
    x: int = 0
field = dataclasses.fields(First)[0]
def by_init():
    SimpleNamespace.__init__(field, name=TEXT)
def by_setattr():
    setattr(field, "name", TEXT)
def by_own_init():
    field.__init__(TEXT)
for way in (by_init, by_setattr, by_own_init):
    try:
        way()
        print("REACHED")
    except (TypeError, AttributeError) as error:
        print("refused", error)
@dataclass(init=False, eq=False, match_args=False)
class Second(First):
    pass
print(repr(Second()), First.__init__.__name__)
