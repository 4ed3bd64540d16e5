# outcome: policy_rejected
match "{0.__globals__}":
    case str(format=f):
        print("ESCAPED", f(print))
