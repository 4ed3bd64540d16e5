# outcome: policy_rejected
if (_write_ := (lambda o: o)):
    print("ESCAPED")
