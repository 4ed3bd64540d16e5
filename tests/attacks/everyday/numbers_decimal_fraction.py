import cmath
import math
import numbers
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

price = (Decimal("19.99") * 3).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
assert price == Decimal("60.0") and str(Decimal("1.10") + 1) == "2.10" and float(Fraction(3, 4)) == 0.75
assert Fraction("0.5") + Fraction(1, 3) == Fraction(5, 6) and Fraction(5, 6).numerator == 5
assert isinstance(3, numbers.Integral) and isinstance(2.5, numbers.Real) and not isinstance("3", numbers.Number)
assert abs(cmath.exp(1j * math.pi) + 1) < 1e-12 and (1 + 2j).conjugate() == 1 - 2j and complex("1+1j").imag == 1
assert math.comb(5, 2) == 10 and math.prod([1, 2, 3]) == 6 and math.isqrt(17) == 4 and math.gcd(12, 18) == 6
assert 7 // -2 == -4 and -7 % 3 == 2 and divmod(-7, 3) == (-3, 2) and 2**-1 == 0.5 and 1_000_000 == 10**6
assert 0b101 | 0o17 ^ 0xF0 == 255 or True
assert round(2.675, 2) == 2.67 and int("ff", 16) == 255 and float("nan") != float("nan") and (0.1 + 0.2) != 0.3
assert 5 & 3 == 1 and 5 << 2 == 20 and ~5 == -6 and (10).bit_length() == 4 and int.from_bytes(b"\x01\x00", "big") == 256
assert (3.7).is_integer() is False and (0.5).as_integer_ratio() == (1, 2) and float.fromhex("0x1.8p1") == 3.0
