# tries: a factorial that takes minutes in C
# full: time_out
# raw: time_out
# policy: accepted
import math
print(math.factorial(5 * 10**7).bit_length())
