# outcome: policy_rejected
for _getiter_ in [1]:
    print("ESCAPED")
