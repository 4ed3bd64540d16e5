"""What the skills' tests share: strategies for configurations, and a table to work on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from blazer.core.geometry import quat_from_yaw
from blazer.core.records import Pose, Vec3
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.panda import LOWER_RAD, UPPER_RAD
from blazer.sim.scene import Body, Part, Scene

Z = TABLE_TOP_Z_M
Array = NDArray[np.float64]


def box(name: str, x: float, y: float, size_m: Vec3 = (0.05, 0.05, 0.05), **options: Any) -> Body:
    """A block standing on the table."""
    yaw = options.pop("yaw", 0.0)
    w, i, j, k = quat_from_yaw(yaw).tolist()
    return Body(
        name=name,
        kind=options.pop("kind", "block"),
        color=options.pop("color", "red"),
        parts=(Part(shape="box", size_m=size_m, rgba=(0.8, 0.1, 0.1, 1.0)),),
        size_m=size_m,
        pose=Pose(position_m=(x, y, Z + size_m[2] / 2), quat_wxyz=(w, i, j, k)),
        **options,
    )


def scene(*bodies: Body) -> Scene:
    """A scene of its own."""
    return Scene(task="sample", bodies=bodies)


def wall(name: str = "wall0", y: float = -0.05, height_m: float = 0.20) -> Body:
    """A thin fixed wall across the middle of the table."""
    return box(name, 0.25, y, (0.25, 0.02, height_m), fixed=True, graspable=False, kind="wall", color="gray")


def joint(index: int) -> st.SearchStrategy[float]:
    """A value within the limits of a joint."""
    return st.floats(float(LOWER_RAD[index]), float(UPPER_RAD[index]))


def pointing_down(q: list[float]) -> Array | None:
    """A configuration (7,) with the first four joints and the last as given and the gripper down.

    Solved forwards, wrist last: independent of the inverse kinematics under test.
    """
    rotation = np.eye(3)
    for angle, roll in zip(q[:4], (0.0, -math.pi / 2, math.pi / 2, math.pi / 2), strict=True):
        rotation = rotation @ turned_x(roll) @ turned_z(angle)
    x, y, z = rotation.T @ np.array([0.0, 0.0, -1.0])
    q6 = math.acos(max(-1.0, min(1.0, -y)))
    if math.sin(q6) < 1e-3:
        return None
    full = np.array([*q[:4], math.atan2(-z, x), q6, q[4]])
    return full if ((full >= LOWER_RAD) & (full <= UPPER_RAD)).all() else None


def turned_x(angle: float) -> Array:
    """Rotation about x."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def turned_z(angle: float) -> Array:
    """Rotation about z."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
