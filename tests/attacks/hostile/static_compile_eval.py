# outcome: policy_rejected
print(eval(compile("'ESCAPED'", "x", "eval")))
