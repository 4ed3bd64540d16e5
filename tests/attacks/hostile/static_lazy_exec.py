# outcome: policy_rejected
exec("print('ESCAPED')")
