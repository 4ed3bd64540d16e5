"""Fakes at the graph's two seams, and models that answer from a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from blazer.agents.chat import ChatReply, ChatRequest
from blazer.agents.collect import Workplace
from blazer.core.errors import SandboxError
from blazer.core.outcomes import OUTCOME_TABLE, Outcome
from blazer.core.records import (
    CheckResult,
    Decision,
    Execution,
    Fault,
    GripperState,
    ObjectState,
    PolicyFinding,
    PolicyReport,
    Pose,
    Provenance,
    SeedResult,
    SkillCall,
    Trace,
    Verdict,
    WorldState,
)
from blazer.tasks.spec import Goal, ObjectSpec, PlacedObject, Placement, PredicateSpec, TaskInstance, TaskSpec


def spec(name: str = "lift_block") -> TaskSpec:
    return TaskSpec(
        name=name,
        title=name,
        description="for tests",
        objects=(ObjectSpec(name="block0", type="box"),),
        placements=(Placement(objects=("block0",), rects_m=((0.0, 0.0, 0.2, 0.2),)),),
        instructions=("pick up the red block",),
        goal=Goal(paper=(PredicateSpec(name="lifted"),)),
    )


def instantiate(task: TaskSpec, seed: int, parameters: Mapping[str, Any] | None = None) -> TaskInstance:
    block = PlacedObject(
        name="block0",
        type="box",
        kind="block",
        color="red",
        pose=Pose(position_m=(0.2, 0.01 * (seed % 10), 0.777)),
    )
    return TaskInstance(
        task=task.name,
        task_digest="d" * 16,
        seed=seed,
        parameters={},
        instruction=task.instructions[0],
        objects=(block,),
        goal=task.goal,
        time_limit_s=task.time_limit_s,
    )


def world(instance: TaskInstance) -> WorldState:
    objects = tuple(
        ObjectState(
            name=o.name,
            kind=o.kind,
            color=o.color,
            position_m=o.pose.position_m,
            quat_wxyz=o.pose.quat_wxyz,
            yaw_rad=0.0,
            size_m=(0.05, 0.05, 0.05),
        )
        for o in instance.objects
    )
    hand = GripperState(position_m=(0.2, 0.0, 1.2), yaw_rad=0.0, opening_m=0.08, holding=None)
    return WorldState(time_s=0.0, objects=objects, gripper=hand)


class Result(NamedTuple):
    execution: Execution
    verdict: Verdict
    verify_seeds: tuple[SeedResult, ...] = ()


class FakeSandbox:
    """Runs nothing: a program says in its first line what becomes of it (`# outcome: success`)."""

    def __init__(self, fail_runs: int = 0) -> None:
        self.ran: list[tuple[str, int, str]] = []
        self.verified: list[int] = []
        self.fail_runs = fail_runs

    async def observe(self, instance: TaskInstance) -> WorldState:
        return world(instance)

    async def check(self, source: str) -> PolicyReport:
        if "import os" in source:
            finding = PolicyFinding(rule="import", line=1, column=0, message="os may not be imported")
            return PolicyReport(accepted=False, findings=(finding,))
        return PolicyReport(accepted=True)

    async def run(self, source: str, instance: TaskInstance, verify: Sequence[TaskInstance] = ()) -> Result:
        self.ran.append((instance.task, instance.seed, source))
        self.verified += [v.seed for v in verify]
        if self.fail_runs:
            self.fail_runs -= 1
            raise SandboxError("the world process died")
        outcome = Outcome(source.split("# outcome:")[1].split()[0])
        passed = outcome is Outcome.SUCCESS
        decision = Decision.PASS if passed else Decision.FAIL
        if not OUTCOME_TABLE[outcome].decided:
            decision = Decision.NONE
        check = CheckResult(
            name="lifted", passed=passed, measured={"height_m": 0.01}, required="height_m >= 0.1"
        )
        call = SkillCall(
            index=0,
            skill="pick",
            arguments={"name": "block0"},
            error=None
            if passed
            else Fault(kind="GraspMissed", message="closed on nothing", line=2, skill="pick"),
            line=2,
            start_s=0.0,
            duration_s=1.0,
            wall_ms=1.0,
        )
        execution = Execution(outcome=outcome, skill_calls=(call,), final_digest="f" * 16)
        return Result(execution, Verdict(paper=decision, strict=decision, checks=(check,)))


class MemorySink:
    """Keeps traces by id, like the store: an undecided try gives way to a later one."""

    def __init__(self) -> None:
        self.traces: dict[str, Trace] = {}
        self.added: list[Trace] = []

    async def add_trace(self, trace: Trace) -> bool:
        kept = self.traces.get(trace.trace_id)
        if kept is not None and OUTCOME_TABLE[kept.outcome].decided:
            return False
        self.traces[trace.trace_id] = trace
        self.added.append(trace)
        return True

    async def completed_episodes(self, run_id: str) -> frozenset[str]:
        return frozenset(
            t.episode_id
            for t in self.traces.values()
            if t.run_id == run_id and t.is_final and OUTCOME_TABLE[t.outcome].decided
        )


class FakeModel:
    """Answers by a function of the request; remembers what it was asked."""

    def __init__(self, answer: Callable[[ChatRequest], str] | str, name: str = "fake") -> None:
        self.name = name
        self.asked: list[ChatRequest] = []
        self._answer = answer

    async def reply(self, request: ChatRequest) -> ChatReply:
        self.asked.append(request)
        text = self._answer if isinstance(self._answer, str) else self._answer(request)
        return ChatReply(text=text, prompt_tokens=100, completion_tokens=10)


def program(outcome: str) -> str:
    return f"Sure.\n```python\n# outcome: {outcome}\npick('block0')\n```\n"


PROVENANCE = Provenance(
    blazer_version="0", python_version="3", backend="fake", backend_version="0", platform="test"
)


def workplace(
    sandbox: FakeSandbox | None = None, sink: MemorySink | None = None, **others: object
) -> Workplace:
    names = ("lift_block", "drop_block")
    values: dict[str, object] = {
        "tasks": {name: spec(name) for name in names},
        "instantiate": instantiate,
        "sandbox": sandbox or FakeSandbox(),
        "sink": sink or MemorySink(),
        "provenance": PROVENANCE,
        "api_section": "pick(name)",
        **others,
    }
    return Workplace(**values)  # type: ignore[arg-type]
