# outcome: policy_rejected
try:
    1 / 0
except ZeroDivisionError as _getattr_:
    print("ESCAPED")
