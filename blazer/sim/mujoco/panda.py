"""The Panda arm and its parallel hand as numbers, and how they become MuJoCo bodies.

Kinematics, joint limits: Franka Emika, "Robot and interface specifications" (modified
Denavit-Hartenberg parameters, limits in joint space). Masses, centres of mass and inertias:
Gaz, Cognetti, Oliva, Robuffo Giordano, De Luca, "Dynamic identification of the Franka Emika Panda
robot with retrieval of feasible parameters using penalty-based optimization", RA-L 2019, rounded.
The shapes are ours: capsules for what collides, primitives for what is seen; no mesh.

A reader may question that the fingertips end only 3 mm below the tcp (the real ones 9 mm): it lets
the gripper hold a ring of 1 cm that lies on the table at the ring's centre.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import mujoco
import numpy as np

from blazer.core.geometry import Array
from blazer.sim.layout import ROBOT_BASE_M
from blazer.sim.mujoco import classes
from blazer.sim.protocol import RobotModel

ARM_JOINTS = tuple(f"joint{i}" for i in range(1, 8))
FINGERS = ("left_finger", "right_finger")
MAX_FINGER_TRAVEL_M = 0.04
HAND_TO_TCP_M = 0.1034
TIP_BEYOND_TCP_M = 0.003
PAD_HALF_M = (0.010, 0.004, 0.010)
"""Half extents of a finger pad: along the hand's x, its closing direction y, its approach z."""
FINGER_ORIGIN_M = 0.0584
"""Of the finger frames, along the hand's z."""

LOWER_RAD = np.array([-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973])
UPPER_RAD = np.array([2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973])
VELOCITY_RAD_S = np.array([2.175, 2.175, 2.175, 2.175, 2.61, 2.61, 2.61])
ACCELERATION_RAD_S2 = np.array([15.0, 7.5, 10.0, 12.5, 15.0, 20.0, 20.0])
TORQUE_N_M = np.array([87.0, 87.0, 87.0, 87.0, 12.0, 12.0, 12.0])
HOME_RAD = np.array([0.0, -0.034931, 0.0, -1.922672, 0.0, 1.887741, np.pi / 4])
"""Gripper straight down, 0.40 m above the centre of the workspace, closing along world y."""

STIFFNESS_N_M_RAD = np.array([12000.0, 12000.0, 9000.0, 9000.0, 4000.0, 4000.0, 3000.0])
DAMPING_N_M_S_RAD = np.array([280.0, 280.0, 180.0, 160.0, 55.0, 50.0, 35.0])
ARMATURE_KG_M2 = 0.1
FINGER_STIFFNESS_N_M = 2000.0
FINGER_DAMPING_N_S_M = 60.0
FINGER_FORCE_N = 25.0

_WHITE = (0.93, 0.93, 0.94, 1.0)
_GREY = (0.36, 0.38, 0.41, 1.0)
_DARK = (0.16, 0.17, 0.19, 1.0)
_BLUE = (0.16, 0.42, 0.85, 1.0)


class Link(NamedTuple):
    """One link: placement of its joint frame in the parent's, and its inertia."""

    name: str
    position_m: tuple[float, float, float]
    roll_rad: float
    mass_kg: float
    center_m: tuple[float, float, float]
    inertia_kg_m2: tuple[float, float, float]


class Capsule(NamedTuple):
    """A collision capsule of a link, between two points of its frame."""

    start_m: tuple[float, float, float]
    end_m: tuple[float, float, float]
    radius_m: float


_QUARTER = np.pi / 2
LINKS = (
    Link("link1", (0, 0, 0.333), 0.0, 4.97, (0.004, 0.002, -0.175), (0.0590, 0.0600, 0.0091)),
    Link("link2", (0, 0, 0), -_QUARTER, 0.647, (-0.003, -0.029, 0.003), (0.0080, 0.0281, 0.0260)),
    Link("link3", (0, -0.316, 0), _QUARTER, 3.229, (0.0275, 0.0393, -0.0665), (0.0372, 0.0362, 0.0108)),
    Link("link4", (0.0825, 0, 0), _QUARTER, 3.588, (-0.0532, 0.1044, 0.0275), (0.0259, 0.0196, 0.0283)),
    Link("link5", (-0.0825, 0.384, 0), -_QUARTER, 1.226, (-0.012, 0.0411, -0.0384), (0.0355, 0.0295, 0.0086)),
    Link("link6", (0, 0, 0), _QUARTER, 1.667, (0.0601, -0.0141, -0.0105), (0.0020, 0.0044, 0.0054)),
    Link("link7", (0.088, 0, 0), _QUARTER, 0.736, (0.0105, -0.0043, 0.0616), (0.0125, 0.0100, 0.0048)),
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


def robot_model() -> RobotModel:
    """Names and limits for planning."""
    return RobotModel(
        joint_names=ARM_JOINTS,
        lower_rad=LOWER_RAD.copy(),
        upper_rad=UPPER_RAD.copy(),
        velocity_rad_s=VELOCITY_RAD_S.copy(),
        acceleration_rad_s2=ACCELERATION_RAD_S2.copy(),
        home_rad=HOME_RAD.copy(),
        base_position_m=np.array(ROBOT_BASE_M),
        max_opening_m=2 * MAX_FINGER_TRAVEL_M,
    )


def feed_forward_s() -> Array:
    """(7,) damping over stiffness: how far ahead of the path the position command must run so that
    the servo's damping term costs no lag."""
    lead: Array = DAMPING_N_M_S_RAD / STIFFNESS_N_M_RAD
    return lead


def add_panda(spec: Any) -> None:
    """Add arm, hand, fingers, actuators and the sites `tcp` and `wrist` to a MjSpec."""
    base = spec.worldbody.add_body(name="robot:link0", pos=ROBOT_BASE_M)
    _add_shapes(base, "link0")
    parent = base
    for index, link in enumerate(LINKS):
        parent = _add_link(parent, link, index)
        _add_servo(spec, index)
    hand = _add_hand(parent)
    for name, side in zip(FINGERS, (1.0, -1.0), strict=True):
        _add_finger(spec, hand, name, side)
    spec.add_equality(
        type=mujoco.mjtEq.mjEQ_JOINT,
        name="fingers_mirror",
        name1="left_finger",
        name2="right_finger",
        data=[0, 1] + [0] * 10,
        solref=[0.004, 1.0],
    )
    # Neighbours whose capsules overlap by construction; MuJoCo itself leaves out parent and child.
    for first, second in (("link5", "link7"), ("link6", "hand"), ("link5", "hand")):
        spec.add_exclude(bodyname1=f"robot:{first}", bodyname2=f"robot:{second}")


def _roll_quat(angle_rad: float) -> list[float]:
    return [float(np.cos(angle_rad / 2)), float(np.sin(angle_rad / 2)), 0.0, 0.0]


def _add_link(parent: Any, link: Link, index: int) -> Any:
    body = parent.add_body(
        name=f"robot:{link.name}",
        pos=link.position_m,
        quat=_roll_quat(link.roll_rad),
        mass=link.mass_kg,
        ipos=link.center_m,
        inertia=link.inertia_kg_m2,
        explicitinertial=True,
        gravcomp=1.0,
    )
    body.add_joint(
        name=ARM_JOINTS[index],
        type=mujoco.mjtJoint.mjJNT_HINGE,
        axis=[0, 0, 1],
        range=[LOWER_RAD[index], UPPER_RAD[index]],
        limited=mujoco.mjtLimited.mjLIMITED_TRUE,
        armature=ARMATURE_KG_M2,
    )
    _add_shapes(body, link.name)
    return body


def _add_servo(spec: Any, index: int) -> None:
    stiffness, damping = STIFFNESS_N_M_RAD[index], DAMPING_N_M_S_RAD[index]
    spec.add_actuator(
        name=ARM_JOINTS[index],
        trntype=mujoco.mjtTrn.mjTRN_JOINT,
        target=ARM_JOINTS[index],
        gaintype=mujoco.mjtGain.mjGAIN_FIXED,
        gainprm=[stiffness] + [0] * 9,
        biastype=mujoco.mjtBias.mjBIAS_AFFINE,
        biasprm=[0, -stiffness, -damping] + [0] * 7,
        forcelimited=mujoco.mjtLimited.mjLIMITED_TRUE,
        forcerange=[-TORQUE_N_M[index], TORQUE_N_M[index]],
    )


def _capsule(body: Any, capsule: Capsule, **options: Any) -> None:
    body.add_geom(
        type=mujoco.mjtGeom.mjGEOM_CAPSULE,
        fromto=[*capsule.start_m, *capsule.end_m],
        size=[capsule.radius_m, 0, 0],
        **options,
    )


def _add_shapes(body: Any, link: str) -> None:
    contype, conaffinity = classes.arm_bits(link)
    for capsule in CAPSULES[link]:
        _capsule(body, capsule, contype=contype, conaffinity=conaffinity, group=classes.HIDDEN, mass=0)
        _capsule(body, capsule, contype=0, conaffinity=0, group=classes.SEEN, rgba=_WHITE, mass=0)


def _add_hand(link7: Any) -> Any:
    hand = link7.add_body(
        name="robot:hand",
        pos=[0, 0, 0.107],
        quat=[float(np.cos(-np.pi / 8)), 0, 0, float(np.sin(-np.pi / 8))],
        mass=0.73,
        ipos=[-0.01, 0, 0.03],
        inertia=[0.001, 0.0025, 0.0017],
        explicitinertial=True,
        gravcomp=1.0,
    )
    contype, conaffinity = classes.arm_bits("hand")
    hand.add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX,
        pos=[0, 0, 0.028],
        size=[0.030, 0.102, 0.028],
        contype=contype,
        conaffinity=conaffinity,
        group=classes.HIDDEN,
        mass=0,
    )
    hand.add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX,
        pos=[0, 0, 0.030],
        size=[0.026, 0.102, 0.026],
        contype=0,
        conaffinity=0,
        group=classes.SEEN,
        rgba=_WHITE,
        mass=0,
    )
    hand.add_site(name="tcp", pos=[0, 0, HAND_TO_TCP_M], group=4)
    hand.add_camera(name="wrist", pos=[0.075, 0, 0.02], quat=[0, 0.7071, 0.7071, 0], fovy=70)
    return hand


def _add_finger(spec: Any, hand: Any, name: str, side: float) -> None:
    finger = hand.add_body(
        name=f"robot:{name}",
        pos=[0, 0, FINGER_ORIGIN_M],
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
        range=[0, MAX_FINGER_TRAVEL_M],
        limited=mujoco.mjtLimited.mjLIMITED_TRUE,
        armature=0.05,
    )
    spec.add_actuator(
        name=name,
        trntype=mujoco.mjtTrn.mjTRN_JOINT,
        target=name,
        gaintype=mujoco.mjtGain.mjGAIN_FIXED,
        gainprm=[FINGER_STIFFNESS_N_M] + [0] * 9,
        biastype=mujoco.mjtBias.mjBIAS_AFFINE,
        biasprm=[0, -FINGER_STIFFNESS_N_M, -FINGER_DAMPING_N_S_M] + [0] * 7,
        forcelimited=mujoco.mjtLimited.mjLIMITED_TRUE,
        forcerange=[-FINGER_FORCE_N, FINGER_FORCE_N],
    )
    _add_finger_shapes(finger, name, side)


def _add_finger_shapes(finger: Any, name: str, side: float) -> None:
    contype, conaffinity = classes.arm_bits("finger")
    tip = HAND_TO_TCP_M + TIP_BEYOND_TCP_M - FINGER_ORIGIN_M
    _, pad_y, pad_z = PAD_HALF_M
    box = mujoco.mjtGeom.mjGEOM_BOX
    finger.add_geom(
        name=f"{name}_pad",
        type=box,
        pos=[0, side * pad_y, tip - pad_z],
        size=PAD_HALF_M,
        contype=contype,
        conaffinity=conaffinity,
        friction=[1.5, 0.01, 0.0001],
        group=classes.SEEN,
        rgba=_DARK,
        mass=0,
    )
    upper = (tip - 2 * pad_z) / 2
    # The upper part stands 4 mm behind the pads, so that only pads meet what is between them.
    finger.add_geom(
        type=box,
        pos=[0, side * (0.004 + 0.007), upper],
        size=[0.0095, 0.007, upper],
        contype=contype,
        conaffinity=conaffinity,
        group=classes.SEEN,
        rgba=_GREY,
        mass=0,
    )
