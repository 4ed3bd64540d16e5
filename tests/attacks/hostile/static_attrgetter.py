# outcome: policy_rejected
from operator import attrgetter
print("ESCAPED", attrgetter("__globals__")(print))
