"""The Panda as published: link frames, joint limits, hand dimensions, and its forward kinematics.

Source: Franka Emika, "Robot and interface specifications" (Denavit-Hartenberg parameters after
Craig; limits in joint space). Shared by every backend of our own; no physics here. The fingertips
end only 3 mm beyond the tcp (the real ones 9 mm), so that the gripper can hold a ring of 1 cm that
lies on the table at the ring's centre.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blazer.core.geometry import Array
from blazer.sim.layout import ROBOT_BASE_M
from blazer.sim.protocol import RobotModel

ARM_JOINTS = tuple(f"joint{i}" for i in range(1, 8))
FINGERS = ("left_finger", "right_finger")
MAX_FINGER_TRAVEL_M = 0.04
FLANGE_M = 0.107
"""From the last joint's frame to the flange, along its z; the hand is mounted there."""
HAND_YAW_RAD = -np.pi / 4
HAND_TO_TCP_M = 0.1034
FINGER_ORIGIN_M = 0.0584
"""Of the finger frames, along the hand's z."""
TIP_BEYOND_TCP_M = 0.003
PAD_HALF_M = (0.010, 0.004, 0.010)
"""Half extents of a finger pad: along the hand's x, its closing direction y, its approach z."""
PALM_TO_TCP_M = 0.0464
"""How far an object may rise above the tcp before it meets the palm."""

_Q = np.pi / 2
LINK_FRAMES: tuple[tuple[tuple[float, float, float], float], ...] = (
    ((0.0, 0.0, 0.333), 0.0),
    ((0.0, 0.0, 0.0), -_Q),
    ((0.0, -0.316, 0.0), _Q),
    ((0.0825, 0.0, 0.0), _Q),
    ((-0.0825, 0.384, 0.0), -_Q),
    ((0.0, 0.0, 0.0), _Q),
    ((0.088, 0.0, 0.0), _Q),
)
"""Each joint's frame in the one before: offset, then roll about x; the joint turns about its z."""

LOWER_RAD = np.array([-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973])
UPPER_RAD = np.array([2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973])
VELOCITY_RAD_S = np.array([2.175, 2.175, 2.175, 2.175, 2.61, 2.61, 2.61])
ACCELERATION_RAD_S2 = np.array([15.0, 7.5, 10.0, 12.5, 15.0, 20.0, 20.0])
HOME_RAD = np.array([0.0, -0.034931, 0.0, -1.922672, 0.0, 1.887741, np.pi / 4])
"""Gripper straight down, 0.40 m above the centre of the workspace, closing along world y."""


class Frame(NamedTuple):
    """A frame in the world: origin (3,) and rotation (3, 3)."""

    position_m: Array
    rotation: Array


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


def forward(joint_rad: Array) -> tuple[Frame, ...]:
    """World frames of the seven links, then of the hand, then of the tcp."""
    position, rotation = np.array(ROBOT_BASE_M), np.eye(3)
    frames = []
    for (offset, roll), angle in zip(LINK_FRAMES, joint_rad, strict=True):
        position = position + rotation @ np.array(offset)
        rotation = rotation @ _roll(roll) @ _turn(float(angle))
        frames.append(Frame(position, rotation))
    hand = Frame(position + rotation[:, 2] * FLANGE_M, rotation @ _turn(HAND_YAW_RAD))
    tcp = Frame(hand.position_m + hand.rotation[:, 2] * HAND_TO_TCP_M, hand.rotation)
    return (*frames, hand, tcp)


def jacobian(joint_rad: Array) -> Array:
    """(6, 7) of the tcp in the world frame: linear rows, then angular."""
    frames = forward(joint_rad)
    tcp = frames[-1].position_m
    columns = [
        np.concatenate([np.cross(link.rotation[:, 2], tcp - link.position_m), link.rotation[:, 2]])
        for link in frames[:7]
    ]
    return np.column_stack(columns)


def _roll(angle_rad: float) -> Array:
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def _turn(angle_rad: float) -> Array:
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
