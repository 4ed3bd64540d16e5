# tries: a class that a pattern names, rebound by its subject
# full: completed
# raw: any
# policy: accepted
class Plain:
    pass
Seen = Plain
match (Seen := str)("{0.__globals__}"):
    case Seen(format=f):
        print("REACHED", f(print))
raise SystemExit
