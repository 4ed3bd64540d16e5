# outcome: policy_rejected
from string import Formatter
print("ESCAPED", Formatter().format("{0.__globals__}", print))
