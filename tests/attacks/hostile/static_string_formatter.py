# tries: attributes read by string.Formatter
# full: refused
# raw: any
# policy: refused
from string import Formatter
print("REACHED", Formatter().format("{0.__globals__}", print))
