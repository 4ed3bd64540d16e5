# tries: str.format taken as a value and called by map
# full: raised
# raw: any
# policy: accepted
def f():
    pass
class S(str):
    pass
print("REACHED", *map(S.format, [S("{0.__closure__}")], [f]))
