# tries: a list of ten to the tenth tuples
# full: out_of_memory time_out
# raw: out_of_memory time_out
# policy: accepted
import itertools
print(len(list(itertools.product(range(100), repeat=5))))
