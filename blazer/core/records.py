"""The records that rooms hand each other: frozen, closed, JSON both ways.

Lengths are metres, angles radians, times seconds, frames the world frame unless the name says
otherwise. Quaternions are (w, x, y, z). Nothing in here computes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from blazer.core.outcomes import Ending, Outcome

TRACE_SCHEMA_VERSION = 1

Finite = Annotated[float, Field(allow_inf_nan=False)]
Vec3 = tuple[Finite, Finite, Finite]
Quat = tuple[Finite, Finite, Finite, Finite]


class Record(BaseModel):
    """Base of all records."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- the world ---------------------------------------------------------------------------------


class Pose(Record):
    """A rigid placement in the world frame."""

    position_m: Vec3
    quat_wxyz: Quat = (1.0, 0.0, 0.0, 0.0)


class ObjectState(Record):
    """One object as it is now."""

    name: str
    """Neutral and unique: `jar0`."""
    kind: str
    color: str
    """A colour name, or "" where the kind has none of its own."""
    position_m: Vec3
    """Centre of the bounding box."""
    quat_wxyz: Quat
    yaw_rad: Finite
    size_m: Vec3
    """Length, width, height: the bounding box along the object's own axes."""
    linear_velocity_m_s: Vec3 = (0.0, 0.0, 0.0)
    angular_velocity_rad_s: Vec3 = (0.0, 0.0, 0.0)
    joint_position: float | None = None
    """Of the object's mechanism, radians or metres as the mechanism says; None without one."""
    attached_to: str | None = None
    """For a part still held by its mechanism (a screwed cap): the owner's name."""


class GripperState(Record):
    """The end effector as it is now."""

    position_m: Vec3
    """Of the point between the finger pads."""
    yaw_rad: Finite
    opening_m: Finite
    """Distance between the pads."""
    holding: str | None
    """Name of the object held by both pads."""
    touching: tuple[str, ...] = ()
    """Objects in contact with any finger."""


class WorldState(Record):
    """All that a goal may look at."""

    time_s: Finite
    objects: tuple[ObjectState, ...]
    gripper: GripperState
    contacts: tuple[tuple[str, str], ...] = ()
    """Pairs of body names that touch, each pair and the list sorted; robot links are `robot:...`,
    the table is `table`."""

    def object(self, name: str) -> ObjectState:
        """The object called `name`; KeyError with the names that exist otherwise."""
        for item in self.objects:
            if item.name == name:
                return item
        raise KeyError(f"no object {name!r}; there are {', '.join(o.name for o in self.objects)}")


# --- judging -----------------------------------------------------------------------------------


class CheckResult(Record):
    """One named check of a goal with what was measured."""

    name: str
    passed: bool
    measured: dict[str, float | int | bool | str]
    required: str
    """What would have passed, in words: "distance_m <= 0.01"."""


class Decision(StrEnum):
    """Three-valued: a verdict that could not be reached is not a failure."""

    PASS = "pass"  # noqa: S105  (not a password)
    FAIL = "fail"
    NONE = "none"


class Verdict(Record):
    """What the verifier says of the world at the end of an episode."""

    paper: Decision
    """RLBench's own condition."""
    strict: Decision
    """Also: released, at rest, nothing else knocked over or displaced."""
    checks: tuple[CheckResult, ...] = ()
    """The goal's checks: `paper` is their conjunction."""
    strict_checks: tuple[CheckResult, ...] = ()
    """The further checks: `strict` is `paper` and these."""
    reason: str = ""
    """Why there is no decision, when there is none."""


# --- programs and their execution --------------------------------------------------------------


class Message(Record):
    """One chat message exactly as sent or received."""

    role: Literal["system", "user", "assistant"]
    content: str


class Usage(Record):
    """What model calls cost."""

    calls: int = 0
    cached_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0
    """Of the calls whose price is known."""
    unpriced_calls: int = 0
    """Calls that cost nobody knows what; `cost_usd` is without them."""

    def plus(self, other: Usage) -> Usage:
        """The sum of two usages."""
        return Usage(
            calls=self.calls + other.calls,
            cached_calls=self.cached_calls + other.cached_calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cost_usd=self.cost_usd + other.cost_usd,
            unpriced_calls=self.unpriced_calls + other.unpriced_calls,
        )


class ModelCall(Record):
    """One call of a language model."""

    role: str
    """Which part it played: planner, coder, critic."""
    model: str
    messages: tuple[Message, ...]
    reply: str
    usage: Usage = Usage()
    wall_s: float = 0.0
    prompt_digest: str = ""
    """Digest of the template the prompt was rendered from."""


class PolicyFinding(Record):
    """One violation of the language policy."""

    rule: str
    line: int
    column: int
    message: str
    suggestion: str = ""


class PolicyReport(Record):
    """What the language policy says of a program: accepted when there are no findings."""

    accepted: bool
    findings: tuple[PolicyFinding, ...] = ()


class Fault(Record):
    """Why a program did not run to its end."""

    kind: str
    """A Python exception's name, or a skill error's code."""
    message: str
    line: int | None = None
    """Line of the program."""
    skill: str | None = None


class SkillCall(Record):
    """One executed skill call, as the world saw it."""

    index: int
    skill: str
    arguments: dict[str, Any]
    result: Any = None
    error: Fault | None = None
    line: int | None = None
    """Line of the program, as the guest says: for people, never for the verdict."""
    start_s: float
    """Simulated time at its start."""
    duration_s: float
    """Simulated."""
    wall_ms: float
    plan_ms: float | None = None
    plans_ms: tuple[float, ...] = ()
    """Of `plan_ms`, motion by motion: a composed skill plans several."""


class Trajectory(Record):
    """The motion, sampled evenly in simulated time."""

    rate_hz: float
    joint_rad: tuple[tuple[float, ...], ...]
    """(t, 7)"""
    gripper_opening_m: tuple[float, ...]
    """(t,)"""
    object_names: tuple[str, ...]
    object_poses: tuple[tuple[tuple[float, ...], ...], ...]
    """(t, objects, 7): position, then quaternion (w, x, y, z)."""


class Captured(Record):
    """Text a program wrote, capped."""

    text: str = ""
    truncated: bool = False
    total_bytes: int = 0


class IsolationLevel(Record):
    """What stood between the program and this machine, as attested at start."""

    tier: Literal["docker", "runsc", "process", "none"]
    promises: dict[str, bool] = {}
    """Named protections and whether they were proved ("network_none", "seccomp", ...)."""


class Timings(Record):
    """Where the wall time of one attempt went."""

    wall_s: float = 0.0
    physics_s: float = 0.0
    plan_s: float = 0.0
    guest_start_s: float = 0.0
    model_s: float = 0.0
    simulated_s: float = 0.0
    steps: int = 0


class Execution(Record):
    """What happened when a program ran: evidence, not judgement."""

    outcome: Outcome
    ending: Ending | None = None
    """How the run came to its end; None in records that were written before this was kept."""
    fault: Fault | None = None
    stdout: Captured = Captured()
    skill_calls: tuple[SkillCall, ...] = ()
    trajectory: Trajectory | None = None
    initial_digest: str = ""
    """Of the world before the program ran."""
    final_digest: str = ""
    """Of the world after it was settled."""
    isolation: IsolationLevel = IsolationLevel(tier="none")
    timings: Timings = Timings()


class Plan(Record):
    """What the planner made of the instruction."""

    text: str
    steps: tuple[str, ...] = ()


class SeedResult(Record):
    """One more layout of its task on which a program was verified."""

    seed: int
    """Laid the table; the parameters are those of the trace's own instance."""
    outcome: Outcome
    ending: Ending | None = None
    """None in records that were written before this was kept."""
    verdict: Verdict
    final_digest: str = ""


# --- the trace ---------------------------------------------------------------------------------


class Provenance(Record):
    """What made the trace."""

    blazer_version: str
    python_version: str
    backend: str
    backend_version: str
    platform: str
    git_commit: str = ""
    """Of Blazer's own checkout, where it is one; ends in "+dirty" where changed."""
    code_digest: str = ""
    """Of the package's files; "" in traces of before it was kept."""


class Trace(Record):
    """One attempt at one task instance, with everything needed to run it again.

    An episode is (task, seed, sample) in a run; its attempts are the first program and the repairs
    that follow. `trace_id` is a digest of the episode's key and the attempt, so that storing twice
    is noticed.
    """

    schema_version: int = TRACE_SCHEMA_VERSION
    trace_id: str
    run_id: str
    episode_id: str
    attempt: int = 0
    is_final: bool = True
    """The last attempt of its episode."""
    created_at: str
    """ISO 8601, UTC."""

    task: str
    task_digest: str
    seed: int
    sample: int = 0
    instruction: str
    instance: dict[str, Any]
    """The `TaskInstance` in JSON: objects with poses, goal with parameters."""
    state_text: str
    """The state as the model saw it."""

    models: dict[str, str]
    """Role -> model."""
    calls: tuple[ModelCall, ...] = ()
    """All model calls of this attempt, in order."""
    usage: Usage = Usage()
    plan: Plan | None = None
    program: str = ""
    program_digest: str = ""
    policy: PolicyReport | None = None
    execution: Execution
    outcome: Outcome
    """`success` exactly when the strict verdict is pass."""
    verdict: Verdict
    verify_seeds: tuple[SeedResult, ...] = ()
    provenance: Provenance
