"""Reading the world out of MuJoCo's state, on a scratch copy so that looking never changes it."""

from __future__ import annotations

from typing import Any

import mujoco
import numpy as np

from blazer.core.geometry import Array, matrix_to_quat, yaw_of_quat
from blazer.core.records import GripperState, ObjectState, Pose, WorldState
from blazer.sim.mujoco.build import Built
from blazer.sim.mujoco.gripper import Gripper
from blazer.sim.mujoco.stepper import Stepper
from blazer.sim.scene import Body

STILL_M_S = 0.002
STILL_RAD_S = 0.02
_ROBOT_DOFS = 9
_BODY = int(mujoco.mjtObj.mjOBJ_XBODY)


class WorldView:
    """Looks at one loaded scene.

    Args:
        built: The compiled scene.
        data: Its live state; only read.
        scratch: A state to compute in.
    """

    def __init__(self, built: Built, data: Any, scratch: Any) -> None:
        self._built, self._model, self._data = built, built.model, data
        self._scratch = scratch
        self._velocity = np.zeros(6)
        self._still = self._limits()
        self._bodies = np.array([built.body_ids[body.name] for body in built.scene.bodies], dtype=int)

    def tcp_pose(self, joint_rad: Array | None) -> Pose:
        """Forward kinematics of the point between the pads."""
        scratch = self._scratch
        scratch.qpos[:] = self._data.qpos
        if joint_rad is not None:
            scratch.qpos[:7] = joint_rad
        mujoco.mj_kinematics(self._model, scratch)
        return self._tcp()

    def state(self, gripper: Gripper, stepper: Stepper) -> WorldState:
        """All that a goal may look at."""
        model, scratch = self._model, self._scratch
        scratch.qpos[:] = self._data.qpos
        scratch.qvel[:] = self._data.qvel
        mujoco.mj_kinematics(model, scratch)
        mujoco.mj_comPos(model, scratch)
        mujoco.mj_comVel(model, scratch)
        mujoco.mj_collision(model, scratch)
        tcp = self._tcp()
        places, quats = scratch.xpos[self._bodies].tolist(), scratch.xquat[self._bodies].tolist()
        return WorldState(
            time_s=float(self._data.time),
            objects=tuple(
                self._object(body, place, quat, stepper)
                for body, place, quat in zip(self._built.scene.bodies, places, quats, strict=True)
            ),
            gripper=GripperState(
                position_m=tcp.position_m,
                yaw_rad=yaw_of_quat(tcp.quat_wxyz),
                opening_m=gripper.opening_m(),
                holding=gripper.held,
                touching=gripper.touching(scratch.contact),
            ),
            contacts=self._contacts(),
        )

    def object_poses(self) -> Array:
        """(n, 7) position and quaternion of every body, in the scene's order."""
        scratch = self._scratch
        scratch.qpos[:] = self._data.qpos
        mujoco.mj_kinematics(self._model, scratch)
        poses = np.empty((len(self._bodies), 7))
        poses[:, :3], poses[:, 3:] = scratch.xpos[self._bodies], scratch.xquat[self._bodies]
        return poses

    def at_rest(self) -> bool:
        """Whether every loose object and every mechanism stands still."""
        return bool((np.abs(self._data.qvel[_ROBOT_DOFS:]) < self._still).all())

    def _limits(self) -> Array:
        """Below which speed each joint behind the robot's counts as still."""
        limits: list[float] = []
        for kind in self._model.jnt_type[_ROBOT_DOFS:]:
            if kind == mujoco.mjtJoint.mjJNT_FREE:
                limits += [STILL_M_S] * 3 + [STILL_RAD_S] * 3
            else:
                limits.append(STILL_M_S if kind == mujoco.mjtJoint.mjJNT_SLIDE else STILL_RAD_S)
        return np.array(limits)

    def _tcp(self) -> Pose:
        x, y, z = self._scratch.site_xpos[self._built.tcp].tolist()
        quat = matrix_to_quat(self._scratch.site_xmat[self._built.tcp].reshape(3, 3))
        w, i, j, k = quat.tolist()
        return Pose(position_m=(x, y, z), quat_wxyz=(w, i, j, k))

    def _object(self, body: Body, place: list[float], quat: list[float], stepper: Stepper) -> ObjectState:
        joint, owner = self._joint(body, stepper)
        velocity = [0.0] * 6
        if not body.fixed:
            index = self._built.body_ids[body.name]
            mujoco.mj_objectVelocity(self._model, self._scratch, _BODY, index, self._velocity, 0)
            velocity = self._velocity.tolist()
        return ObjectState(
            name=body.name,
            kind=body.kind,
            color=body.color,
            position_m=tuple(place),
            quat_wxyz=tuple(quat),
            yaw_rad=yaw_of_quat(quat),
            size_m=body.size_m,
            linear_velocity_m_s=tuple(velocity[3:]),
            angular_velocity_rad_s=tuple(velocity[:3]),
            joint_position=joint,
            attached_to=owner,
        )

    def _joint(self, body: Body, stepper: Stepper) -> tuple[float | None, str | None]:
        """Position of the body's mechanism and the owner that still holds it."""
        if body.mechanism is None:
            return None, None
        if body.name in stepper.freed:
            return stepper.freed[body.name], None
        return float(self._data.qpos[self._built.joint_qpos[body.name]]), body.mechanism.owner

    def _contacts(self) -> tuple[tuple[str, str], ...]:
        names, bodies = self._built.names, self._built.geom_body
        pairs = {
            (int(bodies[a]), int(bodies[b])) for a, b in self._scratch.contact.geom if bodies[a] != bodies[b]
        }
        found = {(min(names[a], names[b]), max(names[a], names[b])) for a, b in pairs}
        return tuple(sorted(found))
