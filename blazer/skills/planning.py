"""Collision-free motions: from a configuration to a pose of the gripper, timed and ready to track.

Three shapes are tried in order: a straight line of the tcp (what a reader of the program expects), a
straight joint segment, and a search. What is executed is the shape that was checked: lines and
segments run through the checked configurations, and the rounded corners of a search are checked
again or given up.

Contacts that exist at the start (fingers still leaning on what was released) are tolerated near the
start, and a held object may press up to 2 mm into what it is put on near the end; a program should
not have to know either.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blazer.core.rng import stream_seed
from blazer.sim.protocol import Contact, Simulator
from blazer.skills import rrt
from blazer.skills.arm import Arm
from blazer.skills.curves import Curve, polyline, spline
from blazer.skills.timing import retime

Array = NDArray[np.float64]

NEAR_RAD = 0.2
"""How far from start or end the tolerated contacts reach."""
PRESS_M = 0.002
MARGIN_M = 0.004
"""Kept from obstacles by segments and searches, away from start and end. Lines need none: where the
program sends the gripper closely past something, it means it."""
SEGMENT_STEP_RAD = 0.06
MAX_ITERATIONS = 1500
GOALS_CHECKED = 8
GOALS_SEARCHED = 4
_CORNER_RAD = 0.3


class Motion(NamedTuple):
    """A timed motion.

    Attributes:
        trajectory_rad: (t, 7) at the simulator's time step, without the start.
        shape: `line`, `segment`, `search`, or `turn`.
        tolerated: Bodies whose touch was tolerated in planning and must be in execution.
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


class Goal(NamedTuple):
    """A free configuration at the target.

    Attributes:
        joint_rad: (7,).
        tolerated: Bodies that what is held may rest on there.
    """

    joint_rad: Array
    tolerated: frozenset[str]


class Planner:
    """Plans for one simulator. Searches are numbered, so that equal episodes search equally.

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
        self._acceleration = np.asarray(arm.robot.acceleration_rad_s2, float)

    def to_pose(
        self,
        start_rad: Array,
        candidates_rad: Array,
        allow: frozenset[str],
        held: str | None,
        search_name: str,
    ) -> Motion | Blocked:
        """A motion to one of the candidates, best first.

        Args:
            start_rad: (7,).
            candidates_rad: (n, 7), n >= 1, all at the same pose.
            allow: Bodies that may be touched anywhere.
            held: What the fingers hold.
            search_name: Names the random stream, if a search is needed.
        """
        goals, contact = self.free_goals(candidates_rad, allow, held)
        if contact is not None and not goals:
            return Blocked(contact, True, None)
        leaning = self._touching(start_rad, allow)
        hits: list[Blocked] = []
        for goal in goals[:2]:
            line = self._arm.line(start_rad, goal.joint_rad)
            if line is None:
                continue
            hit = self._first_hit(line, allow, leaning, goal.tolerated, 0.0)
            if hit is None:
                return self._motion([spline(line)], "line", leaning | goal.tolerated)
            hits.append(Blocked(hit[1], False, self._arm.tcp(line[hit[0] - 1])[0]))
        for goal in goals[:2]:
            points = np.stack([start_rad, goal.joint_rad])
            hit = self._segment_hit(points, allow, leaning, goal.tolerated)
            if hit is None:
                return self._motion([polyline(points, np.zeros(0))], "segment", leaning | goal.tolerated)
            hits.append(Blocked(hit[1], False, None))
        return self._search(start_rad, goals, allow, leaning, search_name) or hits[0]

    def turn(self, start_rad: Array, line_rad: Array, allow: frozenset[str]) -> Motion | Blocked:
        """The motion along a given line (n, 7), if that is free."""
        leaning = self._touching(start_rad, allow)
        hit = self._first_hit(line_rad, allow, leaning, frozenset(), 0.0)
        if hit is not None:
            return Blocked(hit[1], False, None)
        return self._motion([spline(line_rad)], "turn", leaning)

    def free_goals(
        self, candidates_rad: Array, allow: frozenset[str], held: str | None
    ) -> tuple[list[Goal], Contact | None]:
        """The free ones among a few differing candidates, and the first contact found."""
        goals: list[Goal] = []
        first: Contact | None = None
        checked = np.empty((0, 7))
        for candidate in candidates_rad:
            if len(checked) and np.abs(checked - candidate).max(axis=1).min() < 0.3:
                continue
            checked = np.vstack([checked, candidate])
            goal, contact = self._free_goal(candidate, allow, held)
            if goal is not None:
                goals.append(goal)
            first = first or contact
            if len(checked) >= GOALS_CHECKED or len(goals) >= GOALS_SEARCHED:
                break
            if len(goals) >= 1 and len(checked) >= 2 and first is None:
                break
        return goals, first

    def _free_goal(
        self, joint_rad: Array, allow: frozenset[str], held: str | None
    ) -> tuple[Goal | None, Contact | None]:
        tolerated: frozenset[str] = frozenset()
        while True:
            hit = self._sim.first_collision(joint_rad[None], allow=allow | tolerated)
            if hit is None:
                return Goal(joint_rad, tolerated), None
            other = obstacle(hit[1], held)
            pressed = held in hit[1][:2] and hit[1].depth_m <= PRESS_M and other not in tolerated
            if held is None or not pressed:
                return None, hit[1]
            tolerated |= {other}

    def _touching(self, joint_rad: Array, allow: frozenset[str]) -> frozenset[str]:
        """Bodies that are touched at a configuration, beside the allowed ones."""
        found: frozenset[str] = frozenset()
        for _ in range(6):
            hit = self._sim.first_collision(joint_rad[None], allow=allow | found)
            if hit is None:
                break
            found |= {name for name in hit[1][:2] if not name.startswith("robot:")}
        return found

    def _first_hit(
        self,
        path_rad: Array,
        allow: frozenset[str],
        leaning: frozenset[str],
        resting: frozenset[str],
        margin_m: float,
    ) -> tuple[int, Contact] | None:
        """The first collision on a path (n, 7) whose first point is the start."""
        n = len(path_rad)
        near_start = near_end = np.zeros(n, bool)
        if leaning or margin_m:
            near_start = np.abs(path_rad - path_rad[0]).max(axis=1) < NEAR_RAD
        if resting or margin_m:
            near_end = np.abs(path_rad - path_rad[-1]).max(axis=1) < NEAR_RAD
        a = n if near_start.all() else int(np.argmin(near_start))
        b = 0 if near_end.all() else n - int(np.argmin(near_end[::-1]))
        zones = (
            (1, a, leaning | (resting if b < a else frozenset()), 0.0),
            (max(1, a), max(a, b), frozenset[str](), margin_m),
            (max(1, a, b), n, resting, 0.0),
        )
        for low, high, extra, margin in zones:
            if low < high:
                hit = self._sim.first_collision(path_rad[low:high], allow=allow | extra, margin_m=margin)
                if hit is not None:
                    return low + hit[0], hit[1]
        return None

    def _segment_hit(
        self, ends_rad: Array, allow: frozenset[str], leaning: frozenset[str], resting: frozenset[str]
    ) -> tuple[int, Contact] | None:
        points = np.vstack([ends_rad[0], rrt.segment(ends_rad[0], ends_rad[1], SEGMENT_STEP_RAD)])
        return self._first_hit(points, allow, leaning, resting, MARGIN_M)

    def _search(
        self, start_rad: Array, goals: list[Goal], allow: frozenset[str], leaning: frozenset[str], name: str
    ) -> Motion | None:
        resting = frozenset[str]().union(*(goal.tolerated for goal in goals))
        ends = np.stack([start_rad, *(goal.joint_rad for goal in goals)])
        allowed_near = allow | leaning | resting

        def free(configurations: Array) -> bool:
            gaps = np.abs(configurations[:, None] - ends).max(axis=2).min(axis=1)
            near = gaps < NEAR_RAD
            for mask, permitted, margin in ((~near, allow, MARGIN_M), (near, allowed_near, 0.0)):
                chosen = configurations[mask]
                if (
                    len(chosen)
                    and self._sim.first_collision(chosen, allow=permitted, margin_m=margin) is not None
                ):
                    return False
            return True

        points = rrt.search(
            start_rad,
            ends[1:],
            self._arm.lower_rad,
            self._arm.upper_rad,
            free,
            resolution_rad=SEGMENT_STEP_RAD,
            max_iterations=MAX_ITERATIONS,
            seed=stream_seed(self._seed, "rrt", name),
        )
        if points is None:
            return None
        keep = np.append(True, np.abs(np.diff(points, axis=0)).max(axis=1) > 1e-6)
        return self._motion(_rounded(points[keep], free), "search", leaning | resting)

    def _motion(self, curves: list[Curve], shape: str, tolerated: frozenset[str]) -> Motion:
        parts = [retime(c, self._velocity, self._acceleration, self._sim.timestep_s) for c in curves]
        return Motion(np.concatenate(parts), shape, tolerated)


def obstacle(contact: Contact, held: str | None) -> str:
    """The body of a contact that belongs to the scene: not the robot, not what it holds."""
    for name in contact[:2]:
        if name != held and not name.startswith("robot:"):
            return name
    return contact.second


def _rounded(points_rad: Array, free: rrt.Free) -> list[Curve]:
    """Curves through a polyline with its corners cut as far as is free; stops where none is."""
    lengths = np.linalg.norm(np.diff(points_rad, axis=0), axis=1)
    radii = np.minimum(_CORNER_RAD, 0.45 * np.minimum(lengths[:-1], lengths[1:]))
    share = np.linspace(0.0, 1.0, 5)[:, None]
    for k in range(len(radii)):
        before, corner, after = points_rad[k : k + 3]
        for _ in range(4):
            a = corner + (before - corner) * (radii[k] / lengths[k])
            b = corner + (after - corner) * (radii[k] / lengths[k + 1])
            if free((1 - share) ** 2 * a + 2 * share * (1 - share) * corner + share**2 * b):
                break
            radii[k] /= 2
        else:
            radii[k] = 0.0
    stops = [0, *(int(k) + 1 for k in np.flatnonzero(radii == 0.0)), len(points_rad) - 1]
    return [polyline(points_rad[a : b + 1], radii[a : b - 1]) for a, b in pairwise(stops)]
