# tries: an attribute that the second look at __match_args__ names
# full: raised
# raw: any
# policy: accepted
n = [0]
class D:
    def __get__(self, ob, kind):
        n[0] += 1
        return ("x",) if n[0] == 1 else ("__di" + "ct__",)
class A:
    __match_args__ = D()
    x = 1
match A():
    case A(got):
        print("REACHED", got)
