"""The texts of refused and failed motions: what was asked, what stood against it, what is possible.

They are written for the author of the program, usually a language model, and are its only way to see.
Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from blazer.core.records import ObjectState
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.protocol import Contact
from blazer.skills.arm import Arm
from blazer.skills.clearance import obstacle
from blazer.skills.errors import (
    GraspMissed,
    PathBlocked,
    SkillBudgetExceeded,
    UnexpectedContact,
    Unreachable,
    shown,
)
from blazer.skills.planning import Blocked
from blazer.skills.reach import instead_of

Array = NDArray[np.float64]


def unreachable(
    skill: str, what: str, position_m: Array, arm: Arm, yaws_rad: Sequence[float], here_m: Array
) -> Unreachable:
    """No configuration reaches a pose with any of the yaws.

    Args:
        skill: That was called.
        what: What the position is.
        position_m: (3,) of the tcp.
        arm: Whose reach.
        yaws_rad: Of the tcp frame, any of which would do.
        here_m: (3,) of the tcp now.
    """
    offer = instead_of(arm, position_m, yaws_rad, here_m)
    z = float(position_m[2])
    below = f"; z {z:.3f} is below the table top {TABLE_TOP_Z_M:.3f}" if z < TABLE_TOP_Z_M else ""
    return Unreachable(
        f"{skill}: {what} {shown(position_m)} is {offer.away_m:.3f} m {offer.text} "
        f"{shown(offer.point_m)}{below}",
        skill=skill,
        target_m=position_m.tolist(),
        beyond_m=offer.away_m,
        possible_m=offer.point_m.tolist(),
    )


def turn_too_far(skill: str, angle_rad: float, largest_rad: float) -> Unreachable:
    """The wrist ends before the turn does."""
    return Unreachable(
        f"{skill}: the wrist cannot turn by {angle_rad:.3f} rad from here; at most {largest_rad:.3f} rad "
        "that way. Turn that far, open, turn back, close and turn again",
        skill=skill,
        angle_rad=angle_rad,
        largest_rad=largest_rad,
    )


def blocked(
    skill: str, what: str, position_m: Array, reason: Blocked, held: str | None, free_z_m: float | None
) -> PathBlocked:
    """Nothing leads to a pose, or it is itself in collision.

    Args:
        skill: That was called.
        what: What the position is.
        position_m: (3,) of the tcp.
        reason: From planning.
        held: What the fingers hold.
        free_z_m: The lowest free height found above, where the pose itself is in collision.
    """
    contact = reason.contact
    body, part, at = obstacle(contact, held), _part(contact, held), shown(contact.position_m)
    if reason.at_goal:
        advice = (
            f"above that point it is free from z = {free_z_m:.3f}" if free_z_m else "no height above is free"
        )
        text = f"at {what} {shown(position_m)} {part} would be in {body!r} at {at}; {advice}"
    else:
        advice = (
            f"straight on it is free up to {shown(reason.free_until_m)}"
            if reason.free_until_m is not None
            else "no way around it was found; go higher first or move it away"
        )
        text = (
            f"path to {what} {shown(position_m)} blocked by {body!r}: {part} would touch it at {at}; {advice}"
        )
    return PathBlocked(
        f"{skill}: {text}",
        skill=skill,
        body=body,
        position_m=list(contact.position_m),
        at_goal=reason.at_goal,
    )


def touched(skill: str, contact: Contact, held: str | None, here_m: Iterable[float]) -> UnexpectedContact:
    """Something was hit while moving."""
    body = obstacle(contact, held)
    return UnexpectedContact(
        f"{skill}: {_part(contact, held)} hit {body!r} at {shown(contact.position_m)}; the gripper stopped "
        f"at {shown(here_m)}. Go around it, or name it in allow_contact_with if the touch is meant",
        skill=skill,
        body=body,
        position_m=list(contact.position_m),
    )


def held_up(skill: str, bodies: Iterable[str], here_m: Iterable[float]) -> UnexpectedContact:
    """The arm strained against something close to the ends of its way, and gave up."""
    what = " or ".join(repr(name) for name in sorted(bodies)) or "something"
    return UnexpectedContact(
        f"{skill}: {what} held the arm up; the gripper stopped at {shown(here_m)}", skill=skill
    )


def lost(skill: str, item: ObjectState, here_m: Iterable[float]) -> GraspMissed:
    """What was held no longer is."""
    if item.attached_to is not None:
        text = (
            f"{item.name!r} is still attached to {item.attached_to!r} and was torn from the fingers; the "
            f"gripper is at {shown(here_m)}. Turn it loose first"
        )
    else:
        text = (
            f"{item.name!r} slipped out of the fingers on the way; the gripper is at {shown(here_m)}. "
            "Grasp it at its centre with the yaw of the object"
        )
    return GraspMissed(f"{skill}: {text}", skill=skill, body=item.name)


def nothing_held(skill: str, reason: str, here_m: Array, objects: Sequence[ObjectState]) -> GraspMissed:
    """The fingers closed without a hold.

    Args:
        skill: That was called.
        reason: The simulator's words.
        here_m: (3,) of the tcp.
        objects: Those that the program knows of.
    """
    text = f"The gripper is at {shown(here_m)}"
    if objects:
        distances = [float(np.linalg.norm(np.asarray(item.position_m) - here_m)) for item in objects]
        near = objects[int(np.argmin(distances))]
        text += (
            f"; the nearest object is {near.name!r}, centre at {shown(near.position_m)}, "
            f"{min(distances):.3f} m away, yaw {near.yaw_rad:.3f}"
        )
    return GraspMissed(f"{skill}: nothing is held: {reason}. {text}", skill=skill)


def out_of_time(skill: str, max_simulated_s: float) -> SkillBudgetExceeded:
    """The motion would end too late."""
    return SkillBudgetExceeded(
        f"{skill}: the episode's {max_simulated_s:g} s of simulated time are used up",
        skill=skill,
        max_simulated_s=max_simulated_s,
    )


def _part(contact: Contact, held: str | None) -> str:
    """The touching part of robot or load, in words."""
    if held is not None and held in contact[:2]:
        return f"the held {held!r}"
    for name in contact[:2]:
        if name.startswith("robot:"):
            return f"the robot's {name.removeprefix('robot:').replace('_', ' ')}"
    return "the robot"
