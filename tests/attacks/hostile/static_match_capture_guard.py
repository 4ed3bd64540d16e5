# outcome: policy_rejected
match [1]:
    case [_getattr_]:
        print("ESCAPED")
