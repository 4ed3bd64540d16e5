# tries: __match_args__ as a list that grows after it was checked
# full: raised
# raw: any
# policy: accepted
names = ["x"]
class A:
    __match_args__ = names
    x = 1
names[0] = "__di" + "ct__"
match A():
    case A(got):
        print("REACHED", got)
