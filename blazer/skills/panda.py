"""Kinematics of the Franka Emika Panda: forward, and inverse in closed form.

Not a general solver: the chain is the published one (modified Denavit-Hartenberg, Franka Control
Interface documentation) and the tool is the stock hand, whose tcp lies between the finger pads.

The arm has one joint more than a pose needs. As in He & Liu, "Analytical inverse kinematics for
Franka Emika Panda - a case study for an unconventional 7-DOF manipulator" (ICMLSC 2021), joint 7
is the free parameter: with q7 given, the wrist centre is known, the triangle of shoulder, elbow
and wrist gives q4, and the rest follows from directions. The derivation below is our own; unlike
the paper it also keeps the second elbow solution (arm almost stretched), so that it is complete.
Everything works on arrays of poses at once, because a line of way-points is solved in one go.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from blazer.sim.panda import FLANGE_M, HAND_TO_TCP_M, HAND_YAW_RAD, LINK_FRAMES

Array = NDArray[np.float64]
Vector = tuple[float, float, float]

# The published figures stand once, in `sim.panda`; here they get their Denavit-Hartenberg names.
D1_M, D3_M, D5_M = LINK_FRAMES[0][0][2], -LINK_FRAMES[2][0][1], LINK_FRAMES[4][0][1]
A4_M, A7_M = LINK_FRAMES[3][0][0], LINK_FRAMES[6][0][0]
TOOL_M = FLANGE_M + HAND_TO_TCP_M

BRANCHES = 8
"""Solutions for one pose and one q7: elbow (2) x wrist (2) x shoulder (2)."""

_DAMPING = 1e-8
_EXACT = 1e-7
_UPPER_M = math.hypot(A4_M, D3_M)
_FORE_M = math.hypot(A4_M, D5_M)
_ELBOW_RAD = math.atan2(D3_M, A4_M) + math.atan2(D5_M, A4_M)
"""Angle shoulder-elbow-wrist at q4 = 0, on the side of the elbow's offset."""

# (a, cos alpha, sin alpha, d) of joints 1 to 7, modified Denavit-Hartenberg.
_DH = (
    (0.0, 1.0, 0.0, D1_M),
    (0.0, 0.0, -1.0, 0.0),
    (0.0, 0.0, 1.0, D3_M),
    (A4_M, 0.0, 1.0, 0.0),
    (-A4_M, 0.0, -1.0, D5_M),
    (0.0, 0.0, 1.0, 0.0),
    (A7_M, 0.0, 1.0, 0.0),
)

_COS, _SIN = (np.array([row[column] for row in _DH]) for column in (1, 2))
_SHIFT = np.array([[(0.0, a), (-sa, -sa * d), (ca, ca * d)] for a, ca, sa, d in _DH])
"""The columns (7, 3, 2) of each joint's frame that do not turn with it: z axis and origin."""

_HAND = np.array(
    [
        [math.cos(HAND_YAW_RAD), -math.sin(HAND_YAW_RAD), 0.0],
        [math.sin(HAND_YAW_RAD), math.cos(HAND_YAW_RAD), 0.0],
        [0.0, 0.0, 1.0],
    ]
)


def forward(joint_rad: ArrayLike) -> tuple[Array, Array]:
    """Pose of the tcp in the frame of the robot's base.

    Plain floats, because for one configuration that is many times quicker than arrays.

    Args:
        joint_rad: (7,).

    Returns:
        Position (3,) in metres and rotation matrix (3, 3).
    """
    joints = np.asarray(joint_rad, float).tolist()
    x, y, z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    p = (0.0, 0.0, 0.0)
    for (a, ca, sa, d), angle in zip(_DH, joints, strict=True):
        # Roll about x, then shift along x and the new z, then turn about the new z.
        y, z = _mix(y, ca, z, sa), _mix(z, ca, y, -sa)
        p = (p[0] + a * x[0] + d * z[0], p[1] + a * x[1] + d * z[1], p[2] + a * x[2] + d * z[2])
        c, s = math.cos(angle), math.sin(angle)
        x, y = _mix(x, c, y, s), _mix(y, c, x, -s)
    c, s = math.cos(HAND_YAW_RAD), math.sin(HAND_YAW_RAD)
    x, y = _mix(x, c, y, s), _mix(y, c, x, -s)
    position = np.array([p[0] + TOOL_M * z[0], p[1] + TOOL_M * z[1], p[2] + TOOL_M * z[2]])
    return position, np.array([x, y, z]).T


def forward_many(joint_rad: Array) -> tuple[Array, Array, Array]:
    """Poses and Jacobians of the tcp in the frame of the robot's base, for (n, 7) at once.

    Returns:
        Positions (n, 3), rotation matrices (n, 3, 3), and Jacobians (n, 6, 7): linear rows first.
    """
    n = len(joint_rad)
    c, s = np.cos(joint_rad), np.sin(joint_rad)
    # From each joint's frame to the next one's, all at once: axes and, in the last column, origin.
    step = np.empty((n, 7, 3, 4))
    step[:, :, :, 2:] = _SHIFT
    step[:, :, 0, 0], step[:, :, 0, 1] = c, -s
    step[:, :, 1, 0], step[:, :, 1, 1] = _COS * s, _COS * c
    step[:, :, 2, 0], step[:, :, 2, 1] = _SIN * s, _SIN * c
    frames = np.empty((n, 7, 3, 4))
    frames[:, 0] = frame = step[:, 0]
    for i in range(1, 7):
        origin = frame[:, :, 3]
        frame = frame[:, :, :3] @ step[:, i]
        frame[:, :, 3] += origin
        frames[:, i] = frame
    axes, origins = frames[:, :, :, 2], frames[:, :, :, 3]
    position = origins[:, 6] + axes[:, 6] * TOOL_M
    arms = position[:, None] - origins
    jacobian = np.empty((n, 6, 7))
    for row in range(3):
        j, k = (row + 1) % 3, (row + 2) % 3
        jacobian[:, row] = axes[:, :, j] * arms[:, :, k] - axes[:, :, k] * arms[:, :, j]
        jacobian[:, row + 3] = axes[:, :, row]
    return position, frame[:, :, :3] @ _HAND, jacobian


def refine(joint_rad: Array, position_m: Array, yaw_rad: Array, iterations: int = 8) -> Array | None:
    """The configurations near the given ones that reach poses exactly, gripper down.

    Newton steps of least joint motion; where `inverse` fixes joint 7, this lets all joints follow, so
    that nothing special happens where the upper arm passes the vertical.

    Args:
        joint_rad: (n, 7) first guesses.
        position_m: (n, 3) in the frame of the robot's base.
        yaw_rad: (n,).
        iterations: Before giving up.

    Returns:
        (n, 7), or None where it does not converge.
    """
    q = joint_rad.copy()
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    target = np.zeros((len(q), 3, 3))
    target[:, 0, 0], target[:, 1, 0], target[:, 0, 1], target[:, 1, 1] = c, s, s, -c
    target[:, 2, 2] = -1.0
    for _ in range(iterations):
        position, rotation, jacobian = forward_many(q)
        error = np.empty((len(q), 6))
        error[:, :3] = position_m - position
        # The skew part is the rotation still missing, to first order.
        missing = target @ rotation.swapaxes(1, 2)
        missing = (missing - missing.swapaxes(1, 2)) / 2
        error[:, 3], error[:, 4], error[:, 5] = missing[:, 2, 1], missing[:, 0, 2], missing[:, 1, 0]
        if np.abs(error).max() < _EXACT:
            return q
        transposed = jacobian.swapaxes(1, 2)
        damped = jacobian @ transposed + _DAMPING * np.eye(6)
        q = q + (transposed @ np.linalg.solve(damped, error[:, :, None]))[:, :, 0]
    return None


def _mix(u: Vector, a: float, v: Vector, b: float) -> Vector:
    return a * u[0] + b * v[0], a * u[1] + b * v[1], a * u[2] + b * v[2]


def yaw_of(rotation: Array) -> float:
    """Angle of the tcp's x axis about the vertical, of a rotation matrix (3, 3)."""
    return math.atan2(rotation[1, 0], rotation[0, 0])


def inverse(position_m: ArrayLike, yaw_rad: ArrayLike, q7_rad: ArrayLike) -> Array:
    """All configurations that put the tcp at positions, pointing straight down.

    The three arguments broadcast against each other. Joint limits are not looked at; angles come in
    (-pi, pi] except where a joint's own range needs otherwise (q4 <= 0, q6 in [-pi/2, 3 pi/2)).

    Args:
        position_m: (..., 3) in the frame of the robot's base.
        yaw_rad: (...) angle of the tcp's x axis about the vertical.
        q7_rad: (...) the free parameter.

    Returns:
        (..., 8, 7); rows without a solution are NaN.
    """
    position = np.asarray(position_m, float)
    yaw, q7 = np.asarray(yaw_rad, float), np.asarray(q7_rad, float)
    if yaw.shape == q7.shape and position.shape[:-1] in ((), yaw.shape):
        # Nearly every call; one position for all poses is broadcast on the way.
        shape, p, turn, last = yaw.shape, position.reshape(-1, 3), yaw.ravel(), q7.ravel()
    else:
        shape = np.broadcast_shapes(position.shape[:-1], yaw.shape, q7.shape)
        p = np.broadcast_to(position, (*shape, 3)).reshape(-1, 3)
        turn, last = np.broadcast_to(yaw, shape).ravel(), np.broadcast_to(q7, shape).ravel()
    with np.errstate(invalid="ignore", divide="ignore"):
        solved = _inverse(p, turn, last)
    return solved.reshape((*shape, BRANCHES, 7))


def _inverse(p: Array, yaw: Array, q7: Array) -> Array:
    """`inverse` on flat arrays (n or 1, 3), (n,), (n,) -> (n, 8, 7).

    With the gripper down, frame 6 has its y axis up and its x axis at angle h in the plane. `v` is
    the vector from wrist to shoulder, first in the base's frame, then in frame 6.
    """
    h = yaw + HAND_YAW_RAD + q7
    ch, sh = np.cos(h), np.sin(h)
    bx, by = A7_M * ch - p[:, 0], A7_M * sh - p[:, 1]
    vx, vy, vz = bx * ch + by * sh, D1_M - TOOL_M - p[:, 2], bx * sh - by * ch
    beta = np.arccos((_UPPER_M**2 + _FORE_M**2 - vx * vx - vy * vy - vz * vz) / (2 * _UPPER_M * _FORE_M))

    def col(values: Array) -> Array:
        return values[:, None, None]

    # Axes from here: pose, elbow branch, wrist branch. The second elbow is for an arm almost straight.
    q4 = (_ELBOW_RAD + beta - 2 * math.pi)[:, None, None]
    straight = beta > _ELBOW_RAD
    if straight.any():
        q4 = np.concatenate([q4, np.where(straight, _ELBOW_RAD - beta, np.nan)[:, None, None]], axis=1)
    c4, s4 = np.cos(q4), np.sin(q4)
    along_forearm = A4_M * s4 - D3_M * c4 - D5_M
    across_forearm = A4_M * (1 - c4) - D3_M * s4
    swing = np.arccos(along_forearm / col(np.hypot(vx, vy))) * np.array([1.0, -1.0])
    q6 = col(np.arctan2(vx, vy)) + swing
    c6, s6 = np.cos(q6), np.sin(q6)
    # Axis x of frame 4 in frame 6; its y axis is the forearm (s6, c6, 0).
    ax = (col(vx) - along_forearm * s6) / across_forearm
    ay = (col(vy) - along_forearm * c6) / across_forearm
    az = col(vz) / across_forearm
    q5 = np.arctan2(az, ax * c6 - ay * s6)
    ux, uy, uz = _to_base(s4 * ax + c4 * s6, s4 * ay + c4 * c6, s4 * az, col(ch), col(sh))
    kx, ky, kz = _to_base(c4 * ax - s4 * s6, c4 * ay - s4 * c6, c4 * az, col(ch), col(sh))

    # u is the upper arm's direction, k the x axis of frame 3. The second shoulder branch is the first
    # with joints 1 and 3 turned by half a turn and joint 2 mirrored.
    s2 = np.hypot(ux, uy)
    upright = s2 == 0.0
    c1, s1 = np.where(upright, 1.0, ux / s2), np.where(upright, 0.0, uy / s2)
    q1 = np.arctan2(uy, ux)
    q3 = np.arctan2(ky * c1 - kx * s1, (kx * c1 + ky * s1) * uz - kz * s2)

    out = np.empty((len(q7), 2, 2, 2, 7))
    out[:, q4.shape[1] :] = np.nan
    some = out[:, : q4.shape[1]]
    some[..., 0, 0], some[..., 1, 0] = q1, q1 - np.copysign(math.pi, q1)
    some[..., 0, 1] = np.arctan2(s2, uz)
    some[..., 1, 1] = -some[..., 0, 1]
    some[..., 0, 2], some[..., 1, 2] = q3, q3 - np.copysign(math.pi, q3)
    some[..., 3] = (q4 + 0.0 * q5)[..., None]
    some[..., 4] = q5[..., None]
    some[..., 5] = _wrapped(q6, math.pi / 2)[..., None]
    some[..., 6] = (col(q7) + 0.0 * q5)[..., None]
    return out


def _to_base(x: Array, y: Array, z: Array, ch: Array, sh: Array) -> tuple[Array, Array, Array]:
    """A vector from frame 6 to the base's frame."""
    return x * ch + z * sh, x * sh - z * ch, y


def _wrapped(angle: Array, center: float) -> Array:
    """The same angle within half a turn of `center`."""
    return angle - 2 * math.pi * np.round((angle - center) / (2 * math.pi))
