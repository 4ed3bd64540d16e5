# outcome: policy_rejected
from numpy import load
print("ESCAPED", load)
