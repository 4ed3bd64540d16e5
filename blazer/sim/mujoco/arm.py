"""The Panda arm and its parallel hand as MuJoCo bodies, joints and servos.

Kinematics and limits are in `blazer.sim.panda`. Masses, centres of mass and inertias:
Gaz, Cognetti, Oliva, Robuffo Giordano, De Luca, "Dynamic identification of the Franka Emika Panda
robot with retrieval of feasible parameters using penalty-based optimization", RA-L 2019, rounded.
The shapes are ours: capsules for what collides, primitives for what is seen; no mesh.

A reader may question the servo gains, several times those of the real arm's impedance controller:
they make a planned path and an executed one the same to a fraction of a millimetre.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import mujoco
import numpy as np

from blazer.core.geometry import Array
from blazer.sim import panda
from blazer.sim.layout import ROBOT_BASE_M
from blazer.sim.mujoco import classes, looks

TORQUE_N_M = np.array([87.0, 87.0, 87.0, 87.0, 12.0, 12.0, 12.0])

STIFFNESS_N_M_RAD = np.array([12000.0, 12000.0, 9000.0, 9000.0, 4000.0, 4000.0, 3000.0])
DAMPING_N_M_S_RAD = np.array([280.0, 280.0, 180.0, 160.0, 55.0, 50.0, 35.0])
ARMATURE_KG_M2 = 0.1
FINGER_STIFFNESS_N_M = 2000.0
FINGER_DAMPING_N_S_M = 60.0
FINGER_FORCE_N = 25.0


class Link(NamedTuple):
    """A link's inertia about its centre of mass, in its own frame."""

    name: str
    mass_kg: float
    center_m: tuple[float, float, float]
    inertia_kg_m2: tuple[float, float, float]


class Capsule(NamedTuple):
    """A collision capsule of a link, between two points of its frame."""

    start_m: tuple[float, float, float]
    end_m: tuple[float, float, float]
    radius_m: float


LINKS = (
    Link("link1", 4.97, (0.004, 0.002, -0.175), (0.0590, 0.0600, 0.0091)),
    Link("link2", 0.647, (-0.003, -0.029, 0.003), (0.0080, 0.0281, 0.0260)),
    Link("link3", 3.229, (0.0275, 0.0393, -0.0665), (0.0372, 0.0362, 0.0108)),
    Link("link4", 3.588, (-0.0532, 0.1044, 0.0275), (0.0259, 0.0196, 0.0283)),
    Link("link5", 1.226, (-0.012, 0.0411, -0.0384), (0.0355, 0.0295, 0.0086)),
    Link("link6", 1.667, (0.0601, -0.0141, -0.0105), (0.0020, 0.0044, 0.0054)),
    Link("link7", 0.736, (0.0105, -0.0043, 0.0616), (0.0125, 0.0100, 0.0048)),
)
CAPSULES: dict[str, tuple[Capsule, ...]] = {
    "link0": (Capsule((-0.06, 0, 0.06), (0, 0, 0.06), 0.07),),
    "link1": (Capsule((0, 0, -0.19), (0, 0, -0.02), 0.07),),
    "link2": (Capsule((0, 0, -0.06), (0, 0, 0.06), 0.065),),
    "link3": (
        Capsule((0, 0, -0.19), (0, 0, -0.09), 0.065),
        Capsule((0.0825, 0.045, 0), (0.0825, 0.07, 0), 0.06),
    ),
    "link4": (
        Capsule((0, 0, -0.05), (0, 0, 0.05), 0.06),
        Capsule((-0.0825, 0.06, 0), (-0.0825, 0.10, 0), 0.06),
    ),
    "link5": (
        Capsule((0, 0.01, -0.26), (0, 0.06, -0.09), 0.05),
        Capsule((0, 0.07, -0.08), (0, 0.02, 0), 0.045),
    ),
    "link6": (Capsule((0, 0, -0.06), (0, 0, 0.01), 0.05), Capsule((0.06, 0.01, 0), (0.085, 0.02, 0), 0.05)),
    "link7": (Capsule((0, 0, 0.02), (0, 0, 0.07), 0.045),),
}


def feed_forward_s() -> Array:
    """(7,) damping over stiffness: how far ahead of the path the position command must run so that
    the servo's damping term costs no lag."""
    lead: Array = DAMPING_N_M_S_RAD / STIFFNESS_N_M_RAD
    return lead


def add_panda(spec: Any, *, pictured: bool) -> None:
    """Add arm, hand, fingers, servos, the site `tcp` and the camera `wrist` to a MjSpec.

    Args:
        spec: The MjSpec.
        pictured: Also add what is only seen.
    """
    parent = spec.worldbody.add_body(name="robot:link0", pos=ROBOT_BASE_M)
    _add_capsules(parent, "link0")
    for index, link in enumerate(LINKS):
        parent = _add_link(parent, link, index)
        _add_servo(
            spec,
            panda.ARM_JOINTS[index],
            float(STIFFNESS_N_M_RAD[index]),
            float(DAMPING_N_M_S_RAD[index]),
            float(TORQUE_N_M[index]),
        )
    hand = _add_hand(parent)
    for name, side in zip(panda.FINGERS, (1.0, -1.0), strict=True):
        _add_finger(hand, name, side)
        _add_servo(spec, name, FINGER_STIFFNESS_N_M, FINGER_DAMPING_N_S_M, FINGER_FORCE_N)
    spec.add_equality(
        type=mujoco.mjtEq.mjEQ_JOINT,
        name="fingers_mirror",
        name1="left_finger",
        name2="right_finger",
        data=[0, 1] + [0] * 10,
        solref=[0.004, 1.0],
    )
    if pictured:
        for part in looks.LOOKS:
            looks.add_looks(spec.body(f"robot:{part}"), part)


def _add_link(parent: Any, link: Link, index: int) -> Any:
    offset, roll_rad = panda.LINK_FRAMES[index]
    body = parent.add_body(
        name=f"robot:{link.name}",
        pos=offset,
        quat=[float(np.cos(roll_rad / 2)), float(np.sin(roll_rad / 2)), 0.0, 0.0],
        mass=link.mass_kg,
        ipos=link.center_m,
        inertia=link.inertia_kg_m2,
        explicitinertial=True,
        gravcomp=1.0,
    )
    body.add_joint(
        name=panda.ARM_JOINTS[index],
        type=mujoco.mjtJoint.mjJNT_HINGE,
        axis=[0, 0, 1],
        range=[panda.LOWER_RAD[index], panda.UPPER_RAD[index]],
        limited=mujoco.mjtLimited.mjLIMITED_TRUE,
        armature=ARMATURE_KG_M2,
    )
    _add_capsules(body, link.name)
    return body


def _add_servo(spec: Any, joint: str, stiffness: float, damping: float, most: float) -> None:
    """A position servo: force = stiffness (command - position) - damping velocity, within +-most."""
    spec.add_actuator(
        name=joint,
        trntype=mujoco.mjtTrn.mjTRN_JOINT,
        target=joint,
        gaintype=mujoco.mjtGain.mjGAIN_FIXED,
        gainprm=[stiffness] + [0] * 9,
        biastype=mujoco.mjtBias.mjBIAS_AFFINE,
        biasprm=[0, -stiffness, -damping] + [0] * 7,
        forcelimited=mujoco.mjtLimited.mjLIMITED_TRUE,
        forcerange=[-most, most],
    )


def _solid(part: str, group: int) -> dict[str, Any]:
    contype, conaffinity = classes.arm_bits(part)
    return {
        "contype": contype,
        "conaffinity": conaffinity,
        "group": group,
        "mass": 0,
        "solref": classes.CONTACT_SOLREF,
        "solimp": classes.CONTACT_SOLIMP,
    }


def _add_capsules(body: Any, link: str) -> None:
    for capsule in CAPSULES[link]:
        body.add_geom(
            type=mujoco.mjtGeom.mjGEOM_CAPSULE,
            fromto=[*capsule.start_m, *capsule.end_m],
            size=[capsule.radius_m, 0, 0],
            **_solid(link, classes.HIDDEN),
        )


def _add_hand(link7: Any) -> Any:
    half = panda.HAND_YAW_RAD / 2
    hand = link7.add_body(
        name="robot:hand",
        pos=[0, 0, panda.FLANGE_M],
        quat=[float(np.cos(half)), 0, 0, float(np.sin(half))],
        mass=0.73,
        ipos=[-0.01, 0, 0.03],
        inertia=[0.001, 0.0025, 0.0017],
        explicitinertial=True,
        gravcomp=1.0,
    )
    palm = (panda.HAND_TO_TCP_M - panda.PALM_TO_TCP_M) / 2
    hand.add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX,
        pos=[0, 0, palm],
        size=[0.024, 0.103, palm],
        **_solid("hand", classes.HIDDEN),
    )
    hand.add_site(name="tcp", pos=[0, 0, panda.HAND_TO_TCP_M], group=4)
    hand.add_camera(name="wrist", pos=[0.085, 0, 0.035], quat=[0.0872, 0.7017, 0.7017, 0.0872], fovy=70)
    return hand


def _add_finger(hand: Any, name: str, side: float) -> None:
    finger = hand.add_body(
        name=f"robot:{name}",
        pos=[0, 0, panda.FINGER_ORIGIN_M],
        mass=0.10,
        ipos=[0, 0, 0.02],
        inertia=[3e-5, 3e-5, 1e-5],
        explicitinertial=True,
        gravcomp=1.0,
    )
    finger.add_joint(
        name=name,
        type=mujoco.mjtJoint.mjJNT_SLIDE,
        axis=[0, side, 0],
        range=[0, panda.MAX_FINGER_TRAVEL_M],
        limited=mujoco.mjtLimited.mjLIMITED_TRUE,
        solref_limit=[0.004, 1.0],
        armature=0.05,
    )
    tip = panda.HAND_TO_TCP_M + panda.TIP_BEYOND_TCP_M - panda.FINGER_ORIGIN_M
    _, pad_y, pad_z = panda.PAD_HALF_M
    finger.add_geom(
        name=f"{name}_pad",
        type=mujoco.mjtGeom.mjGEOM_BOX,
        pos=[0, side * pad_y, tip - pad_z],
        size=panda.PAD_HALF_M,
        friction=[1.5, 0.01, 0.0001],
        rgba=looks.DARK,
        **_solid("finger", classes.SEEN),
    )
    # The upper part stands 4 mm behind the pad's face, so that only pads meet what is between them.
    upper = tip / 2
    finger.add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX,
        pos=[0, side * 0.0105, upper - 0.001],
        size=[0.0095, 0.0065, upper - 0.001],
        rgba=looks.GREY,
        **_solid("finger", classes.SEEN),
    )
