# tries: attributes read by operator.attrgetter
# full: refused
# raw: any
# policy: refused
from operator import attrgetter
print("REACHED", attrgetter("__globals__")(print))
