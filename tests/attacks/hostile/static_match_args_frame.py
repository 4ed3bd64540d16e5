# tries: a frame, read by the positions of a pattern
# full: raised
# raw: any
# policy: accepted
class C:
    __match_args__ = ("gi_" + "frame",)
match C():
    case C(f):
        print("REACHED", f)
raise SystemExit
