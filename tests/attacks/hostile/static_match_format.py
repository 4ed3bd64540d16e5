# tries: str.format, read by a pattern
# full: raised
# raw: any
# policy: accepted
match "{0.__globals__}":
    case str(format=f):
        print("REACHED", f(print))
