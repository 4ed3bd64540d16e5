import re
import sys
from contextlib import contextmanager, suppress
from fractions import Fraction
from decimal import Decimal
@contextmanager
def section(name):
    log.append("in " + name)
    try:
        yield name
    finally:
        log.append("out")
log = []
with section("a") as s:
    log.append(s)
with suppress(KeyError):
    {}["x"]
numbers = [int(n) for n in re.findall(r"\d+", "jar0 lid12")]
match = re.match(r"([a-z]+)(\d+)", "jar0")
assert log == ["in a", "a", "out"] and numbers == [0, 12] and match.group(1) == "jar"
assert Fraction(1, 3) + Fraction(1, 6) == Fraction(1, 2) and Decimal("0.1") * 3 == Decimal("0.3")
if len(log) > 2:
    sys.exit(0)
raise AssertionError
