"""A simulator without physics: the protocol's other implementation, a fake for tests.

The arm is where it is told to be, a held object follows the hand rigidly, a released one drops
straight down onto whatever its parts' boxes meet, and collisions are overlaps of boxes. It is not
a model of the world: nothing slips, tips, rolls, bounces or is pushed, hinges and slides do not
move, the arm's links above the hand touch nothing, and it draws no pictures. It is therefore not
among `backend_names()`: verdicts come from physics.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from blazer.core.errors import SimulatorError
from blazer.core.geometry import Array, matrix_to_quat, yaw_of_quat
from blazer.core.records import GripperState, ObjectState, Pose, WorldState
from blazer.sim import panda
from blazer.sim.kinematic_world import KinematicWorld
from blazer.sim.protocol import Contact, GraspResult, MotionResult, MotionSample, RobotModel
from blazer.sim.scene import Scene

_CHECK_EVERY = 10
_FINGER_STEPS = 200


class KinematicSimulator:
    """A `Simulator` that moves things without forces."""

    name = "kinematic"
    version = "1"
    timestep_s = 0.002

    def __init__(self) -> None:
        self._loaded: KinematicWorld | None = None
        self._observer: Callable[[], None] | None = None
        self._period = 0

    # -- life -------------------------------------------------------------------------------------
    def load(self, scene: Scene) -> None:
        """See `Simulator.load`."""
        self._loaded = KinematicWorld(scene)

    def close(self) -> None:
        """See `Simulator.close`."""
        self._loaded = None

    # -- looking ----------------------------------------------------------------------------------
    def state(self) -> WorldState:
        """See `Simulator.state`. Velocities are always zero."""
        world = self._world()
        tcp = self.tcp_pose()
        return WorldState(
            time_s=self.time_s(),
            objects=tuple(self._object(name) for name in world.bodies),
            gripper=GripperState(
                position_m=tcp.position_m,
                yaw_rad=yaw_of_quat(tcp.quat_wxyz),
                opening_m=world.opening_m,
                holding=world.held,
                touching=tuple(sorted(world.touched_by_fingers())),
            ),
            contacts=world.contacts(),
        )

    def sample(self) -> MotionSample:
        """See `Simulator.sample`."""
        world = self._world()
        poses = [
            np.concatenate([frame.position_m, matrix_to_quat(frame.rotation)])
            for frame in world.frames.values()
        ]
        return MotionSample(world.joints.copy(), world.opening_m, np.array(poses).reshape(-1, 7))

    def digest(self) -> str:
        """See `Simulator.digest`."""
        world = self._world()
        digest = hashlib.sha256(world.joints.tobytes())
        digest.update(repr((world.steps, world.opening_m, world.held, sorted(world.turns.items()))).encode())
        for frame in world.frames.values():
            digest.update(frame.position_m.tobytes() + frame.rotation.tobytes())
        return digest.hexdigest()[:16]

    def robot(self) -> RobotModel:
        """See `Simulator.robot`."""
        return panda.robot_model()

    def joint_positions_rad(self) -> Array:
        """See `Simulator.joint_positions_rad`."""
        return self._world().joints.copy()

    def tcp_pose(self, joint_rad: Array | None = None) -> Pose:
        """See `Simulator.tcp_pose`."""
        tcp = panda.forward(self._world().joints if joint_rad is None else joint_rad)[-1]
        x, y, z = tcp.position_m.tolist()
        w, i, j, k = matrix_to_quat(tcp.rotation).tolist()
        return Pose(position_m=(x, y, z), quat_wxyz=(w, i, j, k))

    def time_s(self) -> float:
        """See `Simulator.time_s`."""
        return self._world().steps * self.timestep_s

    def steps(self) -> int:
        """See `Simulator.steps`."""
        return self._world().steps

    def physics_wall_s(self) -> float:
        """Zero: there is no physics."""
        return 0.0

    # -- asking without moving --------------------------------------------------------------------
    def first_collision(
        self,
        configurations_rad: Array,
        *,
        allow: frozenset[str] = frozenset(),
        opening_m: float | None = None,
        margin_m: float = 0.0,
    ) -> tuple[int, Contact] | None:
        """See `Simulator.first_collision`. Sees hand, fingers and the held object only."""
        world = self._world()
        opening = world.opening_m if opening_m is None else opening_m
        supports = world.supports()
        for index, joints in enumerate(np.atleast_2d(np.asarray(configurations_rad, float))):
            contact = world.collision(joints, opening, allow, supports, margin_m)
            if contact is not None:
                return index, contact
        return None

    # -- moving -----------------------------------------------------------------------------------
    def follow(
        self,
        trajectory_rad: Array,
        *,
        allow: frozenset[str] = frozenset(),
        stop_on_contact: bool = True,
    ) -> MotionResult:
        """See `Simulator.follow`."""
        world = self._world()
        path = np.atleast_2d(np.asarray(trajectory_rad, float))
        held, supports, contact = world.held, world.supports(), None
        taken = 0
        for start in range(0, len(path), _CHECK_EVERY):
            block = path[start : start + _CHECK_EVERY]
            world.move_arm(block[-1])
            taken += len(block)
            self._tick(len(block))
            if stop_on_contact:
                contact = world.collision(world.joints, world.opening_m, allow, supports, 0.0)
            if contact is not None:
                break
        lost = held if held is not None and world.held is None else None
        error = float(np.abs(world.joints - path[-1]).max())
        return MotionResult(contact is None, contact, lost, taken, error)

    def move_gripper_fingers(self, action: Literal["open", "close"]) -> GraspResult:
        """See `Simulator.move_gripper_fingers`."""
        world = self._world()
        self._tick(_FINGER_STEPS)
        if action == "open":
            world.open()
            return GraspResult(None, (), world.opening_m, "the gripper is open")
        return world.close()

    def step(self, count: int) -> None:
        """See `Simulator.step`: what hangs in the air falls at once."""
        self._world().drop_all()
        self._tick(count)

    def settle(self, max_s: float = 2.0) -> bool:
        """See `Simulator.settle`; always at rest."""
        self.step(1)
        return True

    def set_observer(self, observer: Callable[[], None] | None, rate_hz: float = 10.0) -> None:
        """See `Simulator.set_observer`."""
        self._observer = observer
        self._period = max(1, round(1.0 / (rate_hz * self.timestep_s)))

    # -- pictures ---------------------------------------------------------------------------------
    def cameras(self) -> tuple[str, ...]:
        """See `Simulator.cameras`; none of them can be rendered."""
        return ("front", "overhead")

    def render(self, camera: str = "front", width: int = 640, height: int = 480) -> NDArray[np.uint8]:
        """Not possible here.

        Raises:
            SimulatorError: always.
        """
        raise SimulatorError("the kinematic backend draws no pictures; use the mujoco backend")

    # -- inside -----------------------------------------------------------------------------------
    def _world(self) -> KinematicWorld:
        if self._loaded is None:
            raise SimulatorError("no scene is loaded; call load(scene) first")
        return self._loaded

    def _tick(self, count: int) -> None:
        world = self._world()
        for _ in range(count):
            world.steps += 1
            if self._observer is not None and world.steps % self._period == 0:
                self._observer()

    def _object(self, name: str) -> ObjectState:
        world = self._world()
        body, frame = world.bodies[name], world.frames[name]
        quat = matrix_to_quat(frame.rotation)
        x, y, z = frame.position_m.tolist()
        w, i, j, k = quat.tolist()
        return ObjectState(
            name=name,
            kind=body.kind,
            color=body.color,
            position_m=(x, y, z),
            quat_wxyz=(w, i, j, k),
            yaw_rad=yaw_of_quat(quat),
            size_m=body.size_m,
            joint_position=world.turns.get(name),
            attached_to=world.owners.get(name),
        )
