"""Just enough motion to examine a simulator: plain inverse kinematics and straight joint paths.

Damped least squares with a few starts, for the conformance battery and the tests. Programs move
through `blazer.skills`, which plans; nothing here looks at obstacles.
"""

from __future__ import annotations

import math

import numpy as np

from blazer.core.errors import SimulatorError
from blazer.core.geometry import Array, wrap_angle
from blazer.core.rng import stream
from blazer.sim import panda
from blazer.sim.layout import ROBOT_BASE_M


def solve(position_m: tuple[float, float, float], yaw_rad: float = 0.0, near: Array | None = None) -> Array:
    """A configuration that points straight down at a position.

    Args:
        position_m: Of the tcp, world frame.
        yaw_rad: Of the gripper.
        near: Where to start from; home, turned towards the position, by default.

    Raises:
        SimulatorError: if none was found.
    """
    random = stream(7, "ik")
    for attempt in range(8):
        start = _towards(position_m, yaw_rad) if near is None else near.copy()
        if attempt:
            start += random.uniform(-0.6, 0.6, 7)
            start[6] += random.uniform(-2, 2)
        found = _descend(np.array(position_m), yaw_rad, np.clip(start, *_limits()))
        if found is not None:
            return found
    raise SimulatorError(f"no configuration found for {position_m} at yaw {yaw_rad:.3f}")


def _towards(position_m: tuple[float, float, float], yaw_rad: float) -> Array:
    """Home, turned towards a position, the gripper near its yaw."""
    start = panda.HOME_RAD.copy()
    start[0] = math.atan2(position_m[1] - ROBOT_BASE_M[1], position_m[0] - ROBOT_BASE_M[0])
    start[6] = wrap_angle(math.pi / 4 + start[0] - yaw_rad)
    return start


def path(start: Array, end: Array, count: int) -> Array:
    """(count, 7) straight in joint space, smooth in time."""
    s = np.linspace(0.0, 1.0, count)
    s = 10 * s**3 - 15 * s**4 + 6 * s**5
    return start + (end - start) * s[:, None]


def _limits() -> tuple[Array, Array]:
    return panda.LOWER_RAD + 0.01, panda.UPPER_RAD - 0.01


def _descend(position: Array, yaw_rad: float, joints: Array) -> Array | None:
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    wanted = np.array([[c, s, 0.0], [s, -c, 0.0], [0.0, 0.0, -1.0]])
    for _ in range(120):
        tcp = panda.forward(joints)[-1]
        error = np.concatenate([position - tcp.position_m, _turn_between(tcp.rotation, wanted)])
        if np.abs(error).max() < 1e-6:
            return joints
        j = panda.jacobian(joints)
        move = j.T @ np.linalg.solve(j @ j.T + 1e-5 * np.eye(6), error)
        move *= min(1.0, 0.4 / float(np.abs(move).max()))
        joints = np.clip(joints + move, *_limits())
    return None


def _turn_between(current: Array, wanted: Array) -> Array:
    """Rotation vector that takes `current` to `wanted`."""
    d = wanted @ current.T
    axis = np.array([d[2, 1] - d[1, 2], d[0, 2] - d[2, 0], d[1, 0] - d[0, 1]])
    angle = math.acos(max(-1.0, min(1.0, (float(np.trace(d)) - 1) / 2)))
    size = float(np.linalg.norm(axis))
    if size < 1e-9:
        return np.array([0.0, 0.0, angle])
    rotation: Array = axis / size * angle
    return rotation
