# tries: fractions whose denominators double in length
# full: time_out
# raw: time_out
# policy: accepted
from fractions import Fraction
x = Fraction(1, 3)
n = 1
while True:
    x = x * x + Fraction(1, 2 * n + 1)
    n += 1
