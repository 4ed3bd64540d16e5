# tries: a way past the policy: match args
# full: raised
# raw: any
# policy: accepted
class C:
    __match_args__ = ("__dict__",)
match C():
    case C(d):
        print("REACHED", d)
