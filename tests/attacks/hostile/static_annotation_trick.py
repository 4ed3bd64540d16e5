# outcome: policy_rejected
x: __import__("os") = 1
print("ESCAPED")
