import numpy as np
from numpy.typing import NDArray


def rotation_z(yaw: float) -> NDArray[np.float64]:
    c, s = np.cos(yaw), np.sin(yaw)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def transform(R: np.ndarray, t: np.ndarray) -> np.ndarray:
    T = np.eye(4)
    T[:3, :3] = R
    T[:3, 3] = t
    return T


T = transform(rotation_z(np.pi / 2), np.array([1.0, 0.0, 0.5]))
point = np.array([1.0, 0.0, 0.0, 1.0])
assert np.allclose(T @ point, [1.0, 1.0, 0.5, 1.0]) and np.allclose(np.linalg.inv(T) @ (T @ point), point)
points = np.random.default_rng(1).uniform(-1, 1, size=(50, 3))
centroid = points.mean(axis=0)
d = np.linalg.norm(points - centroid, axis=1)
order = np.argsort(d)
assert d[order[0]] == d.min() and points[d < 0.5].shape[1] == 3
u, s, vt = np.linalg.svd(points - centroid)
assert s[0] >= s[1] >= s[2] > 0 and isinstance(points, np.ndarray) and points.dtype == np.float64
grid = np.stack(np.meshgrid(np.linspace(0, 1, 3), np.linspace(0, 1, 3)), axis=-1).reshape(-1, 2)
assert grid.shape == (9, 2) and np.unique(grid[:, 0]).size == 3
grid[:, 1] += 0.5
grid[grid > 1.2] = 1.2
assert grid.max() == 1.2 and np.c_[[1, 2], [3, 4]].shape == (2, 2) and np.r_[1:4, 9].tolist() == [1, 2, 3, 9]
np.set_printoptions(precision=3, suppress=True)
print(centroid, np.round(T, 3), np.array2string(s, precision=2))
