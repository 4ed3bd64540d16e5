"""Serves the skill calls of one program in one loaded simulator.

This is the only door between a program and the world: names and arguments come as plain data, plain
JSON goes out, and everything a program may be told comes as a `SkillError`. Other errors are
infrastructure. It holds no goal and no verdict.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from blazer.core.errors import SkillError
from blazer.core.records import ObjectState
from blazer.sim.protocol import Simulator
from blazer.sim.scene import Scene
from blazer.skills import composed
from blazer.skills.api import GRIPPER_FIELDS, OBJECT_FIELDS, SLEEP
from blazer.skills.errors import SkillBudgetExceeded, SkillMisuse
from blazer.skills.mover import Mover
from blazer.skills.validate import validate_call

MAX_CALLS = 400
MAX_SIMULATED_S = 120.0


class CallReport(NamedTuple):
    """What the last call cost, whether it returned or raised.

    Attributes:
        skill: Its name as called.
        start_s: Simulated time at its start.
        duration_s: Simulated.
        wall_ms: All of it.
        plan_ms: Inverse kinematics, planning and timing; None if nothing was planned.
        motions_planned: How many plans that were.
    """

    skill: str
    start_s: float
    duration_s: float
    wall_ms: float
    plan_ms: float | None
    motions_planned: int


class SkillRuntime:
    """The skills over a simulator in which `scene` is loaded.

    Args:
        sim: The simulator, loaded; it is moved, never reloaded.
        scene: What is loaded, for the names of its objects.
        seed: Root of the random streams of path searches.
        max_calls: More are refused.
        max_simulated_s: On the simulator's clock; no motion starts that would end later.

    Raises:
        SimulatorError: if the simulator's robot is not the published Panda.
    """

    def __init__(
        self,
        sim: Simulator,
        scene: Scene,
        seed: int,
        *,
        max_calls: int = MAX_CALLS,
        max_simulated_s: float = MAX_SIMULATED_S,
    ) -> None:
        self._sim = sim
        self._listed = {body.name: body for body in scene.bodies if body.listed}
        self._mover = Mover(sim, self._listed, seed, max_simulated_s)
        self._max_calls = max_calls
        self._calls = 0
        self._report: CallReport | None = None
        self._skills: dict[str, Callable[..., Any]] = {
            "open_gripper": self._open_gripper,
            "close_gripper": self._close_gripper,
            "move_gripper": self._move_gripper,
            "get_objects": self._get_objects,
            "get_object": self._get_object,
            "gripper_pose": self._gripper_pose,
            "is_reachable": self._is_reachable,
            "is_collision_free": self._is_collision_free,
            "pick": self._pick,
            "place_at": self._place_at,
            "place_on": self._place_on,
            "place_in": self._place_in,
            "rotate_gripper": self._rotate_gripper,
        }

    @property
    def last_report(self) -> CallReport | None:
        """Of the latest call; None before the first."""
        return self._report

    @property
    def plan_times_ms(self) -> tuple[float, ...]:
        """Wall time of every single motion planned so far."""
        return tuple(self._mover.plan_times_ms)

    def call(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """Execute one skill.

        Args:
            name: A skill's name, unchecked.
            arguments: Its arguments by name, unchecked.

        Returns:
            A JSON value; objects and the gripper as dicts of exactly the declared fields.

        Raises:
            SkillError: a subclass from `skills.errors`; its text is for the program's author.
            SimulatorError: if physics failed.
        """
        began, start_s = time.perf_counter(), self._sim.time_s()
        planned = len(self._mover.plan_times_ms)
        try:
            self._calls += 1
            if self._calls > self._max_calls:
                raise SkillBudgetExceeded(
                    f"{str(name)[:100]}: the episode's {self._max_calls} skill calls are used up",
                    max_calls=self._max_calls,
                )
            normal = validate_call(name, arguments, self._listed)
            return self._sleep(**normal) if name == SLEEP.name else self._skills[name](**normal)
        except SkillError as error:
            error.skill = error.skill or str(name)[:100]
            raise
        finally:
            plans = self._mover.plan_times_ms[planned:]
            self._report = CallReport(
                skill=str(name)[:100],
                start_s=start_s,
                duration_s=self._sim.time_s() - start_s,
                wall_ms=(time.perf_counter() - began) * 1e3,
                plan_ms=sum(plans) if plans else None,
                motions_planned=len(plans),
            )

    # -- primitives -----------------------------------------------------------------------------

    def _open_gripper(self) -> None:
        self._mover.open("open_gripper")

    def _close_gripper(self, require_grasp: bool) -> str | None:
        return self._mover.close("close_gripper", require_grasp)

    def _move_gripper(
        self, position: tuple[float, ...], yaw: float | None, allow_contact_with: tuple[str, ...] | None
    ) -> None:
        self._mover.move("move_gripper", np.array(position), yaw, allow_contact_with or ())

    def _sleep(self, seconds: float) -> None:
        if seconds < 0:
            raise SkillMisuse(f"time.sleep: seconds must not be negative, got {seconds:g}", skill=SLEEP.name)
        if seconds > 0:
            self._mover.wait(SLEEP.name, seconds)

    # -- queries --------------------------------------------------------------------------------

    def _get_objects(self, kind: str | None, color: str | None) -> list[dict[str, Any]]:
        return [
            _plain(item)
            for item in self._mover.state().objects
            if item.name in self._listed
            and (kind is None or item.kind.lower() == kind.strip().lower())
            and (color is None or item.color.lower() == color.strip().lower())
        ]

    def _get_object(self, name: str) -> dict[str, Any]:
        return _plain(self._mover.state().object(name))

    def _gripper_pose(self) -> dict[str, Any]:
        gripper = self._mover.state().gripper
        values = {
            "position": list(gripper.position_m),
            "yaw": self._mover.yaw_rad(),
            "opening": gripper.opening_m,
            "holding": gripper.holding,
        }
        return {field: values[field] for field in GRIPPER_FIELDS}

    def _is_reachable(self, position: tuple[float, ...], yaw: float | None) -> bool:
        return bool(len(self._mover.configurations(np.array(position), yaw, self._mover.held())))

    def _is_collision_free(self, position: tuple[float, ...], yaw: float | None) -> bool:
        return self._mover.is_free(np.array(position), yaw)

    # -- composed -------------------------------------------------------------------------------

    def _pick(self, name: str, yaw: float | None) -> str | None:
        return composed.pick(self._mover, name, yaw)

    def _place_at(self, position: tuple[float, ...], yaw: float | None) -> None:
        composed.place_at(self._mover, np.array(position), yaw)

    def _place_on(self, name: str, yaw: float | None) -> None:
        composed.place_on(self._mover, name, yaw)

    def _place_in(self, name: str, yaw: float | None) -> None:
        composed.place_in(self._mover, name, yaw)

    def _rotate_gripper(self, angle: float) -> None:
        if angle != 0.0:
            self._mover.turn("rotate_gripper", angle)


def _plain(item: ObjectState) -> dict[str, Any]:
    length, width, height = item.size_m
    values = {
        "name": item.name,
        "kind": item.kind,
        "color": item.color,
        "position": list(item.position_m),
        "yaw": item.yaw_rad,
        "length": length,
        "width": width,
        "height": height,
    }
    return {field: values[field] for field in OBJECT_FIELDS}
