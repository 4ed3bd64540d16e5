# outcome: policy_rejected
import os
print("ESCAPED", os.getcwd())
