from math import *
assert sqrt(4) == 2 and degrees(pi) == 180
