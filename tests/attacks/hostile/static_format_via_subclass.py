# tries: attributes in braces, with format of a class of the program's own
# full: raised
# raw: any
# policy: accepted
class S(str):
    pass
def f():
    pass
print("REACHED", S("{0.__code__}").format(f))
