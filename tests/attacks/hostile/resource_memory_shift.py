# tries: an integer of a hundred gigabits
# full: out_of_memory
# raw: out_of_memory
# policy: accepted
x = 1 << 10**12
