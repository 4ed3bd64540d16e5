# tries: __match_args__ set after the class was made
# full: raised
# raw: any
# policy: accepted
class A:
    __match_args__ = ("x",)
    x = 1
setattr(A, "__match_" + "args__", ("__dict__",))
match A():
    case A(got):
        print("REACHED", got)
