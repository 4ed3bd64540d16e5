"""What a physics backend must do. No type of any backend crosses this line.

A backend holds one scene at a time. Joint configurations are (7,) float arrays in radians in the
Panda's published joint order. "tcp" is the point between the finger pads, z axis along the
approach direction; the gripper of this framework always points down, so a pose of the tcp is a
position and a yaw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from blazer.core.records import Pose, WorldState
from blazer.sim.scene import Scene

Array = NDArray[np.float64]


class Contact(NamedTuple):
    """Two bodies that touch (or would). Robot links are called `robot:<link>`, the table `table`."""

    first: str
    second: str
    position_m: tuple[float, float, float]
    depth_m: float


class MotionResult(NamedTuple):
    """How the execution of a joint trajectory ended.

    Attributes:
        completed: The last way-point was reached. False without a contact: something that may be
            touched held the arm up; it has stopped straining.
        contact: The touch that stopped it, if one did.
        lost_object: Name of an object that was held at the start and no longer is.
        steps: Physics steps taken.
        tracking_error_rad: Largest joint error seen at the end.
    """

    completed: bool
    contact: Contact | None
    lost_object: str | None
    steps: int
    tracking_error_rad: float


class GraspResult(NamedTuple):
    """What the fingers closed on.

    Attributes:
        held: Object that both pads touch and that is now held; None if nothing is.
        touched: Objects that any pad touches.
        opening_m: Distance between the pads.
        reason: Why nothing is held, in words; "" if something is.
    """

    held: str | None
    touched: tuple[str, ...]
    opening_m: float
    reason: str


class MotionSample(NamedTuple):
    """One instant of a trajectory.

    Attributes:
        joint_rad: (7,) arm configuration.
        opening_m: Distance between the pads.
        object_poses: (n, 7) position and quaternion (w, x, y, z) of every body, in the scene's order.
    """

    joint_rad: Array
    opening_m: float
    object_poses: Array


class RobotModel(NamedTuple):
    """Limits that planning must respect; shapes (7,)."""

    joint_names: tuple[str, ...]
    lower_rad: Array
    upper_rad: Array
    velocity_rad_s: Array
    acceleration_rad_s2: Array
    home_rad: Array
    base_position_m: Array
    max_opening_m: float


@runtime_checkable
class Simulator(Protocol):
    """A physics world with a Panda and a parallel gripper."""

    name: str
    version: str
    timestep_s: float

    # -- life ---------------------------------------------------------------------------------
    def load(self, scene: Scene) -> None:
        """Build the scene, put the robot at home with its gripper open, time at zero.

        Raises:
            SimulatorError: if the scene cannot be built.
        """

    def close(self) -> None:
        """Let go of everything. Safe to call twice."""

    # -- looking ------------------------------------------------------------------------------
    def state(self) -> WorldState:
        """The world as it is."""

    def sample(self) -> MotionSample:
        """Where everything is, and no more: cheap enough to call while stepping."""

    def digest(self) -> str:
        """A digest of the complete physical state: equal exactly when the states are equal."""

    def robot(self) -> RobotModel:
        """Names and limits."""

    def joint_positions_rad(self) -> Array:
        """(7,) arm configuration."""

    def tcp_pose(self, joint_rad: Array | None = None) -> Pose:
        """Forward kinematics of the tcp, at `joint_rad` or as it is now."""

    def time_s(self) -> float:
        """Simulated time."""

    def steps(self) -> int:
        """Physics steps since `load`."""

    def physics_wall_s(self) -> float:
        """Wall time spent in the physics engine's step since `load`."""

    # -- asking without moving ------------------------------------------------------------------
    def first_collision(
        self,
        configurations_rad: Array,
        *,
        allow: frozenset[str] = frozenset(),
        opening_m: float | None = None,
        margin_m: float = 0.0,
    ) -> tuple[int, Contact] | None:
        """The first of the configurations (n, 7) in which the robot, or what it holds, touches.

        The held object moves with the hand. Objects stay where they are now. Contacts with bodies
        in `allow` do not count; nor do those of the held object with bodies it rests on at the
        start, up to 2 mm of depth. The world does not change.
        """

    # -- moving -------------------------------------------------------------------------------
    def follow(
        self,
        trajectory_rad: Array,
        *,
        allow: frozenset[str] = frozenset(),
        stop_on_contact: bool = True,
    ) -> MotionResult:
        """Track joint way-points (n, 7), one a physics step, then settle on the last one.

        Stops early at a contact of robot or held object with a body that is not in `allow`.
        """

    def move_gripper_fingers(self, action: Literal["open", "close"]) -> GraspResult:
        """Open fully, or close until the fingers stall; a hold must be earned by both pads."""

    def step(self, count: int) -> None:
        """Let physics run, the robot holding still."""

    def settle(self, max_s: float = 2.0) -> bool:
        """Step until every object is at rest; False if they were not within `max_s`."""

    def set_observer(self, observer: Callable[[], None] | None, rate_hz: float = 10.0) -> None:
        """Call `observer` evenly in simulated time while stepping: for trajectories and video."""

    # -- pictures -----------------------------------------------------------------------------
    def cameras(self) -> tuple[str, ...]:
        """Names for `render`; "front" and "overhead" always exist."""

    def render(self, camera: str = "front", width: int = 640, height: int = 480) -> NDArray[np.uint8]:
        """An image (height, width, 3).

        Raises:
            SimulatorError: if no OpenGL context can be had; says what to install.
        """
