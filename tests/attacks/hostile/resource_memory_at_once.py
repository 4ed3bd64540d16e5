# tries: all the memory in one list
# full: out_of_memory
# raw: out_of_memory
# policy: accepted
x = [0] * 10**11
