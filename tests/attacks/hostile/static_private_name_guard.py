# tries: a guard's name made by mangling
# full: refused
# raw: any
# policy: refused
class _:
    def f(self):
        __getattr_ = 1
        global __write_
        __write_ = lambda o: o
        return __getattr_
class getattr_:
    __x__ = 1
print("REACHED", _().f())
