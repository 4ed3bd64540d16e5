"""Rotations and poses on plain numpy arrays. Quaternions are (w, x, y, z), unit; angles in radians."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def wrap_angle(angle_rad: float) -> float:
    """The same angle in (-pi, pi]."""
    wrapped = math.remainder(angle_rad, 2 * math.pi)
    return math.pi if wrapped == -math.pi else wrapped


def quat_from_yaw(yaw_rad: float) -> Array:
    """Rotation about the world z axis. Returns (4,)."""
    return np.array([math.cos(yaw_rad / 2), 0.0, 0.0, math.sin(yaw_rad / 2)])


def quat_multiply(a: ArrayLike, b: ArrayLike) -> Array:
    """Hamilton product: first `b`, then `a`. Shapes (4,), (4,) -> (4,)."""
    aw, ax, ay, az = np.asarray(a, float)
    bw, bx, by, bz = np.asarray(b, float)
    return np.array(
        [
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ]
    )


def quat_conjugate(q: ArrayLike) -> Array:
    """The inverse of a unit quaternion. (4,) -> (4,)."""
    w, x, y, z = np.asarray(q, float)
    return np.array([w, -x, -y, -z])


def quat_to_matrix(q: ArrayLike) -> Array:
    """Rotation matrix (3, 3) of a quaternion (4,), normalised first."""
    w, x, y, z = np.asarray(q, float) / np.linalg.norm(np.asarray(q, float))
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def matrix_to_quat(m: ArrayLike) -> Array:
    """Quaternion (4,) with w >= 0 of a rotation matrix (3, 3)."""
    r = np.asarray(m, float)
    # Four candidates; the one with the largest pivot is the well-conditioned one.
    pivots = np.array(
        [
            1 + r[0, 0] + r[1, 1] + r[2, 2],
            1 + r[0, 0] - r[1, 1] - r[2, 2],
            1 - r[0, 0] + r[1, 1] - r[2, 2],
            1 - r[0, 0] - r[1, 1] + r[2, 2],
        ]
    )
    i = int(np.argmax(pivots))
    s = 2 * math.sqrt(pivots[i])
    if i == 0:
        q = np.array([s / 4, (r[2, 1] - r[1, 2]) / s, (r[0, 2] - r[2, 0]) / s, (r[1, 0] - r[0, 1]) / s])
    elif i == 1:
        q = np.array([(r[2, 1] - r[1, 2]) / s, s / 4, (r[0, 1] + r[1, 0]) / s, (r[0, 2] + r[2, 0]) / s])
    elif i == 2:
        q = np.array([(r[0, 2] - r[2, 0]) / s, (r[0, 1] + r[1, 0]) / s, s / 4, (r[1, 2] + r[2, 1]) / s])
    else:
        q = np.array([(r[1, 0] - r[0, 1]) / s, (r[0, 2] + r[2, 0]) / s, (r[1, 2] + r[2, 1]) / s, s / 4])
    unit: Array = q / np.linalg.norm(q)
    return -unit if unit[0] < 0 else unit


def quat_rotate(q: ArrayLike, vectors: ArrayLike) -> Array:
    """Rotate vectors (3,) or (n, 3) by a quaternion (4,)."""
    rotated: Array = np.asarray(vectors, float) @ quat_to_matrix(q).T
    return rotated


def yaw_of_quat(q: ArrayLike) -> float:
    """Angle about world z of the rotated x axis, in (-pi, pi]; 0 where that axis stands upright."""
    w, x, y, z = np.asarray(q, float).tolist()
    # The first column of the rotation matrix, times |q|^2; plain floats, as this is asked often.
    along, across = w * w + x * x - y * y - z * z, 2 * (x * y + w * z)
    if math.hypot(along, across) < 1e-9 * (w * w + x * x + y * y + z * z):
        return 0.0
    return math.atan2(across, along)


def tilt_of_quat(q: ArrayLike) -> float:
    """Angle in [0, pi] between the rotated z axis and world z."""
    return math.acos(max(-1.0, min(1.0, float(quat_to_matrix(q)[2, 2]))))
