# tries: a way past the policy: attrgetter
# full: refused
# raw: any
# policy: refused
from operator import attrgetter
print("REACHED", attrgetter("__globals__")(print))
