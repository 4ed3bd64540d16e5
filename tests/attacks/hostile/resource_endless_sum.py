# tries: a sum in C that never ends
# full: time_out
# raw: time_out
# policy: accepted
import itertools
sum(itertools.repeat(1))
