import re

a, (b, *c), d = 1, (2, 3, 4), 5
(x, y), [z] = (1, 2), [3]
first, *_, last = range(5)
head, *tail = "abc"
for i, (name, (lo, hi)) in enumerate({"a": (0, 1), "b": (2, 3)}.items()):
    assert lo + 1 == hi and 0 <= i < 2 <= len(name) + 1
assert (a, b, c, d, x, y, z, first, last, tail) == (1, 2, [3, 4], 5, 1, 2, 3, 0, 4, ["b", "c"])
m = n = 0
m, n = n + 1, m + 2
p = (q := 5) + (r := 6)
assert (m, n, p, q, r) == (1, 2, 11, 5, 6)
data = iter([3, 1, 0, 7])
total = 0
while (value := next(data)) != 0:
    total += value
assert total == 4 and 1 < 2 <= 2 != 3 > 1 and not 1 < 2 > 5 and (1 if total else 2) == 1
if (match := re.match(r"(\d+)", "42 jars")) and int(match[1]) > 40:
    total = match[1]
assert total == "42"
nested = [[1, 2], [3]]
flat = [v for row in nested for v in row if v % 2 if v > 0]
table = {k: {v for v in range(k)} for k in range(3)}
assert flat == [1, 3] and table[2] == {0, 1} and [*flat, *"ab"] == [1, 3, "a", "b"]
matrix = [[1, 2, 3], [4, 5, 6]]
assert list(map(list, zip(*matrix))) == [[1, 4], [2, 5], [3, 6]] and {**{"a": 1}, "b": 2} | {"c": 3} == dict(a=1, b=2, c=3)
x = y = z = []
x += [1]
assert z == [1] and (lambda *a, k=2, **kw: sum(a) * k + len(kw))(1, 2, k=3, q=1) == 10
