# tries: the maker of classes, replaced in a class body
# full: refused
# raw: any
# policy: refused
class Outer:
    __metaclass__ = lambda *a: print("REACHED", a)
    class Inner:
        pass
