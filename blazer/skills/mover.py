"""Moves the gripper in the simulator, and raises what a program may be told when that fails.

Everything composed is made from what is here. Two conventions need care:

- Yaw. The fingers are alike, so with nothing held a yaw and its half turn are the same grasp and the
  arm takes the easier one. `flip_rad` remembers which, so that the program goes on reading the yaw it
  asked for. What is held is never flipped.
- Where the arm is. The configuration last commanded, not the measured one, is the start of the next
  motion as long as both agree: the controller then sees no jump and no error creeps from move to move.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterable

import numpy as np
from numpy.typing import NDArray

from blazer.core.errors import SimulatorError
from blazer.core.geometry import wrap_angle
from blazer.core.records import ObjectState, WorldState
from blazer.sim.protocol import Simulator
from blazer.skills import refusals
from blazer.skills.arm import UP, Arm
from blazer.skills.clearance import Clearance, End
from blazer.skills.errors import SkillMisuse
from blazer.skills.planning import Blocked, Motion, Planner

Array = NDArray[np.float64]

DRIFT_RAD = 0.02
"""Beyond, the arm was pushed or stopped early and the measured configuration is the true start."""
_KINEMATICS_TOLERANCE_M = 1e-4
_HALF_TURN_SLACK_RAD = 0.1


class Mover:
    """The gripper of one episode.

    Args:
        sim: Loaded with a scene.
        known: Names of the objects that the program knows of.
        seed: Of the searches.
        max_simulated_s: No motion starts that would end later.

    Raises:
        SimulatorError: if the simulator's Panda is not the published one.
    """

    def __init__(self, sim: Simulator, known: Collection[str], seed: int, max_simulated_s: float) -> None:
        self.sim = sim
        self.arm = Arm(sim.robot())
        self.plan_times_ms: list[float] = []
        self.max_simulated_s = max_simulated_s
        self.flip_rad = 0.0
        self._known = frozenset(known)
        self._planner = Planner(sim, self.arm, seed)
        self._commanded: Array | None = None
        self._seen: tuple[int, WorldState] | None = None
        first = self.state()
        self._held = first.gripper.holding
        self._has_mechanisms = any(item.attached_to is not None for item in first.objects)
        self._searches = 0
        self._looked_s = 0.0
        home = self.arm.robot.home_rad
        error = np.abs(self.arm.tcp(home)[0] - np.asarray(sim.tcp_pose(home).position_m)).max()
        if error > _KINEMATICS_TOLERANCE_M:
            raise SimulatorError(
                f"the simulator's tcp at home is {error:.4f} m away from the published Panda's; "
                "the skills' inverse kinematics would be wrong"
            )

    # -- looking ------------------------------------------------------------------------------

    def joint_rad(self) -> Array:
        """Where the next motion starts, (7,)."""
        measured = self.sim.joint_positions_rad()
        commanded = self._commanded
        if commanded is not None and np.abs(commanded - measured).max() < DRIFT_RAD:
            return commanded
        return measured

    def state(self) -> WorldState:
        """The world as it is; read once for each simulated instant."""
        steps = self.sim.steps()
        if self._seen is None or self._seen[0] != steps:
            self._seen = steps, self.sim.state()
        return self._seen[1]

    def held(self) -> str | None:
        """What is in the fingers."""
        return self._held

    def position_m(self) -> Array:
        """(3,) of the tcp, as commanded."""
        return self.arm.tcp(self.joint_rad())[0]

    def yaw_rad(self) -> float:
        """The yaw in the program's terms."""
        return wrap_angle(self.arm.tcp(self.joint_rad())[1] - self.flip_rad)

    def targets_rad(self, yaw_rad: float | None, held: str | None) -> list[float]:
        """Yaws of the tcp frame that satisfy a yaw in the program's terms."""
        if yaw_rad is None:
            return [self.arm.tcp(self.joint_rad())[1]]
        first = wrap_angle(yaw_rad + self.flip_rad)
        return [first] if held is not None else [first, wrap_angle(first + math.pi)]

    def configurations(self, position_m: Array, yaw_rad: float | None, held: str | None) -> Array:
        """Configurations at a pose within limits, best first; (n, 7), obstacles aside."""
        return self.arm.candidates(position_m, self.targets_rad(yaw_rad, held), self.joint_rad())

    def is_free(self, position_m: Array, yaw_rad: float | None, allow: frozenset[str] = frozenset()) -> bool:
        """Whether the arm, with what it holds, can be at a pose without touching anything."""
        held = self.held()
        candidates = self.configurations(position_m, yaw_rad, held)
        ends = self._planner.goals(candidates, Clearance(self.sim, allow, held))
        return any(isinstance(end, End) for end in ends)

    def first_free(self, positions_m: Iterable[Array], yaw_rad: float | None) -> Array | None:
        """The first of some positions at which the arm is free. Counts as planning the next motion."""
        began = time.perf_counter()
        found = next((position for position in positions_m if self.is_free(position, yaw_rad)), None)
        self._looked_s += time.perf_counter() - began
        return found

    # -- moving -------------------------------------------------------------------------------

    def move(
        self,
        skill: str,
        position_m: Array,
        yaw_rad: float | None,
        allow: Iterable[str] = (),
        what: str = "target",
        onward_m: Array | None = None,
    ) -> None:
        """Go to a pose.

        Args:
            skill: For error texts.
            position_m: (3,) of the tcp.
            yaw_rad: In the program's terms; None keeps it.
            allow: Bodies that may be touched.
            what: What the position is, for error texts.
            onward_m: Where a straight move will follow to; helps to choose the posture.

        Raises:
            Unreachable: with the nearest reachable point.
            PathBlocked: with what blocks it and where.
            UnexpectedContact: if something was hit on the way.
            GraspMissed: if what was held is lost on the way.
            SkillBudgetExceeded: if the motion would end too late.
        """
        began = time.perf_counter()
        start, held, permitted = self.joint_rad(), self.held(), frozenset(allow)
        candidates = self.configurations(position_m, yaw_rad, held)
        if not len(candidates):
            self._note(began)
            yaws, here = self.targets_rad(yaw_rad, held), self.arm.tcp(start)[0]
            raise refusals.unreachable(skill, what, position_m, self.arm, yaws, here)
        if onward_m is not None:
            candidates = self.arm.leading_on(candidates, onward_m)
        self._searches += 1
        clearance = Clearance(self.sim, permitted | self._owner(), held)
        turn = self._literal_turn(yaw_rad) if held is not None and yaw_rad is not None else None
        planned = self._planner.to_pose(start, candidates, clearance, str(self._searches), turn)
        self._note(began)
        if isinstance(planned, Blocked):
            free_z_m = self._free_height(position_m, yaw_rad) if planned.at_goal else None
            raise refusals.blocked(skill, what, position_m, planned, held, free_z_m)
        asked = self.yaw_rad() if yaw_rad is None else yaw_rad
        self._execute(skill, planned, permitted | self._owner(), held)
        if held is None:
            turned = wrap_angle(self.arm.tcp(self.joint_rad())[1] - asked)
            self.flip_rad = math.pi if abs(turned) > math.pi / 2 else 0.0

    def turn(self, skill: str, angle_rad: float) -> None:
        """Turn on the spot by a signed angle, which may exceed half a turn.

        Raises:
            Unreachable: with the largest possible turn.
            PathBlocked: with what is in the way.
            UnexpectedContact: if something was hit on the way.
            GraspMissed: if what was held is lost on the way.
            SkillBudgetExceeded: if the motion would end too late.
        """
        began = time.perf_counter()
        start, held = self.joint_rad(), self._held
        line = self.arm.turn(start, angle_rad)
        if line is None:
            largest = self.arm.largest_turn(start, angle_rad)
            self._note(began)
            raise refusals.turn_too_far(skill, angle_rad, largest)
        allow = self._owner()
        planned = self._planner.along(line, Clearance(self.sim, allow, held))
        self._note(began)
        if isinstance(planned, Blocked):
            raise refusals.blocked(skill, "turn", self.position_m(), planned, held, None)
        self._execute(skill, planned, allow, held)

    def open(self, skill: str) -> None:
        """Open fully.

        Raises:
            SkillBudgetExceeded: if no simulated time is left.
        """
        self._afford(skill, 0.0)
        self.sim.move_gripper_fingers("open")
        self._held = None

    def close(self, skill: str, require_grasp: bool = True) -> str | None:
        """Close, and say what is held.

        Raises:
            GraspMissed: if nothing is and something was required.
            SkillBudgetExceeded: if no simulated time is left.
        """
        self._afford(skill, 0.0)
        result = self.sim.move_gripper_fingers("close")
        self._held = result.held
        if result.held is None and require_grasp:
            objects = [item for item in self.state().objects if item.name in self._known]
            raise refusals.nothing_held(skill, result.reason, self.position_m(), objects)
        return result.held

    def wait(self, skill: str, duration_s: float) -> None:
        """Hold still for at least so long.

        Raises:
            SkillBudgetExceeded: if that would end too late.
        """
        self._afford(skill, duration_s)
        # Rounding must not add a step to a whole number of them.
        self.sim.step(max(math.ceil(duration_s / self.sim.timestep_s - 1e-6), 1))
        if self._held is not None and self.state().gripper.holding is None:
            self._held = None

    # -- execution ------------------------------------------------------------------------------

    def _execute(self, skill: str, motion: Motion, allow: frozenset[str], held: str | None) -> None:
        self._afford(skill, len(motion.trajectory_rad) * self.sim.timestep_s)
        result = self.sim.follow(motion.trajectory_rad, allow=allow | motion.tolerated)
        self._commanded = motion.trajectory_rad[-1] if result.completed else None
        if result.lost_object is not None:
            self._held = None
        if result.contact is not None:
            raise refusals.touched(skill, result.contact, held, self.position_m())
        if result.lost_object is not None:
            raise refusals.lost(skill, self.state().object(result.lost_object), self.position_m())
        if not result.completed and not allow:
            raise refusals.held_up(skill, motion.tolerated, self.position_m())

    def _owner(self) -> frozenset[str]:
        """What the held object is still screwed to: it is touched by nature."""
        if self._held is None or not self._has_mechanisms:
            return frozenset()
        owner = self.state().object(self._held).attached_to
        return frozenset({owner} if owner is not None else ())

    def _literal_turn(self, yaw_rad: float) -> float:
        """From the present yaw to another: as asked up to half a turn, beyond that the shorter way.

        `yaw + pi` shall turn counter-clockwise and `yaw - pi` clockwise, though they end alike.
        """
        turn = yaw_rad - self.yaw_rad()
        return turn if abs(turn) < math.pi + _HALF_TURN_SLACK_RAD else wrap_angle(turn)

    def _afford(self, skill: str, duration_s: float) -> None:
        if self.sim.time_s() + duration_s > self.max_simulated_s:
            raise refusals.out_of_time(skill, self.max_simulated_s)

    def _note(self, began: float) -> None:
        self.plan_times_ms.append((time.perf_counter() - began + self._looked_s) * 1e3)
        self._looked_s = 0.0

    def _free_height(self, position_m: Array, yaw_rad: float | None) -> float | None:
        for rise in (0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.10, 0.15, 0.20, 0.30):
            if self.is_free(position_m + rise * UP, yaw_rad):
                return float(position_m[2] + rise)
        return None


def require_held(mover: Mover, skill: str) -> ObjectState:
    """The held object.

    Raises:
        SkillMisuse: if nothing is held.
    """
    held = mover.held()
    if held is None:
        raise SkillMisuse(f"{skill}: nothing is held; pick something first", skill=skill)
    return mover.state().object(held)
