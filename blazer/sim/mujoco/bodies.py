"""Scene bodies and their mechanisms as MuJoCo bodies, joints and constraints.

A hinge or a slide is a joint to the owner. A screwed part is a free body welded to a small
invisible nut that turns on its owner; the weld's offset grows with the turn (the pitch), and cutting
the weld is what coming free means. So a part that has come off is an ordinary rigid body, not one
with a clever joint, and pulling does not turn the thread.
"""

from __future__ import annotations

import math
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from blazer.core.errors import SimulatorError
from blazer.core.geometry import quat_conjugate, quat_multiply, quat_rotate
from blazer.sim.mujoco import classes
from blazer.sim.scene import Body, Mechanism, Part, Scene

NUT_MASS_KG = 0.005
PRISM_SIDES = 24
_STIFF = [0.004, 1.0]
_SHAPES = {
    "box": mujoco.mjtGeom.mjGEOM_BOX,
    "cylinder": mujoco.mjtGeom.mjGEOM_CYLINDER,
    "sphere": mujoco.mjtGeom.mjGEOM_SPHERE,
    "capsule": mujoco.mjtGeom.mjGEOM_CAPSULE,
    "ellipsoid": mujoco.mjtGeom.mjGEOM_ELLIPSOID,
    "hull": mujoco.mjtGeom.mjGEOM_MESH,
}


def nut_of(name: str) -> str:
    """Name of the invisible nut that carries a screwed part (and of its joint)."""
    return f"nut:{name}"


def add_bodies(spec: Any, scene: Scene, *, pictured: bool) -> None:
    """Add every body of the scene, owners before what hangs on them.

    Args:
        spec: The MjSpec.
        scene: What to add.
        pictured: Also add parts that are only seen.

    Raises:
        SimulatorError: for duplicate names, unknown owners, or parts that cannot be built.
    """
    names = [body.name for body in scene.bodies]
    if len(set(names)) != len(names):
        raise SimulatorError(f"scene {scene.task!r} names a body twice: {', '.join(sorted(names))}")
    for body in scene.bodies:
        owner = body.mechanism.owner if body.mechanism else None
        if owner is not None and (owner not in names or owner == body.name):
            raise SimulatorError(f"{body.name!r} hangs on {owner!r}; there are {', '.join(names)}")
    owners = {b.mechanism.owner for b in scene.bodies if b.mechanism and b.mechanism.type == "screw"}
    built: dict[str, Any] = {}
    waiting = list(scene.bodies)
    while waiting:
        ready = [b for b in waiting if b.mechanism is None or b.mechanism.owner in built]
        if not ready:
            raise SimulatorError(f"mechanisms in a circle: {', '.join(b.name for b in waiting)}")
        for body in ready:
            built[body.name] = element = _add_body(spec, body, scene, built)
            _add_parts(spec, element, body, body.name in owners, pictured)
        waiting = [b for b in waiting if b.name not in built]


def _add_body(spec: Any, body: Body, scene: Scene, built: dict[str, Any]) -> Any:
    mechanism = body.mechanism
    if mechanism is None or mechanism.type == "screw":
        element = spec.worldbody.add_body(name=body.name, pos=body.pose.position_m, quat=body.pose.quat_wxyz)
        if not body.fixed:
            element.add_joint(name=body.name, type=mujoco.mjtJoint.mjJNT_FREE)
        if mechanism is not None:
            _add_nut(spec, body, mechanism, scene, built[mechanism.owner])
    else:
        position, quat = _relative(scene.body(mechanism.owner), body)
        element = built[mechanism.owner].add_body(name=body.name, pos=position, quat=quat)
        _add_joint(element, body.name, mechanism)
        spec.add_exclude(bodyname1=body.name, bodyname2=mechanism.owner)
    if not body.fixed and body.graspable:
        spec.add_equality(
            type=mujoco.mjtEq.mjEQ_WELD,
            name=f"grasp:{body.name}",
            objtype=mujoco.mjtObj.mjOBJ_BODY,
            name1="robot:hand",
            name2=body.name,
            active=False,
            data=[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0],
            solref=_STIFF,
        )
    return element


def _relative(owner: Body, body: Body) -> tuple[list[float], list[float]]:
    back = quat_conjugate(owner.pose.quat_wxyz)
    offset = np.subtract(body.pose.position_m, owner.pose.position_m)
    return list(quat_rotate(back, offset)), list(quat_multiply(back, body.pose.quat_wxyz))


def _add_joint(element: Any, name: str, mechanism: Mechanism) -> None:
    hinge = mechanism.type == "hinge"
    element.add_joint(
        name=name,
        type=mujoco.mjtJoint.mjJNT_HINGE if hinge else mujoco.mjtJoint.mjJNT_SLIDE,
        axis=mechanism.axis,
        pos=mechanism.anchor_m,
        range=mechanism.range,
        limited=mujoco.mjtLimited.mjLIMITED_TRUE,
        frictionloss=mechanism.friction,
        damping=[mechanism.damping, 0, 0],
        armature=1e-4 if hinge else 1e-2,
    )


def _add_nut(spec: Any, body: Body, mechanism: Mechanism, scene: Scene, owner: Any) -> None:
    position, quat = _relative(scene.body(mechanism.owner), body)
    nut = owner.add_body(
        name=nut_of(body.name),
        pos=position,
        mass=NUT_MASS_KG,
        ipos=[0, 0, 0],
        inertia=[2e-6, 2e-6, 2e-6],
        explicitinertial=True,
        gravcomp=1.0,
    )
    free = mechanism.release_rad if mechanism.release_rad is not None else mechanism.range[1]
    nut.add_joint(
        name=nut_of(body.name),
        type=mujoco.mjtJoint.mjJNT_HINGE,
        axis=[0, 0, 1],
        range=[mechanism.range[0], max(mechanism.range[1], free + 0.5)],
        limited=mujoco.mjtLimited.mjLIMITED_TRUE,
        solref_limit=_STIFF,
        frictionloss=mechanism.friction,
        damping=[mechanism.damping, 0, 0],
        armature=2e-5,
    )
    # The part's height over the nut follows the turn: see Stepper.
    spec.add_equality(
        type=mujoco.mjtEq.mjEQ_WELD,
        name=f"thread:{body.name}",
        objtype=mujoco.mjtObj.mjOBJ_BODY,
        name1=nut_of(body.name),
        name2=body.name,
        data=[0, 0, 0, 0, 0, 0, *quat, 1, 0],
        solref=_STIFF,
    )


def _add_parts(spec: Any, element: Any, body: Body, owns_screw: bool, pictured: bool) -> None:
    solid = [part for part in body.parts if part.collides]
    total = sum(_volume_m3(part) for part in solid)
    for index, part in enumerate(body.parts):
        if not part.collides and not pictured:
            continue
        if part.collides:
            contype, conaffinity = _bits(body, owns_screw)
            mass = body.mass_kg * _volume_m3(part) / total
        else:
            contype, conaffinity, mass = 0, 0, 0.0
        element.add_geom(
            name=f"{body.name}/{index}",
            pos=part.position_m,
            quat=part.quat_wxyz,
            contype=contype,
            conaffinity=conaffinity,
            condim=6 if part.shape in ("sphere", "ellipsoid", "capsule") else 3,
            friction=[body.friction, 0.002, 0.0005],
            solref=classes.CONTACT_SOLREF,
            solimp=classes.CONTACT_SOLIMP,
            rgba=part.rgba,
            group=classes.SEEN if part.visible else classes.HIDDEN,
            mass=mass,
            **_shape(spec, part, f"{body.name}/{index}", faceted=not (body.fixed or pictured)),
        )
    if not solid and not body.fixed:
        element.mass = body.mass_kg
        element.inertia = [body.mass_kg * max(body.size_m) ** 2 / 6] * 3
        element.explicitinertial = True


def _bits(body: Body, owns_screw: bool) -> tuple[int, int]:
    if body.mechanism is not None and body.mechanism.type == "screw":
        return classes.SCREWED_BITS
    if body.fixed:
        return classes.STATIC_BITS
    return classes.LOOSE_OWNER_BITS if owns_screw else classes.LOOSE_BITS


def _shape(spec: Any, part: Part, name: str, faceted: bool) -> dict[str, Any]:
    """Type and size (MuJoCo counts half extents) of a part as arguments of `add_geom`.

    `faceted`: a cylinder becomes a prism. MuJoCo 4.0 finds a plane's contacts with a cylinder along
    the projection of the normal, which is rounding noise while the cylinder stands upright: once in
    some thousand steps it reports a contact centimetres deep, and the object is thrown.
    """
    x, y, z = (extent / 2 for extent in part.size_m)
    if part.shape == "cylinder" and faceted:
        spec.add_mesh(name=name, uservert=_prism(x, z).ravel(), maxhullvert=2 * PRISM_SIDES)
        return {"type": _SHAPES["hull"], "meshname": name}
    if part.shape == "hull":
        if len(part.points_m) < 4:
            raise SimulatorError(f"hull {name!r} has {len(part.points_m)} points; it needs at least 4")
        points = np.asarray(part.points_m, float)
        spec.add_mesh(name=name, uservert=points.ravel(), maxhullvert=64)
        return {"type": _SHAPES["hull"], "meshname": name}
    size = {
        "box": [x, y, z],
        "ellipsoid": [x, y, z],
        "cylinder": [x, z, 0],
        "capsule": [x, max(z - x, 1e-4), 0],
        "sphere": [x, 0, 0],
    }[part.shape]
    return {"type": _SHAPES[part.shape], "size": size}


def _prism(radius_m: float, half_height_m: float) -> NDArray[np.float64]:
    """Corners (n, 3) of an upright prism in a cylinder, with flat sides across x and across y."""
    angles = 2 * np.pi * (np.arange(PRISM_SIDES) + 0.5) / PRISM_SIDES
    ring = radius_m * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.concatenate(
        [np.column_stack([ring, np.full(PRISM_SIDES, z)]) for z in (-half_height_m, half_height_m)]
    )


def _volume_m3(part: Part) -> float:
    """Volume, for sharing out the body's mass; a hull counts as half its box."""
    x, y, z = part.size_m
    box = max(x * y * z, 1e-12)
    share = {"box": 1.0, "cylinder": math.pi / 4, "capsule": 0.7, "sphere": math.pi / 6}
    return box * share.get(part.shape, 0.5)
