# tries: a guard's name, bound by the rest of a mapping pattern
# full: refused
# raw: any
# policy: refused
match {"a": 1}:
    case {"a": 1, **_getattr_}:
        print("REACHED", _getattr_)
