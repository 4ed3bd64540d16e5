# tries: a regular expression that backtracks for ever, in C and past signals
# full: time_out
# raw: time_out
# policy: accepted
import re
print(re.match("(a+)+$", "a" * 60 + "b"))
