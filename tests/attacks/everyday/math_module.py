import math
from math import pi, sin as sine
assert math.hypot(3, 4) == 5 and abs(sine(pi)) < 1e-9 and math.isclose(math.dist((0, 0), (3, 4)), 5)
assert math.floor(1.5) == 1 and math.atan2(0, 1) == 0 and math.inf > 1
