"""The rules of the kinematic backend: what follows the hand, what falls, what the fingers meet."""

from __future__ import annotations

import math

import numpy as np

from blazer.core.errors import SimulatorError
from blazer.core.geometry import Array, quat_to_matrix, wrap_angle
from blazer.sim import panda
from blazer.sim.boxes import Box, box_at, boxes_of, overlap_m
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.panda import Frame
from blazer.sim.protocol import Contact, GraspResult
from blazer.sim.scene import Body, Scene

CONTACT_M = 2e-4
"""Boxes closer than this touch."""
_RESTING_DEPTH_M = 0.002
_CLOSE_STEP_M = 0.0005
_TABLE = Box(np.array([0.0, 0.0, TABLE_TOP_Z_M - 1.0]), np.eye(3), np.array([5.0, 5.0, 1.0]))


class KinematicWorld:
    """One loaded scene of the kinematic backend.

    Attributes:
        frames: Where each body is.
        turns: Position of each mechanism.
        owners: Who still holds each body with a mechanism.
    """

    def __init__(self, scene: Scene) -> None:
        self.bodies: dict[str, Body] = {body.name: body for body in scene.bodies}
        if len(self.bodies) != len(scene.bodies):
            raise SimulatorError(f"scene {scene.task!r} names a body twice")
        for body in scene.bodies:
            if body.mechanism is not None and body.mechanism.owner not in self.bodies:
                raise SimulatorError(f"{body.name!r} hangs on unknown {body.mechanism.owner!r}")
        self.frames = {
            body.name: Frame(np.array(body.pose.position_m), quat_to_matrix(body.pose.quat_wxyz))
            for body in scene.bodies
        }
        self.owners = {b.name: b.mechanism.owner for b in scene.bodies if b.mechanism is not None}
        self.turns = dict.fromkeys(self.owners, 0.0)
        self.joints = panda.HOME_RAD.copy()
        self.opening_m = 2 * panda.MAX_FINGER_TRAVEL_M
        self.held: str | None = None
        self.steps = 0

    # -- the robot --------------------------------------------------------------------------------
    def move_arm(self, joints: Array) -> None:
        """Put the arm somewhere; what is held goes along, a screwed part turns on its thread."""
        before, after = panda.forward(self.joints)[-2], panda.forward(joints)[-2]
        self.joints = joints.copy()
        if self.held is None:
            return
        moved = _carried(before, after, self.frames[self.held])
        owner = self.owners.get(self.held)
        if owner is None:
            self.frames[self.held] = moved
        else:
            self._turn_screw(self.held, before, after)

    def open(self) -> None:
        """Open fully, let go, and let it fall."""
        self.opening_m = 2 * panda.MAX_FINGER_TRAVEL_M
        self.held = None
        self.drop_all()

    def close(self) -> GraspResult:
        """Close both fingers evenly until each has met something or they meet each other."""
        if self.held is not None:
            return GraspResult(self.held, (self.held,), self.opening_m, "")
        left, right = (self._first_met(side) for side in (1.0, -1.0))
        both = sorted(set(left[0]) & set(right[0]))
        touched = tuple(sorted({*left[0], *right[0]}))
        self.opening_m = left[1] + right[1]
        holdable = [name for name in both if self._can_hold(name)]
        if holdable:
            self.held = holdable[0]
            return GraspResult(self.held, touched, self.opening_m, "")
        if both:
            return GraspResult(None, touched, self.opening_m, f"{both[0]!r} cannot be picked up")
        sides = (("left", left[0]), ("right", right[0]))
        said = [f"only the {side} pad touches {name!r}" for side, names in sides for name in names]
        return GraspResult(None, touched, self.opening_m, " and ".join(said) or "closed on nothing")

    # -- what touches what ------------------------------------------------------------------------
    def collision(
        self,
        joints: Array,
        opening_m: float,
        allow: frozenset[str],
        supports: frozenset[str],
        margin_m: float,
    ) -> Contact | None:
        """The deepest touch of hand, fingers or held object with the arm at `joints`."""
        hand = panda.forward(joints)[-2]
        movers = self._hand_boxes(hand, opening_m / 2)
        if self.held is not None and self.held not in self.owners:
            frame = _carried(panda.forward(self.joints)[-2], hand, self.frames[self.held])
            movers += [(self.held, box) for box in boxes_of(self.bodies[self.held], frame)]
        worst: Contact | None = None
        for other, still in self._still_boxes():
            if other in allow:
                continue
            for mover, moving in movers:
                least = _RESTING_DEPTH_M if mover == self.held and other in supports else -margin_m
                depth = overlap_m(moving, still)
                if depth > least and depth > (worst.depth_m if worst is not None else -math.inf):
                    x, y, z = moving.center_m.tolist()
                    worst = Contact(mover, other, (x, y, z), depth)
        return worst

    def supports(self) -> frozenset[str]:
        """What the held object touches now."""
        if self.held is None:
            return frozenset()
        mine = boxes_of(self.bodies[self.held], self.frames[self.held])
        return frozenset(
            name for name, box in self._still_boxes() for part in mine if overlap_m(part, box) > -CONTACT_M
        )

    def touched_by_fingers(self) -> set[str]:
        """Bodies that a finger touches now."""
        hand = panda.forward(self.joints)[-2]
        fingers = [box for name, box in self._hand_boxes(hand, self.opening_m / 2) if name != "robot:hand"]
        found = {
            name
            for name, box in self._still_boxes()
            for finger in fingers
            if overlap_m(finger, box) > -CONTACT_M
        }
        if self.held is not None:
            found.add(self.held)
        return found - {"table"}

    def contacts(self) -> tuple[tuple[str, str], ...]:
        """Pairs of bodies that touch, scenery among itself aside."""
        boxes = {name: boxes_of(body, self.frames[name]) for name, body in self.bodies.items()}
        boxes["table"] = (_TABLE,)
        names = sorted(boxes)
        loose = {name for name, body in self.bodies.items() if not body.fixed}
        return tuple(
            (first, second)
            for i, first in enumerate(names)
            for second in names[i + 1 :]
            if loose & {first, second}
            and any(overlap_m(a, b) > -CONTACT_M for a in boxes[first] for b in boxes[second])
        )

    # -- falling ----------------------------------------------------------------------------------
    def drop_all(self) -> None:
        """Let everything loose and unheld down onto what is below it, the lowest first."""
        loose = [n for n, body in self.bodies.items() if not body.fixed and n not in self.owners]
        for name in sorted(loose, key=lambda item: float(self.frames[item].position_m[2])):
            if name != self.held:
                self._drop(name)

    def _drop(self, name: str) -> None:
        frame = self.frames[name]
        others = [box for other, box in self._still_boxes() if other != name]

        def free(fall_m: float) -> bool:
            lowered = Frame(frame.position_m - np.array([0.0, 0.0, fall_m]), frame.rotation)
            mine = boxes_of(self.bodies[name], lowered)
            return all(overlap_m(part, other) <= CONTACT_M / 2 for part in mine for other in others)

        fall, step = 0.0, 0.004
        while step > CONTACT_M / 8:
            while free(fall + step):
                fall += step
            step /= 2
        self.frames[name] = Frame(frame.position_m - np.array([0.0, 0.0, fall]), frame.rotation)

    # -- inside -----------------------------------------------------------------------------------
    def _can_hold(self, name: str) -> bool:
        body = self.bodies[name]
        free = body.mechanism is None or body.mechanism.type == "screw"
        return body.graspable and not body.fixed and free

    def _still_boxes(self) -> list[tuple[str, Box]]:
        """Everything but the robot and what it holds."""
        boxes = [
            (name, box)
            for name, body in self.bodies.items()
            if name != self.held
            for box in boxes_of(body, self.frames[name])
        ]
        return [*boxes, ("table", _TABLE)]

    def _hand_boxes(self, hand: Frame, travel_m: float) -> list[tuple[str, Box]]:
        palm = (panda.HAND_TO_TCP_M - panda.PALM_TO_TCP_M) / 2
        boxes = [("robot:hand", box_at(hand, np.array([0, 0, palm]), np.array([0.024, 0.103, palm])))]
        for name, side in zip(panda.FINGERS, (1.0, -1.0), strict=True):
            boxes.append((f"robot:{name}", _finger(hand, side, travel_m)))
        return boxes

    def _first_met(self, side: float) -> tuple[list[str], float]:
        """What one finger meets first on its way in, and how far it then stands from the middle."""
        hand = panda.forward(self.joints)[-2]
        travel = self.opening_m / 2
        bodies = [(name, box) for name, box in self._still_boxes() if name != "table"]
        while travel > 0:
            finger = _finger(hand, side, travel)
            met = sorted({name for name, box in bodies if overlap_m(finger, box) > 0})
            if met:
                return met, travel
            travel -= _CLOSE_STEP_M
        return [], 0.0

    def _turn_screw(self, name: str, before: Frame, after: Frame) -> None:
        mechanism = self.bodies[name].mechanism
        if mechanism is None or mechanism.type != "screw":
            return
        turned = after.rotation @ before.rotation.T
        yaw = wrap_angle(math.atan2(turned[1, 0], turned[0, 0]))
        yaw = max(mechanism.range[0] - self.turns[name], yaw)
        self.turns[name] += yaw
        rise = mechanism.pitch_m * yaw / (2 * math.pi)
        c, s = math.cos(yaw), math.sin(yaw)
        spin = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        frame = self.frames[name]
        self.frames[name] = Frame(frame.position_m + np.array([0.0, 0.0, rise]), spin @ frame.rotation)
        if mechanism.release_rad is not None and self.turns[name] > mechanism.release_rad:
            del self.owners[name]


def _finger(hand: Frame, side: float, travel_m: float) -> Box:
    tip = panda.HAND_TO_TCP_M + panda.TIP_BEYOND_TCP_M
    x, y, _ = panda.PAD_HALF_M
    half_z = (tip - panda.FINGER_ORIGIN_M) / 2
    return box_at(hand, np.array([0, side * (travel_m + y), tip - half_z]), np.array([x, y, half_z]))


def _carried(before: Frame, after: Frame, frame: Frame) -> Frame:
    """Where `frame` goes when the hand it is fixed to moves from `before` to `after`."""
    back = before.rotation.T
    offset = back @ (frame.position_m - before.position_m)
    return Frame(after.position_m + after.rotation @ offset, after.rotation @ (back @ frame.rotation))
