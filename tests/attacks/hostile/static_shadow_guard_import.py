# outcome: policy_rejected
from math import sin as _getattr_
print("ESCAPED")
