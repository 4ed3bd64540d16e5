# outcome: policy_rejected
f = lambda *_write_: 1
print("ESCAPED")
