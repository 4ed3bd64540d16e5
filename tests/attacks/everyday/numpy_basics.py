import numpy as np
a = np.array([[1.0, 2.0], [3.0, 4.0]])
a[0, 1] = 5
a[:, 0] += 1
a[0] *= 2
offset = np.array([0.1, 0.0, 0.2])
assert a.shape == (2, 2) and np.allclose(a.sum(), 22) and a.T[0, 0] == 4
assert np.linalg.norm(np.array([3, 4])) == 5 and np.clip(5, 0, 1) == 1
assert float(np.mean([1, 2, 3])) == 2 and np.argmin([3, 1, 2]) == 1
assert (a @ np.eye(2)).tolist() == a.tolist() and np.pi > 3
x, y, z = offset + np.array((1, 2, 3))
mask = offset > 0.05
assert offset[mask].size == 2 and np.round(x, 2) == 1.1 and offset.copy().dtype == np.float64
