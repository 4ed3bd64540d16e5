# outcome: policy_rejected
try:
    raise ValueError
except* ValueError as e:
    print("ESCAPED", e)
