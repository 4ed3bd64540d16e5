"""A world without physics, for tests of everything around it. It computes nothing about robots.

Its scene is one object, `thing0`. A skill's effect is a rule of a few lines; the goal is met when
`thing0` was picked and then placed. Some names make it misbehave on purpose, so that every path of
the sandbox can be walked in milliseconds: see `FakeArena.call`.
"""

from __future__ import annotations

import ctypes
import time
from typing import Any

from blazer.core.digest import digest
from blazer.core.errors import SkillError
from blazer.core.records import (
    CheckResult,
    Decision,
    GripperState,
    ObjectState,
    Trajectory,
    Verdict,
    WorldState,
)
from blazer.sandbox.arena import CallResult, Finish
from blazer.skills.api import SLEEP
from blazer.skills.errors import (
    GraspMissed,
    PathBlocked,
    SkillBudgetExceeded,
    SkillMisuse,
    UnexpectedContact,
    Unreachable,
)
from blazer.skills.validate import validate_call
from blazer.tasks.spec import Goal, PredicateSpec, TaskInstance

_RAISES = {
    "missing": GraspMissed,
    "blocked": PathBlocked,
    "hit": UnexpectedContact,
    "far": Unreachable,
}


class FakeArena:
    """Holds what was picked and where it was put."""

    def __init__(self) -> None:
        self._instance: TaskInstance | None = None
        self._holding: str | None = None
        self._placed = False
        self._time_s = 0.0
        self._limit_s = 0.0
        self._log: list[Any] = []
        self._trajectory = False

    def load(self, instance: TaskInstance, *, trajectory: bool, max_simulated_s: float) -> str:
        """See `Arena`."""
        self._instance, self._trajectory = instance, trajectory
        self._holding, self._placed, self._time_s, self._log = None, False, 0.0, []
        self._limit_s = min(instance.time_limit_s, max_simulated_s)
        return digest(instance)

    def observe(self, instance: TaskInstance) -> WorldState:
        """See `Arena`."""
        thing = ObjectState(
            name="thing0",
            kind="thing",
            color="red",
            position_m=(0.1, 0.2, 0.8),
            quat_wxyz=(1.0, 0.0, 0.0, 0.0),
            yaw_rad=0.0,
            size_m=(0.05, 0.05, 0.05),
        )
        gripper = GripperState(position_m=(0.3, 0.0, 1.2), yaw_rad=0.0, opening_m=0.08, holding=None)
        return WorldState(time_s=0.0, objects=(thing,), gripper=gripper)

    def call(self, skill: str, arguments: dict[str, Any]) -> CallResult:
        """See `Arena`.

        `pick("missing" | "blocked" | "hit" | "far")` raises the skill error of that name,
        `pick("segfault")` kills this process, `pick("bug")` raises a plain exception,
        `pick("hang")` never returns.
        """
        began, start_s = time.perf_counter(), self._time_s
        value, failed, out_of_time = None, None, False
        try:
            value = self._do(skill, validate_call(skill, arguments))
        except SkillError as error:
            failed = {"kind": error.code, "message": str(error), "skill": skill}
            out_of_time = isinstance(error, SkillBudgetExceeded)
        self._log.append([skill, arguments, failed])
        return CallResult(
            value=value,
            error=failed,
            start_s=start_s,
            duration_s=self._time_s - start_s,
            wall_ms=(time.perf_counter() - began) * 1e3,
            plan_ms=None,
            out_of_time=out_of_time,
        )

    def _do(self, skill: str, arguments: dict[str, Any]) -> Any:
        if skill in ("get_objects", "get_object"):
            thing: dict[str, Any] = {"name": "thing0", "kind": "thing", "color": "red"}
            thing.update(position=[0.1, 0.2, 0.8], yaw=0.0, length=0.05, width=0.05, height=0.05)
            return [thing] if skill == "get_objects" else thing
        if skill == "gripper_pose":
            return {"position": [0.3, 0.0, 1.2], "yaw": 0.0, "opening": 0.08, "holding": self._holding}
        if skill in ("is_reachable", "is_collision_free"):
            return True
        duration_s = float(arguments["seconds"]) if skill == SLEEP.name else 1.0
        if duration_s < 0:
            raise SkillMisuse(f"{skill}: seconds must not be negative", skill=skill)
        if self._time_s + duration_s > self._limit_s:
            raise SkillBudgetExceeded(f"{skill}: the simulated time of {self._limit_s} s is used up")
        self._time_s += duration_s
        if skill == "pick":
            return self._pick(str(arguments["name"]))
        if skill.startswith("place"):
            self._placed, self._holding = self._holding is not None, None
        return None

    def _pick(self, name: str) -> str:
        if name in _RAISES:
            raise _RAISES[name](f"pick: {name!r} fails on purpose", skill="pick")
        if name == "segfault":
            ctypes.string_at(0)
        if name == "bug":
            raise ZeroDivisionError("a bug in the world")
        if name == "hang":
            time.sleep(3600)
        self._holding = name
        return name

    def finish(self) -> Finish:
        """See `Arena`."""
        passed = self._placed and self._holding is None
        check = CheckResult(
            name="placed", passed=passed, measured={"placed": self._placed}, required="picked, then placed"
        )
        decision = Decision.PASS if passed else Decision.FAIL
        return Finish(
            verdict=Verdict(paper=decision, strict=decision, checks=(check,)),
            final_digest=digest(self._log),
            trajectory=_still() if self._trajectory else None,
            simulated_s=self._time_s,
            physics_s=0.0,
            plan_s=0.0,
            steps=0,
        )

    def about(self) -> dict[str, str]:
        """See `Arena`."""
        return {"backend": "fake", "backend_version": "0"}


def _still() -> Trajectory:
    return Trajectory(rate_hz=10.0, joint_rad=(), gripper_opening_m=(), object_names=(), object_poses=())


def fake_instance(seed: int = 0, time_limit_s: float = 60.0) -> TaskInstance:
    """An instance for the fake world."""
    return TaskInstance(
        task="fake",
        task_digest="0",
        seed=seed,
        parameters={},
        instruction="put the thing away",
        objects=(),
        goal=Goal(paper=(PredicateSpec(name="placed"),)),
        time_limit_s=time_limit_s,
    )
