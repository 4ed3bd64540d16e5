# tries: a power that takes the interpreter minutes, in one instruction
# full: time_out
# raw: time_out
# policy: accepted
x = 7 ** (10 ** 9)
