# tries: all the memory in arrays, past Python's allocator
# full: out_of_memory time_out
# raw: out_of_memory time_out early_exit
# policy: accepted
import numpy as np
x = []
while True:
    x.append(np.ones(10**6))
