def f(a, /, b, *args, c=1, **kw):
    return (a, b, args, c, kw)
args, kw = [2, 3], {"c": 5, "d": 6}
assert f(1, *args, **kw) == (1, 2, (3,), 5, {"d": 6})
first, *middle, last = [1, 2, 3, 4]
(a, (b, c)), d = (1, (2, 3)), 4
merged = {**{"x": 1}, "y": 2}
listed = [*range(2), *"ab"]
assert middle == [2, 3] and (a, b, c, d) == (1, 2, 3, 4) and merged == {"x": 1, "y": 2} and listed[2:] == ["a", "b"]
for i, (p, q) in enumerate([(1, 2), (3, 4)]):
    assert p + q in (3, 7)
[u, v] = 1, 2
a, b = b, a
assert (a, b) == (2, 1)
