"""The fingers: closing until they stall, and a hold that both pads must have earned.

A weld then carries the object while the fingers go on squeezing gently. It is no glue: it is made
only between the hand and a body that both pads press on, at the pose the fingers found it in, and
it tears when the object is pulled at too hard.
"""

from __future__ import annotations

import math
from typing import Any

import mujoco
import numpy as np

from blazer.core.geometry import Array
from blazer.sim import panda
from blazer.sim.mujoco import arm
from blazer.sim.mujoco.build import Built
from blazer.sim.mujoco.stepper import Stepper
from blazer.sim.protocol import GraspResult

FINGER_SPEED_M_S = 0.1
SQUEEZE_N = 5.0
HOLD_N = 60.0
"""What a hold carries before it tears: two pads pressing with 25 N each, a friction of 1.2."""
_BLOCK = 5
_MAX_S = 1.0
_MIN_CLOSING_S = 0.06
_STALL_M_S = 0.002
_STALL_BLOCKS = 4
_TEAR_M = 0.015
_TEAR_RAD = 0.35
_FINGERS = slice(7, 9)


class Gripper:
    """The two fingers of one loaded scene.

    Attributes:
        held: Name of the object held by both pads.
    """

    def __init__(self, built: Built, data: Any, stepper: Stepper) -> None:
        self._built, self._data, self._stepper = built, data, stepper
        self._model = built.model
        self._target_m = panda.MAX_FINGER_TRAVEL_M
        self.held: str | None = None

    def opening_m(self) -> float:
        """Distance between the pads."""
        return float(self._data.qpos[7] + self._data.qpos[8])

    def open(self) -> GraspResult:
        """Let go and open fully."""
        self.let_go()
        self._target_m = float(self._data.qpos[_FINGERS].mean())
        for _ in range(round(_MAX_S / (_BLOCK * self._model.opt.timestep))):
            self._ramp(FINGER_SPEED_M_S)
            if self.opening_m() > 2 * panda.MAX_FINGER_TRAVEL_M - 5e-4:
                break
        left, right = self._pressed()
        reason = "the gripper is open" if self.opening_m() > 0.079 else "the fingers cannot open fully"
        return GraspResult(None, tuple(sorted({*left, *right})), self.opening_m(), reason)

    def close(self) -> GraspResult:
        """Close until the fingers stall, and hold what both pads press on."""
        if self.held is not None:
            return GraspResult(self.held, (self.held,), self.opening_m(), "")
        self._close_until_stalled()
        left, right = self._pressed()
        both = {name: min(left[name], right[name]) for name in left if name in right}
        holdable = {name: force for name, force in both.items() if name in self._built.grasp_welds}
        touched = tuple(sorted({*left, *right}))
        if not holdable:
            return GraspResult(None, touched, self.opening_m(), self._why_not(left, right, both))
        name = max(sorted(holdable), key=lambda item: holdable[item])
        self._hold(name)
        return GraspResult(name, touched, self.opening_m(), "")

    def let_go(self) -> None:
        """Give up the hold, the fingers staying where they are."""
        if self.held is not None:
            self._data.eq_active[self._built.grasp_welds[self.held]] = 0
            self.held = None

    def drop_if_torn(self) -> str | None:
        """Give up a hold whose object has been dragged off; returns its name."""
        if self.held is None:
            return None
        position, quat = self._relative_pose(self._built.body_ids[self.held])
        wanted = self._model.eq_data[self._built.grasp_welds[self.held]]
        off_m = math.dist(position, wanted[3:6])
        off_rad = 2 * math.acos(min(1.0, abs(float(quat @ wanted[6:10]))))
        if off_m < _TEAR_M and off_rad < _TEAR_RAD and self._pull_n(self.held) < HOLD_N:
            return None
        lost = self.held
        self.let_go()
        return lost

    def _pull_n(self, held: str) -> float:
        """Force that the hold carried in the last step."""
        # Equality constraints come first.
        mine = self._data.efc_id[: self._data.ne] == self._built.grasp_welds[held]
        return math.hypot(*self._data.efc_force[np.flatnonzero(mine)[:3]])

    def touching(self, contacts: Any) -> tuple[str, ...]:
        """Names of scene bodies that any finger touches, out of a contact list."""
        fingers = {f"robot:{name}" for name in panda.FINGERS}
        found = set()
        for pair in contacts.geom:
            first, second = (self._built.names[self._built.geom_body[geom]] for geom in pair)
            if first in fingers:
                found.add(second)
            elif second in fingers:
                found.add(first)
        return tuple(sorted(name for name in found if not name.startswith("robot:")))

    def _close_until_stalled(self) -> None:
        self._target_m = float(self._data.qpos[_FINGERS].mean())
        still = 0
        for block in range(round(_MAX_S / (_BLOCK * self._model.opt.timestep))):
            self._ramp(-FINGER_SPEED_M_S)
            slow = float(np.abs(self._data.qvel[_FINGERS]).max()) < _STALL_M_S
            still = still + 1 if slow else 0
            if still >= _STALL_BLOCKS and block * _BLOCK * self._model.opt.timestep > _MIN_CLOSING_S:
                break

    def _ramp(self, speed_m_s: float) -> None:
        travel = speed_m_s * _BLOCK * self._model.opt.timestep
        # The command may run ahead of the fingers only as far as full force takes.
        reach = arm.FINGER_FORCE_N / arm.FINGER_STIFFNESS_N_M
        self._target_m = float(np.clip(self._target_m + travel, -reach, panda.MAX_FINGER_TRAVEL_M))
        self._data.ctrl[_FINGERS] = self._target_m
        self._stepper.run(_BLOCK)

    def _pressed(self) -> tuple[dict[str, float], dict[str, float]]:
        """Normal force of each pad on each body it touches."""
        forces: tuple[dict[str, float], dict[str, float]] = ({}, {})
        wrench = np.zeros(6)
        for index, (first, second) in enumerate(self._data.contact.geom):
            for pad, found in zip(self._built.pads, forces, strict=True):
                if pad not in (first, second):
                    continue
                other = self._built.names[self._built.geom_body[second if first == pad else first]]
                if other.startswith("robot:"):
                    continue
                mujoco.mj_contactForce(self._model, self._data, index, wrench)
                if wrench[0] > 0:
                    found[other] = found.get(other, 0.0) + float(wrench[0])
        return forces

    def _why_not(self, left: dict[str, float], right: dict[str, float], both: dict[str, float]) -> str:
        if both:
            return f"{min(both)!r} cannot be picked up"
        if not left and not right:
            return "closed on nothing"
        sides = [("left", left), ("right", right)]
        said = [f"only the {side} pad touches {name!r}" for side, found in sides for name in sorted(found)]
        return " and ".join(said)

    def _hold(self, name: str) -> None:
        weld = self._built.grasp_welds[name]
        mujoco.mj_kinematics(self._model, self._data)
        position, quat = self._relative_pose(self._built.body_ids[name])
        self._model.eq_data[weld, 0:3] = 0.0
        self._model.eq_data[weld, 3:6] = position
        self._model.eq_data[weld, 6:10] = quat
        self._data.eq_active[weld] = 1
        self.held = name
        self._target_m = float(self._data.qpos[_FINGERS].mean()) - SQUEEZE_N / arm.FINGER_STIFFNESS_N_M
        self._data.ctrl[_FINGERS] = self._target_m
        self._stepper.run(_BLOCK)

    def _relative_pose(self, body: int) -> tuple[Array, Array]:
        """Position (3,) and quaternion (4,) of a body in the hand's frame."""
        data, hand = self._data, self._built.hand
        back_position, back_quat, position, quat = np.zeros(3), np.zeros(4), np.zeros(3), np.zeros(4)
        mujoco.mju_negPose(back_position, back_quat, data.xpos[hand], data.xquat[hand])
        mujoco.mju_mulPose(position, quat, back_position, back_quat, data.xpos[body], data.xquat[body])
        return position, quat
