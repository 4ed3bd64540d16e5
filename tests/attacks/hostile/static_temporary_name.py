# outcome: policy_rejected
_tmp0 = 5
print("ESCAPED")
