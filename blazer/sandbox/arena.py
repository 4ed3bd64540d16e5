"""What a world process holds: something that loads a task, executes skills and says how it ended.

The seam between the world's loop (`world.py`) and what is simulated: the physics of
`SimulatedArena`, or the few lines of `fake.FakeArena`.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from blazer.core.records import Trajectory, Verdict, WorldState
from blazer.tasks.spec import TaskInstance


class CallResult(NamedTuple):
    """What one skill call did.

    Attributes:
        value: Its JSON result, if it did not fail.
        error: code, message and skill, if it failed.
        start_s: Simulated time at its start.
        duration_s: Simulated.
        wall_ms: Wall time.
        plan_ms: Of it, planning; None where nothing was planned.
        out_of_time: It was refused because the simulated time is used up.
        plans_ms: Of `plan_ms`, motion by motion.
    """

    value: Any
    error: dict[str, str] | None
    start_s: float
    duration_s: float
    wall_ms: float
    plan_ms: float | None
    out_of_time: bool = False
    plans_ms: tuple[float, ...] = ()


class Finish(NamedTuple):
    """The end of an episode, as the world saw it."""

    verdict: Verdict
    final_digest: str
    trajectory: Trajectory | None
    simulated_s: float
    physics_s: float
    plan_s: float
    steps: int


class Arena(Protocol):
    """A world that can be loaded again and again."""

    def load(self, instance: TaskInstance, *, trajectory: bool, max_simulated_s: float) -> str:
        """Set the task up; the digest of the world before the program."""

    def observe(self, instance: TaskInstance) -> WorldState:
        """The listed objects and the gripper before anything moved; nothing stays loaded."""

    def call(self, skill: str, arguments: dict[str, Any]) -> CallResult:
        """Execute one skill."""

    def finish(self) -> Finish:
        """Let everything settle, then judge. Called once, when the guest is gone or unread."""

    def about(self) -> dict[str, str]:
        """`backend` and `backend_version`."""
