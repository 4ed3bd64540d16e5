# outcome: policy_rejected
print("ESCAPED", __builtins__["open"])
