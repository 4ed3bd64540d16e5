# tries: a guard's name bound by a pattern
# full: refused
# raw: any
# policy: refused
match [1]:
    case [_getattr_]:
        print("REACHED")
