# tries: a class of the library's making taken for the program's own while one of those is being made
# full: raised
# raw: any
# policy: accepted
from collections import namedtuple
class Own:
    pass
class Spy:
    def __set_name__(self, owner, name):
        made = namedtuple("X", "a", module=Own.__module__)
        made.a = property(lambda self: 5)
        print("REACHED")
class Other:
    s = Spy()
