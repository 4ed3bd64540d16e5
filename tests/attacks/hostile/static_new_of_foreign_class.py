# tries: a function without code, made by object.__new__
# full: completed
# raw: any
# policy: accepted
F = type(pick)
made = object.__new__(F)
if callable(made) or hasattr(made, "__name__"):
    print("REACHED", made)
raise SystemExit
