# tries: str.format, read by a pattern of a class of texts
# full: raised
# raw: any
# policy: accepted
class S(str):
    __match_args__ = ("format",)
match S("{0.__globals__}"):
    case S(f):
        print("REACHED", f(print))
