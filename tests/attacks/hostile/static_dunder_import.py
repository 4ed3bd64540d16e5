# outcome: policy_rejected
print("ESCAPED", __import__("os").getcwd())
