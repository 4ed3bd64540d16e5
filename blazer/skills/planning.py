"""Collision-free motions: from a configuration to a pose of the gripper, timed and ready to track.

Four shapes are tried in order: a straight line of the tcp (what a reader of the program expects), a
straight joint segment, an arch (up, across, down), and a search. What is executed is the shape that
was checked: lines and segments run through the checked configurations, and the rounded corners of a
search are checked again or given up. What counts as free is decided in `clearance`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blazer.core.rng import stream_seed
from blazer.sim.protocol import Contact, Simulator
from blazer.skills import rrt
from blazer.skills.arm import DIFFERENT_RAD, Arm
from blazer.skills.clearance import MARGIN_M, Clearance, End
from blazer.skills.curves import Curve, polyline, spline
from blazer.skills.timing import retime

Array = NDArray[np.float64]

ACCELERATION_SHARE = 0.5
"""Of the acceleration limits. Half of them halves the overshoot of position control at the stop,
where the fingers are close to something, and costs little: what is lost on the way is won back
because the arm comes to rest sooner."""
COARSE_RAD = 0.05
FINE_RAD = 0.015
"""Largest joint step between checked configurations: about a centimetre at the hand. Searches look
coarsely first; what they find is checked finely, and searched finely where that fails."""
ARCH_RISES_M = (0.03, 0.10, 0.20)
"""Above the higher end."""
MAX_ITERATIONS = 1000
MAX_FINE_ITERATIONS = 400
GOALS_CHECKED = 8
GOALS_SEARCHED = 4
_CORNER_RAD = 0.3


class Motion(NamedTuple):
    """A timed motion.

    Attributes:
        trajectory_rad: (t, 7) at the simulator's time step, without the start.
        shape: `line`, `segment`, `arch`, `search`, or `turn`.
        tolerated: Bodies so close to its ends that a touch of them is not unexpected.
    """

    trajectory_rad: Array
    shape: str
    tolerated: frozenset[str]


class Blocked(NamedTuple):
    """Why there is no motion.

    Attributes:
        contact: What would touch.
        at_goal: The target itself is in collision.
        free_until_m: Last free point of the straight line, if there is one.
    """

    contact: Contact
    at_goal: bool
    free_until_m: Array | None


class Planner:
    """Plans for one simulator.

    Args:
        sim: Asked for collisions, never moved.
        arm: Its kinematics.
        seed: Root of the random streams.
    """

    def __init__(self, sim: Simulator, arm: Arm, seed: int) -> None:
        self._sim = sim
        self._arm = arm
        self._seed = seed
        self._velocity = np.asarray(arm.robot.velocity_rad_s, float)
        self._acceleration = ACCELERATION_SHARE * np.asarray(arm.robot.acceleration_rad_s2, float)

    def to_pose(
        self,
        start_rad: Array,
        candidates_rad: Array,
        clearance: Clearance,
        search_name: str,
        turn_rad: float | None = None,
    ) -> Motion | Blocked:
        """A motion to one of the candidates, best first.

        Args:
            start_rad: (7,).
            candidates_rad: (n, 7), n >= 1, all at the same pose.
            clearance: What is free.
            search_name: Names the random stream, if a search is needed.
            turn_rad: By how much the gripper turns on a line; the shorter way where None.
        """
        start = clearance.start(start_rad)
        goals: list[End] = []
        hits: list[Blocked] = []
        for goal in self.goals(candidates_rad, clearance):
            if isinstance(goal, Contact):
                hits.append(Blocked(goal, True, None))
                continue
            goals.append(goal)
            line = self._arm.line(start_rad, goal.joint_rad, turn_rad)
            if line is None:
                continue
            hit = clearance.first_hit(_doubled(line), [start, goal])
            if hit is None:
                return self._motion([spline(line)], "line", start, goal)
            hits.append(Blocked(hit[1], False, self._arm.tcp(line[hit[0] // 2])[0]))
        for goal in goals:
            points = rrt.segment(start_rad, goal.joint_rad, COARSE_RAD)
            hit = clearance.first_hit(points, [start, goal])
            if hit is None:
                points = rrt.segment(start_rad, goal.joint_rad, FINE_RAD)
                hit = clearance.first_hit(points, [start, goal])
            if hit is None:
                ends = np.stack([start_rad, goal.joint_rad])
                return self._motion([polyline(ends, np.zeros(0))], "segment", start, goal)
            hits.append(Blocked(hit[1], False, None))
        found = None
        if goals:
            found = self._arch(start, goals[0], clearance)
            found = found or self._search(start, goals, clearance, search_name)
        # The straight way's reason says more than that of a target in another posture.
        return found or min(hits, key=lambda hit: hit.at_goal)

    def along(self, line_rad: Array, clearance: Clearance) -> Motion | Blocked:
        """The motion along a given line (n, 7), if that is free."""
        start = clearance.start(line_rad[0])
        hit = clearance.first_hit(_doubled(line_rad), [start])
        if hit is not None:
            return Blocked(hit[1], False, None)
        return self._motion([spline(line_rad)], "turn", start)

    def goals(self, candidates_rad: Array, clearance: Clearance) -> Iterator[End | Contact]:
        """A few differing candidates as free ends, or why they are not."""
        checked = np.empty((0, 7))
        found = 0
        for candidate in candidates_rad:
            if len(checked) and np.abs(checked - candidate).max(axis=1).min() < DIFFERENT_RAD:
                continue
            checked = np.vstack([checked, candidate])
            end = clearance.goal(candidate)
            found += isinstance(end, End)
            yield end
            if len(checked) >= GOALS_CHECKED or found >= GOALS_SEARCHED:
                return

    def _arch(self, start: End, goal: End, clearance: Clearance) -> Motion | None:
        top = max(self._arm.tcp(end.joint_rad)[0][2] for end in (start, goal))
        for rise in ARCH_RISES_M:
            paths = self._arm.arch(start.joint_rad, goal.joint_rad, top + rise)
            if paths is None:
                continue
            curves = [spline(path) for path in paths if np.abs(path[-1] - path[0]).max() > 1e-6]
            if all(clearance.first_hit(_sampled(curve), [start, goal]) is None for curve in curves):
                return self._motion(curves, "arch", start, goal)
        return None

    def _search(self, start: End, goals: list[End], clearance: Clearance, name: str) -> Motion | None:
        ends = [start, *goals]

        def free(configurations: Array) -> bool:
            return clearance.first_hit(configurations, ends) is None

        attempts = ((COARSE_RAD, MAX_ITERATIONS), *2 * ((FINE_RAD, MAX_FINE_ITERATIONS),))
        for attempt, (resolution, iterations) in enumerate(attempts):
            points = rrt.search(
                start.joint_rad,
                np.stack([goal.joint_rad for goal in goals]),
                self._arm.lower_rad,
                self._arm.upper_rad,
                free,
                resolution_rad=resolution,
                max_iterations=iterations,
                seed=stream_seed(self._seed, "rrt", name, attempt),
            )
            if points is None:
                return None
            points = points[np.append(True, np.abs(np.diff(points, axis=0)).max(axis=1) > 1e-6)]
            if len(points) < 2:
                return None
            curves = _rounded(points, free)
            # Half the margin: what was free between other samples by a hair need not be again.
            if all(clearance.first_hit(_sampled(c), ends, MARGIN_M / 2) is None for c in curves):
                return self._motion(curves, "search", *ends)
        return None

    def _motion(self, curves: list[Curve], shape: str, *ends: End) -> Motion:
        parts = [retime(c, self._velocity, self._acceleration, self._sim.timestep_s) for c in curves]
        tolerated = frozenset[str]().union(*(end.close for end in ends))
        return Motion(np.concatenate(parts), shape, tolerated)


def _doubled(path_rad: Array) -> Array:
    """Points (n, 7) without the first, with the middles between all: (2 n - 2, 7)."""
    dense = np.empty((2 * len(path_rad) - 2, path_rad.shape[1]))
    dense[0::2] = (path_rad[:-1] + path_rad[1:]) / 2
    dense[1::2] = path_rad[1:]
    return dense


def _sampled(curve: Curve) -> Array:
    """Configurations along a curve, finely spaced."""
    return curve.at(np.linspace(0.0, curve.length, max(2, int(curve.length / FINE_RAD) + 1)))


def _rounded(points_rad: Array, free: rrt.Free) -> list[Curve]:
    """Curves through a polyline with its corners cut as far as is free; stops where none is."""
    lengths = np.linalg.norm(np.diff(points_rad, axis=0), axis=1)
    radii = np.minimum(_CORNER_RAD, 0.45 * np.minimum(lengths[:-1], lengths[1:]))
    for k in range(len(radii)):
        before, corner, after = points_rad[k : k + 3]
        for _ in range(4):
            a = corner + (before - corner) * (radii[k] / lengths[k])
            b = corner + (after - corner) * (radii[k] / lengths[k + 1])
            share = np.linspace(0.0, 1.0, 2 + int(2 * radii[k] / FINE_RAD))[:, None]
            if free((1 - share) ** 2 * a + 2 * share * (1 - share) * corner + share**2 * b):
                break
            radii[k] /= 2
        else:
            radii[k] = 0.0
    stops = [0, *(int(k) + 1 for k in np.flatnonzero(radii == 0.0)), len(points_rad) - 1]
    return [polyline(points_rad[a : b + 1], radii[a : b - 1]) for a, b in pairwise(stops)]
