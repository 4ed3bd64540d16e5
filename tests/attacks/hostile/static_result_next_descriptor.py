# tries: code run after the program's end, by asking the result's class for __next__
# full: completed
# raw: any
# policy: accepted
class D:
    def __get__(self, ob, kind):
        print("REACHED", "runs after the end")
        return None
class C:
    __next__ = D()
result = C()
