# outcome: policy_rejected
from sys import modules
print("ESCAPED", modules)
