"""Small worlds for judging: built by hand, so that each test says what differs from them."""

from __future__ import annotations

import math

from blazer.core.geometry import quat_from_yaw, yaw_of_quat
from blazer.core.records import GripperState, ObjectState, Pose, Quat, Vec3, WorldState
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.scene import Scene
from blazer.tasks.catalogue import build_body
from blazer.tasks.catalogue.shapes import quat
from blazer.tasks.instantiate import scene_of
from blazer.tasks.situation import Situation
from blazer.tasks.spec import PlacedObject, TaskInstance

GRIPPER = GripperState(position_m=(0.25, 0.0, 1.15), yaw_rad=0.0, opening_m=0.08, holding=None)


def yaw_quat(yaw_rad: float) -> Quat:
    """Quaternion of a yaw."""
    return quat(quat_from_yaw(yaw_rad))


def tilt_quat(tilt_rad: float) -> Quat:
    """Quaternion of a lean about x."""
    return quat((math.cos(tilt_rad / 2), math.sin(tilt_rad / 2), 0.0, 0.0))


def placed(name: str, type_name: str, xyz: Vec3, yaw_rad: float = 0.0, **params: object) -> PlacedObject:
    """An object with its centre at a place; z above the table top."""
    x, y, z = xyz
    pose = Pose(position_m=(x, y, z + TABLE_TOP_Z_M), quat_wxyz=yaw_quat(yaw_rad))
    return PlacedObject(name=name, type=type_name, kind="", color="red", params=params, pose=pose)


def scene(*objects: PlacedObject) -> Scene:
    """A scene of those."""
    return Scene(task="test", bodies=tuple(build_body(item) for item in objects))


def world(of: Scene, gripper: GripperState = GRIPPER, **poses: Pose) -> WorldState:
    """The scene at rest, with some objects elsewhere."""
    states = []
    for body in of.bodies:
        pose = poses.get(body.name, body.pose)
        mechanism = body.mechanism
        states.append(
            ObjectState(
                name=body.name,
                kind=body.kind,
                color=body.color,
                position_m=pose.position_m,
                quat_wxyz=pose.quat_wxyz,
                yaw_rad=yaw_of_quat(pose.quat_wxyz),
                size_m=body.size_m,
                joint_position=0.0 if mechanism else None,
                attached_to=mechanism.owner if mechanism else None,
            )
        )
    return WorldState(time_s=0.0, objects=tuple(states), gripper=gripper)


def world_of(instance: TaskInstance, **poses: Pose) -> WorldState:
    """The instance's world at reset, with some objects elsewhere."""
    return world(scene_of(instance), **poses)


def situation(of: Scene, *movable: str, gripper: GripperState = GRIPPER, **poses: Pose) -> Situation:
    """From the scene as it is to the scene with some objects elsewhere."""
    return Situation(world(of), world(of, gripper, **poses), of, movable)


def at(x: float, y: float, z: float, quat_wxyz: Quat = (1.0, 0.0, 0.0, 0.0)) -> Pose:
    """A pose; z above the table top."""
    return Pose(position_m=(x, y, z + TABLE_TOP_Z_M), quat_wxyz=quat_wxyz)
