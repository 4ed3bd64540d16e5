"""Asking "would it touch?" without moving the world.

A copy of the model in which only the robot and what it holds meet anything, and a scratch state.
Objects among themselves are left out, so a query costs the same on a full table as on an empty one.
"""

from __future__ import annotations

import copy
from typing import Any

import mujoco
import numpy as np

from blazer.core.geometry import Array
from blazer.sim import panda
from blazer.sim.mujoco import classes
from blazer.sim.mujoco.build import Built
from blazer.sim.mujoco.touch import Touch
from blazer.sim.protocol import Contact

_ARM_DOFS = 7
_MOVER_MEETS = classes.STATIC | classes.LOOSE | classes.SCREWED


class CollisionChecker:
    """Collision queries for one loaded scene.

    Args:
        built: The compiled scene; its model is copied.
        scratch: A state of that model to compute in.
    """

    def __init__(self, built: Built, scratch: Any) -> None:
        self._built = built
        self._model = model = copy.copy(built.model)
        model.opt.enableflags = 0
        model.geom_conaffinity[:] = 0
        robot = np.array([name.startswith("robot:") for name in built.names])[built.geom_body]
        moves = robot & (np.array(built.model.geom_conaffinity) != 0)
        model.geom_conaffinity[moves] = built.model.geom_conaffinity[moves] | classes.SCREWED
        self._moves = moves
        self._conaffinity = np.array(model.geom_conaffinity)
        self._body_conaffinity = np.array(model.body_conaffinity)
        self._data = scratch
        self._held: str | None = None
        self._margin_m = 0.0
        self._supports: tuple[int, str, frozenset[str]] = (-1, "", frozenset())

    def supports(self, qpos: Array, held: str, step: int) -> frozenset[str]:
        """Bodies that the held object touches, to within 0.5 mm, in the state `qpos` after `step`."""
        if self._supports[:2] == (step, held):
            return self._supports[2]
        self._hold(held)
        self._set_margin(0.0005)
        self._data.qpos[:] = qpos
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_collision(self._model, self._data)
        bodies = self._built.geom_body[self._data.contact.geom]
        mine = self._built.body_ids[held]
        others = {int(b) for pair in bodies if mine in pair for b in pair if b != mine}
        names = {self._built.names[body] for body in others}
        found = frozenset(name for name in names if not name.startswith("robot:"))
        self._supports = (step, held, found)
        return found

    def first(
        self,
        configurations_rad: Array,
        qpos: Array,
        touch: Touch,
        *,
        held: str | None,
        opening_m: float | None,
        margin_m: float,
    ) -> tuple[int, Contact] | None:
        """The first configuration (n, 7) with a contact that counts, and the deepest such contact."""
        model, data = self._model, self._data
        movable = held if held in self._built.free_qpos else None
        self._hold(movable)
        self._set_margin(margin_m)
        data.qpos[:] = qpos
        carry = _Carry(self._built, model, data, movable) if movable is not None else None
        if opening_m is not None:
            data.qpos[_ARM_DOFS : _ARM_DOFS + 2] = min(opening_m / 2, panda.MAX_FINGER_TRAVEL_M)
        arm = data.qpos[:_ARM_DOFS]
        for index, configuration in enumerate(configurations_rad):
            arm[:] = configuration
            mujoco.mj_kinematics(model, data)
            if carry is not None:
                carry.move()
                mujoco.mj_kinematics(model, data)
            mujoco.mj_collision(model, data)
            if data.ncon:
                contact = touch.first(data.contact, margin_m)
                if contact is not None:
                    return index, contact
        return None

    def _hold(self, held: str | None) -> None:
        if held == self._held:
            return
        self._model.geom_conaffinity[:] = self._conaffinity
        self._model.body_conaffinity[:] = self._body_conaffinity
        if held is not None:
            # MuJoCo keeps a summary of the bits per body and asks that first.
            self._model.body_conaffinity[self._built.body_ids[held]] |= _MOVER_MEETS | classes.BASE
            mine = self._built.geom_body == self._built.body_ids[held]
            mine &= np.array(self._built.model.geom_contype) != 0
            self._model.geom_conaffinity[mine] = _MOVER_MEETS | classes.BASE
        self._held = held
        self._margin_m = -1.0

    def _set_margin(self, margin_m: float) -> None:
        if margin_m == self._margin_m:
            return
        moves = self._moves.copy()
        if self._held is not None:
            moves |= self._built.geom_body == self._built.body_ids[self._held]
        self._model.geom_gap[:] = np.where(moves, margin_m, 0.0)
        self._model.body_margin[:] = 0.0
        np.maximum.at(self._model.body_margin, self._built.geom_body, self._model.geom_gap)
        self._margin_m = margin_m


class _Carry:
    """Moves the held object's pose in a scratch state rigidly with the hand."""

    def __init__(self, built: Built, model: Any, data: Any, held: str) -> None:
        mujoco.mj_kinematics(model, data)
        address = built.free_qpos[held]
        self._position = data.qpos[address : address + 3]
        self._quat = data.qpos[address + 3 : address + 7]
        self._hand_position = data.xpos[built.hand]
        self._hand_quat = data.xquat[built.hand]
        back_position, back_quat = np.zeros(3), np.zeros(4)
        mujoco.mju_negPose(back_position, back_quat, self._hand_position, self._hand_quat)
        self._offset, self._turn = np.zeros(3), np.zeros(4)
        mujoco.mju_mulPose(self._offset, self._turn, back_position, back_quat, self._position, self._quat)

    def move(self) -> None:
        """Set the held object's pose from the hand's."""
        mujoco.mju_mulPose(
            self._position, self._quat, self._hand_position, self._hand_quat, self._offset, self._turn
        )
