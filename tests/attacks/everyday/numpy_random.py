import numpy as np
from numpy.linalg import norm
rng = np.random.default_rng()
v = rng.uniform(-1, 1, size=3)
w = np.random.default_rng(0).normal(size=(2, 2))
np.random.seed(3)
assert v.shape == (3,) and w.shape == (2, 2) and norm(v) >= 0 and 0 <= np.random.rand() < 1
