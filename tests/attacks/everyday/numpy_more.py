import numpy as np

a = np.arange(12).reshape(3, 4)
assert a[1].sum() == 22 and a[:, -1].tolist() == [3, 7, 11] and a[a % 2 == 0].size == 6 and a[::-1, ::2].shape == (3, 2)
b = np.where(a > 5, a, -1)
assert (b == -1).sum() == 6 and np.any(b > 10) and not np.all(b > 0) and np.count_nonzero(b + 1) == 6
assert np.vstack([a, a]).shape == (6, 4) and np.hstack([a, a]).shape == (3, 8) and np.concatenate([a, b]).shape == (6, 4)
assert np.cross([1, 0, 0], [0, 1, 0]).tolist() == [0, 0, 1] and np.dot([1, 2], [3, 4]) == 11
clip = np.vectorize(lambda v: min(max(v, 0), 5))
assert clip(a).max() == 5 and np.interp(0.5, [0, 1], [0, 10]) == 5
with np.errstate(divide="ignore", invalid="ignore"):
    r = np.array([1.0, 0.0]) / np.array([0.0, 0.0])
assert np.isinf(r[0]) and np.isnan(r[1]) and np.nanmax(r) == np.inf
for (i, j), v in np.ndenumerate(a[:1]):
    assert v == a[i, j]
x = np.zeros(3)
x += 1
x[1:] *= 3
x[0] -= 0.5
assert x.tolist() == [0.5, 3.0, 3.0] and np.float64(1.5).item() == 1.5 and x.astype(int).tolist() == [0, 3, 3]
assert np.histogram([1, 2, 2], bins=2)[0].tolist() == [1, 2] and np.polyfit([0, 1, 2], [1, 3, 5], 1).round(6).tolist() == [2, 1]
assert np.linalg.solve([[2, 0], [0, 4]], [2, 4]).tolist() == [1, 1] and np.trace(np.eye(3)) == 3
people = np.array([("a", 1.5), ("b", 2.5)], dtype=[("name", "U4"), ("w", float)])
assert people["w"].mean() == 2 and np.finfo(float).eps < 1e-10 and type(a).__name__ == "ndarray" and a.__class__ is type(b)
rng = np.random.RandomState(0)
assert rng.rand(2).shape == (2,) and np.add.reduce([1, 2, 3]) == 6 and np.maximum.accumulate([1, 3, 2]).tolist() == [1, 3, 3]
