"""The MuJoCo backend: the `Simulator` protocol over a Panda on a table.

It owns the life of a loaded scene and the robot's motion; building, stepping, gripping, looking,
checking and painting each have their own module. Nothing survives `load`: model, state and scratch
copies are made anew, which costs a few milliseconds and buys determinism.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Literal

import mujoco
import numpy as np
from numpy.typing import NDArray

from blazer.core.errors import SimulatorError
from blazer.core.geometry import Array
from blazer.core.records import Pose, WorldState
from blazer.sim import panda
from blazer.sim.mujoco import arm
from blazer.sim.mujoco.build import TIMESTEP_S, Built, build
from blazer.sim.mujoco.checker import CollisionChecker
from blazer.sim.mujoco.gripper import Gripper
from blazer.sim.mujoco.picture import Painter
from blazer.sim.mujoco.stage import CAMERAS
from blazer.sim.mujoco.stepper import Stepper
from blazer.sim.mujoco.touch import Touch
from blazer.sim.mujoco.view import WorldView
from blazer.sim.protocol import Contact, GraspResult, MotionResult, MotionSample, RobotModel
from blazer.sim.scene import Scene

_CHECK_STEPS = 5
_TEAR_CHECK_STEPS = 50
_ARRIVE_MAX_S = 0.3
_ARRIVE_RAD = 2e-4
_ARRIVE_RAD_S = 2e-3
_MISSED_RAD = 0.01
"""An arm further off than this after its time to arrive is held up by something."""
_SETTLE_BLOCK = 25
_SETTLE_BLOCKS_AT_REST = 3


class _World:
    """Everything that belongs to one loaded scene."""

    def __init__(self, scene: Scene) -> None:
        self.built: Built = build(scene)
        self.data = mujoco.MjData(self.built.model)
        self.data.qpos[:7] = self.data.ctrl[:7] = panda.HOME_RAD
        self.data.qpos[7:9] = self.data.ctrl[7:9] = panda.MAX_FINGER_TRAVEL_M
        mujoco.mj_kinematics(self.built.model, self.data)
        self.stepper = Stepper(self.built, self.data)
        self.gripper = Gripper(self.built, self.data, self.stepper)
        # Both write all that they read, and never at the same time.
        scratch = mujoco.MjData(self.built.model)
        self.view = WorldView(self.built, self.data, scratch)
        self.checker = CollisionChecker(self.built, scratch)
        self.painter: Painter | None = None
        self.touches: dict[tuple[str | None, frozenset[str], frozenset[str]], Touch] = {}


class MujocoSimulator:
    """A `Simulator` on MuJoCo. Holds one scene at a time; not for use by several threads."""

    name = "mujoco"
    version: str = mujoco.__version__
    timestep_s = TIMESTEP_S

    def __init__(self) -> None:
        # By default MuJoCo appends its warnings to a file in the working directory. Those that
        # matter are counted in the state, and `Stepper.check` raises them.
        mujoco.set_mju_user_warning(_ignore_warning)
        self._loaded: _World | None = None
        self._watch: tuple[Callable[[], None] | None, float] = (None, 10.0)

    # -- life -------------------------------------------------------------------------------------
    def load(self, scene: Scene) -> None:
        """See `Simulator.load`."""
        self.close()
        self._loaded = _World(scene)
        self._loaded.stepper.set_observer(*self._watch)

    def close(self) -> None:
        """See `Simulator.close`."""
        if self._loaded is not None and self._loaded.painter is not None:
            self._loaded.painter.close()
        self._loaded = None

    # -- looking ----------------------------------------------------------------------------------
    def state(self) -> WorldState:
        """See `Simulator.state`."""
        world = self._world()
        return world.view.state(world.gripper, world.stepper)

    def sample(self) -> MotionSample:
        """See `Simulator.sample`."""
        world = self._world()
        return MotionSample(self.joint_positions_rad(), world.gripper.opening_m(), world.view.object_poses())

    def digest(self) -> str:
        """See `Simulator.digest`."""
        world = self._world()
        model, data = world.built.model, world.data
        signature = int(mujoco.mjtState.mjSTATE_INTEGRATION)
        state = np.empty(mujoco.mj_stateSize(model, signature))
        mujoco.mj_getState(model, data, state, signature)
        digest = hashlib.sha256(state.tobytes())
        digest.update(data.tree_asleep.tobytes())
        digest.update(model.eq_data.tobytes())
        digest.update(model.geom_conaffinity.tobytes())
        digest.update(repr((world.gripper.held, sorted(world.stepper.freed.items()))).encode())
        return digest.hexdigest()[:16]

    def robot(self) -> RobotModel:
        """See `Simulator.robot`."""
        return panda.robot_model()

    def joint_positions_rad(self) -> Array:
        """See `Simulator.joint_positions_rad`."""
        return np.array(self._world().data.qpos[:7])

    def tcp_pose(self, joint_rad: Array | None = None) -> Pose:
        """See `Simulator.tcp_pose`."""
        return self._world().view.tcp_pose(joint_rad)

    def time_s(self) -> float:
        """See `Simulator.time_s`."""
        return float(self._world().data.time)

    def steps(self) -> int:
        """See `Simulator.steps`."""
        return self._world().stepper.steps

    def physics_wall_s(self) -> float:
        """See `Simulator.physics_wall_s`."""
        return self._world().stepper.wall_s

    # -- asking without moving --------------------------------------------------------------------
    def first_collision(
        self,
        configurations_rad: Array,
        *,
        allow: frozenset[str] = frozenset(),
        opening_m: float | None = None,
        margin_m: float = 0.0,
    ) -> tuple[int, Contact] | None:
        """See `Simulator.first_collision`. A held object on a hinge or slide stays where it is."""
        world = self._world()
        held = world.gripper.held
        return world.checker.first(
            _configurations(configurations_rad),
            world.data.qpos,
            self._touch(allow),
            held=held,
            opening_m=opening_m,
            margin_m=margin_m,
        )

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
        path = _configurations(trajectory_rad)
        held, before = world.gripper.held, world.stepper.steps
        touch = self._touch(allow) if stop_on_contact else None
        contact = self._play(path, touch)
        if contact is None:
            contact = self._arrive(path[-1], touch)
        world.gripper.drop_if_torn()
        error = float(np.abs(world.data.qpos[:7] - path[-1]).max())
        completed = contact is None and error < _MISSED_RAD
        if not completed:
            self._stand_still()
        world.stepper.check()
        return MotionResult(
            completed=completed,
            contact=contact,
            lost_object=held if held is not None and world.gripper.held is None else None,
            steps=world.stepper.steps - before,
            tracking_error_rad=error,
        )

    def move_gripper_fingers(self, action: Literal["open", "close"]) -> GraspResult:
        """See `Simulator.move_gripper_fingers`."""
        world = self._world()
        result = world.gripper.open() if action == "open" else world.gripper.close()
        world.stepper.check()
        return result

    def step(self, count: int) -> None:
        """See `Simulator.step`."""
        world = self._world()
        world.stepper.run(count)
        world.gripper.drop_if_torn()
        world.stepper.check()

    def settle(self, max_s: float = 2.0) -> bool:
        """See `Simulator.settle`."""
        world = self._world()
        quiet = 0
        for _ in range(max(1, round(max_s / (_SETTLE_BLOCK * TIMESTEP_S)))):
            quiet = quiet + 1 if world.view.at_rest() else 0
            if quiet > _SETTLE_BLOCKS_AT_REST:
                break
            world.stepper.run(_SETTLE_BLOCK)
        world.gripper.drop_if_torn()
        world.stepper.check()
        return world.view.at_rest()

    def set_observer(self, observer: Callable[[], None] | None, rate_hz: float = 10.0) -> None:
        """See `Simulator.set_observer`."""
        self._watch = (observer, rate_hz)
        if self._loaded is not None:
            self._loaded.stepper.set_observer(observer, rate_hz)

    # -- pictures ---------------------------------------------------------------------------------
    def cameras(self) -> tuple[str, ...]:
        """See `Simulator.cameras`."""
        return CAMERAS

    def render(self, camera: str = "front", width: int = 640, height: int = 480) -> NDArray[np.uint8]:
        """See `Simulator.render`."""
        world = self._world()
        if world.painter is None:
            world.painter = Painter(world.built.scene)
        return world.painter.paint(world.data.qpos, camera, width, height)

    # -- inside -----------------------------------------------------------------------------------
    def _world(self) -> _World:
        if self._loaded is None:
            raise SimulatorError("no scene is loaded; call load(scene) first")
        return self._loaded

    def _touch(self, allow: frozenset[str]) -> Touch:
        world = self._world()
        held, supports = world.gripper.held, frozenset[str]()
        if held is not None:
            supports = world.checker.supports(world.data.qpos, held, world.stepper.steps)
        key = (held, allow, supports)
        if key not in world.touches:
            world.touches[key] = Touch(world.built, *key)
        return world.touches[key]

    def _play(self, path: Array, touch: Touch | None) -> Contact | None:
        """Follow the way-points; returns the contact that stopped the motion."""
        world = self._world()
        data, stepper, gripper = world.data, world.stepper, world.gripper
        commands = path.copy()
        if len(path) > 1:
            lead = arm.feed_forward_s() / TIMESTEP_S
            commands[0] += (path[1] - path[0]) * lead
            commands[1:-1] += (path[2:] - path[:-2]) * (lead / 2)
        for start in range(0, len(commands), _CHECK_STEPS):
            stepper.play(commands[start : start + _CHECK_STEPS])
            if start % _TEAR_CHECK_STEPS == 0:
                gripper.drop_if_torn()
            contact = touch.first(data.contact) if touch is not None and data.ncon else None
            if contact is not None:
                return contact
        return None

    def _arrive(self, target_rad: Array, touch: Touch | None) -> Contact | None:
        """Hold the last way-point until the arm stands on it."""
        world = self._world()
        data = world.data
        data.ctrl[:7] = target_rad
        for _ in range(round(_ARRIVE_MAX_S / (_CHECK_STEPS * TIMESTEP_S))):
            late = np.abs(data.qpos[:7] - target_rad).max() > _ARRIVE_RAD
            if not late and np.abs(data.qvel[:7]).max() < _ARRIVE_RAD_S:
                return None
            world.stepper.run(_CHECK_STEPS)
            contact = self._contact(touch)
            if contact is not None:
                return contact
        return None

    def _contact(self, touch: Touch | None) -> Contact | None:
        data = self._world().data
        return touch.first(data.contact) if touch is not None and data.ncon else None

    def _stand_still(self) -> None:
        """Make the servos hold the arm where it is."""
        world = self._world()
        world.data.ctrl[:7] = world.data.qpos[:7]
        world.stepper.run(_SETTLE_BLOCK)


def _ignore_warning(_message: str) -> None:
    """Takes the place of MuJoCo's own warning handler."""


def _configurations(values: Array) -> Array:
    """(n, 7) finite joint configurations, n >= 1.

    Raises:
        SimulatorError: for anything else; MuJoCo would take it and answer nonsense.
    """
    rows = np.atleast_2d(np.asarray(values, float))
    if rows.ndim != 2 or rows.shape[1] != 7 or not len(rows):
        raise SimulatorError(f"joint configurations have shape {rows.shape}; (n, 7) with n >= 1 is needed")
    if not np.isfinite(rows).all():
        raise SimulatorError("joint configurations hold NaN or infinity")
    return rows
