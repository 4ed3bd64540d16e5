"""The arm as planning sees it: which configurations reach a pose, which of them is best, and the
joint curves of straight tcp lines and of turns on the spot.

Obstacles are not known here. World positions go in and come out; yaw is the tcp frame's own
(`panda.yaw_of`), literal and without the half-turn symmetry of the fingers.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from blazer.core.geometry import wrap_angle
from blazer.sim.protocol import RobotModel
from blazer.skills import panda

Array = NDArray[np.float64]

UP: Array = np.array([0.0, 0.0, 1.0])

LIMIT_MARGIN_RAD = 0.01
"""Kept from every joint limit, for the controller's tracking error."""
LINE_STEP_M = 0.015
TURN_STEP_RAD = 0.08
MAX_JOINT_STEP_RAD = 0.3
"""Between neighbours on a line; beyond, the arm would change its posture on the way."""
DIFFERENT_RAD = 0.3
"""Configurations that differ less count as one posture."""
_POSTURES_TRIED = 5
_Q7_SAMPLES = 48
_SHORT_M = 0.3
_REMEMBERED = 64
_AMPLE_RAD = 0.35
"""Room to all limits beyond which none of 1,500 sampled postures was a dead end for the next 0.1 m."""

_WRIST_RAD = 9.0
"""More than the wrist and a swinging elbow can turn together."""

_ROOM_CCW_RAD, _ROOM_CW_RAD = 3.1, 1.6
"""Turns on the spot that a posture should leave room for: unscrewing takes 150 degrees and more in
one go, closing a quarter turn. Joint 7 runs against the yaw, so a positive yaw lowers it."""


class Arm:
    """Kinematics with the limits and the base of one robot model."""

    def __init__(self, robot: RobotModel) -> None:
        self.robot = robot
        self.base_m = np.asarray(robot.base_position_m, float)
        self.lower_rad = np.asarray(robot.lower_rad, float) + LIMIT_MARGIN_RAD
        self.upper_rad = np.asarray(robot.upper_rad, float) - LIMIT_MARGIN_RAD
        self._q7 = np.linspace(self.lower_rad[6], self.upper_rad[6], _Q7_SAMPLES)
        # The same few configurations and lines are asked for again and again within one move.
        self._tcp = lru_cache(_REMEMBERED)(self._compute_tcp)
        self._line = lru_cache(_REMEMBERED)(self._compute_line)

    def tcp(self, joint_rad: Array) -> tuple[Array, float]:
        """World position (3,), not to be written to, and yaw of the tcp at (7,)."""
        return self._tcp(joint_rad.tobytes())

    def _compute_tcp(self, joint_rad: bytes) -> tuple[Array, float]:
        position, rotation = panda.forward(np.frombuffer(joint_rad))
        position += self.base_m
        position.flags.writeable = False
        return position, panda.yaw_of(rotation)

    def candidates(self, position_m: Array, yaws_rad: list[float], near_rad: Array) -> Array:
        """Configurations (n, 7) within limits at a pose with any of the yaws, best first.

        Best: quick to get to from `near_rad`, elbow upright, away from limits, wrist with room to
        turn. The order is total and depends on the arguments alone.
        """
        here, yaw_here = self.tcp(near_rad)
        azimuth_here, azimuth_there = (
            math.atan2(p[1] - self.base_m[1], p[0] - self.base_m[0]) for p in (here, position_m)
        )
        swung = wrap_angle(azimuth_there - azimuth_here)
        yaws, q7 = [], []
        for yaw in yaws_rad:
            # Beside a grid: as it is, heading kept, and wrist kept relative to the swinging arm.
            turn = wrap_angle(yaw - yaw_here)
            q7.append(np.append(self._q7, near_rad[6] - np.array([0.0, turn, turn - swung])))
            yaws.append(np.full(len(q7[-1]), yaw))
        solutions = panda.inverse(position_m - self.base_m, np.concatenate(yaws), np.concatenate(q7))
        solutions = solutions.reshape(-1, 7)
        allowed = solutions[self.within(solutions)]
        # A short move keeps the posture it starts in, or a straight line would not be possible.
        away = float(np.linalg.norm(position_m - here)) + 0.3 * min(
            abs(wrap_angle(y - yaw_here)) for y in yaws_rad
        )
        cost = self._cost(allowed, near_rad, min(1.0, (away / _SHORT_M) ** 2))
        return allowed[np.argsort(cost, kind="stable")]

    def within(self, joint_rad: Array) -> NDArray[np.bool_]:
        """Which of (..., 7) keep all limits; NaN does not."""
        inside = (joint_rad >= self.lower_rad) & (joint_rad <= self.upper_rad)
        return np.asarray(inside.all(axis=-1))

    def reachable(self, position_m: Array, yaw_rad: Array) -> NDArray[np.bool_]:
        """Whether any configuration reaches the poses (n, 3), (n,)."""
        solutions = panda.inverse((position_m - self.base_m)[:, None, :], yaw_rad[:, None], self._q7)
        return np.asarray(self.within(solutions).any(axis=(1, 2)))

    def line(self, start_rad: Array, goal_rad: Array, turn_rad: float | None = None) -> Array | None:
        """Configurations (n, 7) whose tcp runs straight from the first to the last and turns evenly.

        None where the arm cannot do it without leaving its limits or changing its posture.

        Args:
            start_rad: (7,).
            goal_rad: (7,).
            turn_rad: By how much to turn; the shorter way where None.
        """
        return self._line(start_rad.tobytes(), goal_rad.tobytes(), turn_rad)

    def _compute_line(self, start: bytes, goal: bytes, turn_rad: float | None) -> Array | None:
        start_rad, goal_rad = np.frombuffer(start), np.frombuffer(goal)
        (here, yaw_here), (there, yaw_there) = self.tcp(start_rad), self.tcp(goal_rad)
        turn = wrap_angle(yaw_there - yaw_here)
        if turn_rad is not None:
            turn = turn_rad + wrap_angle(yaw_there - yaw_here - turn_rad)
        way = (start_rad, goal_rad, here, there, yaw_here, turn)
        path = self._follow(*way)
        return path if path is not None else self._drawn(*way)

    def leading_on(self, candidates_rad: Array, onward_m: Array) -> Array:
        """The candidates, with one from which a straight line leads on to a point moved to the front.

        A posture that is best for a pose may be a dead end for the straight move that follows. Only
        where limits are near: elsewhere the first is trusted. Only a few that differ are tried, and
        nothing changes when none of them leads on.
        """
        tried = np.empty((0, 7))
        for i, candidate in enumerate(candidates_rad):
            if len(tried) and np.abs(tried - candidate).max(axis=1).min() < DIFFERENT_RAD:
                continue
            tried = np.vstack([tried, candidate])
            room = np.minimum(candidate - self.lower_rad, self.upper_rad - candidate).min()
            if i == 0 and room > _AMPLE_RAD:
                break
            following = self.candidates(onward_m, [self.tcp(candidate)[1]], candidate)
            if any(self.line(candidate, goal) is not None for goal in following[:_POSTURES_TRIED]):
                return np.concatenate([candidates_rad[i : i + 1], np.delete(candidates_rad, i, axis=0)])
            if len(tried) >= _POSTURES_TRIED:
                break
        return candidates_rad

    def arch(self, start_rad: Array, goal_rad: Array, height_m: float) -> list[Array] | None:
        """Three paths: straight up to a height, across, straight down; None where that cannot be.

        Up and down are lines of the tcp; across is a line where possible, else a joint segment,
        given by its two ends.
        """
        (here, yaw_here), (there, yaw_there) = self.tcp(start_rad), self.tcp(goal_rad)
        tops = []
        for point, yaw, near in ((here, yaw_here, start_rad), (there, yaw_there, goal_rad)):
            raised = np.array([point[0], point[1], max(height_m, point[2])])
            options = self.candidates(raised, [yaw], near)
            if not len(options):
                return None
            tops.append(options[0])
        up, down = self.line(start_rad, tops[0]), self.line(tops[1], goal_rad)
        if up is None or down is None:
            return None
        across = self.line(tops[0], tops[1])
        return [up, np.stack(tops) if across is None else across, down]

    def turn(self, start_rad: Array, angle_rad: float) -> Array | None:
        """Configurations (n, 7) that turn the tcp on the spot by exactly `angle_rad`, if possible.

        The elbow may swing on the way, which gives the wrist some more room.
        """
        if abs(angle_rad) > _WRIST_RAD:
            return None
        here, yaw = self.tcp(start_rad)
        nominal = start_rad[6] - angle_rad
        q7 = np.concatenate([[nominal], self._q7])
        q7 = q7[(q7 >= self.lower_rad[6]) & (q7 <= self.upper_rad[6])]
        goals = panda.inverse(here - self.base_m, yaw + angle_rad, q7).reshape(-1, 7)
        goals = goals[self.within(goals)]
        # Nearest to turning the wrist alone first: those keep the arm still.
        effort = np.abs(goals - np.append(start_rad[:6], nominal)).sum(axis=1)
        for goal in goals[np.argsort(effort, kind="stable")][:12]:
            path = self._follow(start_rad, goal, here, here, yaw, angle_rad)
            if path is not None:
                return path
        return None

    def largest_turn(self, start_rad: Array, angle_rad: float) -> float:
        """The largest part of a turn that is possible, to about half a degree."""
        low, high = 0.0, math.copysign(min(abs(angle_rad), _WRIST_RAD), angle_rad)
        for _ in range(9):
            middle = (low + high) / 2
            low, high = (middle, high) if self.turn(start_rad, middle) is not None else (low, middle)
        return low

    def _follow(
        self, start_rad: Array, goal_rad: Array, here: Array, there: Array, yaw_rad: float, turn_rad: float
    ) -> Array | None:
        share = _shares(here, there, turn_rad)
        branches = panda.inverse(
            here - self.base_m + share[:, None] * (there - here),
            yaw_rad + share * turn_rad,
            start_rad[6] + share * (goal_rad[6] - start_rad[6]),
        )
        branches = np.where(self.within(branches)[..., None], branches, np.inf)
        path = _continued(start_rad, branches)
        if path is None or np.abs(path[-1] - goal_rad).max() > 1e-4:
            return None
        path[-1] = goal_rad
        return path

    def _drawn(
        self, start_rad: Array, goal_rad: Array, here: Array, there: Array, yaw_rad: float, turn_rad: float
    ) -> Array | None:
        """As `_follow`, from the straight joint segment pulled onto the line.

        Slower, but the posture may change evenly on the way, also past an upright upper arm.
        """
        share = _shares(here, there, turn_rad)[:, None]
        path = panda.refine(
            start_rad + share * (goal_rad - start_rad),
            here - self.base_m + share * (there - here),
            yaw_rad + share[:, 0] * turn_rad,
        )
        if path is None or not self.within(path).all() or np.abs(path[-1] - goal_rad).max() > 1e-4:
            return None
        path = np.concatenate([start_rad[None], path])
        path[-1] = goal_rad
        return path if np.abs(np.diff(path, axis=0)).max() <= MAX_JOINT_STEP_RAD else None

    def _cost(self, joint_rad: Array, near_rad: Array, posture_weight: float) -> Array:
        """Seconds, roughly: (n, 7) -> (n,)."""
        durations = np.abs(joint_rad - near_rad) / self.robot.velocity_rad_s
        travel = durations.max(axis=1) + 0.15 * durations.sum(axis=1)
        elbow = 0.10 * (joint_rad[:, 2] ** 2 + joint_rad[:, 4] ** 2)
        room = np.minimum(joint_rad - self.lower_rad, self.upper_rad - joint_rad).min(axis=1)
        tight = np.maximum(0.0, 0.25 - room)
        ccw = np.maximum(0.0, _ROOM_CCW_RAD - (joint_rad[:, 6] - self.lower_rad[6]))
        cw = np.maximum(0.0, _ROOM_CW_RAD - (self.upper_rad[6] - joint_rad[:, 6]))
        total: Array = travel + posture_weight * (elbow + 2 * tight + 0.3 * (ccw + cw))
        return total


def _shares(here: Array, there: Array, turn_rad: float) -> Array:
    """Where on a line its way-points lie: (n,), evenly in (0, 1]."""
    count = max(
        4,
        math.ceil(float(np.linalg.norm(there - here)) / LINE_STEP_M),
        math.ceil(abs(turn_rad) / TURN_STEP_RAD),
    )
    return np.arange(1, count + 1) / count


def _continued(start_rad: Array, branches_rad: Array) -> Array | None:
    """The path (n + 1, 7) through branches (n, k, 7) that never jumps, if there is one."""
    path = np.empty((len(branches_rad) + 1, 7))
    path[0] = start_rad
    # Nearly always one branch runs all the way.
    path[1:] = branches_rad[:, _closest(branches_rad[0], start_rad)]
    if np.isfinite(path).all() and np.abs(path[1:] - path[:-1]).max() <= MAX_JOINT_STEP_RAD:
        return path
    for i, options in enumerate(branches_rad):
        path[i + 1] = options[_closest(options, path[i])]
        if not np.abs(path[i + 1] - path[i]).max() <= MAX_JOINT_STEP_RAD:
            return None
    return path


def _closest(options_rad: Array, to_rad: Array) -> int:
    return int(np.abs(options_rad - to_rad).max(axis=1).argmin())
