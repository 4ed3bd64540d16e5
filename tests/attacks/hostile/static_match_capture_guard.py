# tries: a way past the policy: match capture guard
# full: refused
# raw: any
# policy: refused
match [1]:
    case [_getattr_]:
        print("REACHED")
