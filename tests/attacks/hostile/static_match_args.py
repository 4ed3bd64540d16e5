# tries: special attributes read by a pattern, named by the class
# full: raised
# raw: any
# policy: accepted
class C:
    __match_args__ = ("__dict__",)
match C():
    case C(d):
        print("REACHED", d)
