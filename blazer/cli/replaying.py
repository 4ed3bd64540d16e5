"""Executing a trace's recorded skill calls again, with an eye on every moment.

Replays the calls, not the program: what an untrusted program once asked for is plain data by now,
so it runs here, in the trusted side's own simulator, without a sandbox. The world must come out
the same to the last bit; `blazer verify` is the command that runs the programs themselves again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from blazer.cli.traces_show import short
from blazer.core.errors import SkillError, UsageError
from blazer.core.records import SkillCall, Trace, Verdict
from blazer.sandbox.limits import Limits
from blazer.sandbox.simulated import SETTLE_S
from blazer.sim.backends import backend_names, create_simulator
from blazer.sim.protocol import Simulator
from blazer.skills.errors import SkillBudgetExceeded
from blazer.skills.runtime import SkillRuntime
from blazer.tasks.instantiate import scene_of
from blazer.tasks.judge import judge
from blazer.tasks.spec import TaskInstance


class Moment(NamedTuple):
    """What is going on while a frame is taken.

    Attributes:
        time_s: Simulated.
        call: The skill call being executed; None before, between and after.
    """

    time_s: float
    call: SkillCall | None

    @property
    def caption(self) -> str:
        """One line for a label."""
        if self.call is None:
            return f"{self.time_s:.1f} s"
        arguments = ", ".join(short(value, 40) for value in self.call.arguments.values() if value is not None)
        failed = f"  {self.call.error.kind}" if self.call.error else ""
        return f"{self.time_s:.1f} s  {self.call.skill}({arguments}){failed}"


class ReplayResult(NamedTuple):
    """How a replay came out beside what the trace says.

    Attributes:
        final_digest: Of the replayed world after settling.
        verdict: On the replayed world.
        differences: In words; empty when the replay agrees with the trace.
    """

    final_digest: str
    verdict: Verdict
    differences: tuple[str, ...]


Watcher = Callable[[Simulator, Moment], None]


def replay(trace: Trace, watch: Watcher | None = None, rate_hz: float = 20.0) -> ReplayResult:
    """Execute the trace's skill calls in a fresh simulator.

    Args:
        trace: One that was executed.
        watch: Called evenly in simulated time, and once at the start and at the end.
        rate_hz: How often.

    Raises:
        UsageError: if the trace was never executed, or its backend is not here.
        SimulatorError: if physics fails.
    """
    if not trace.execution.final_digest:
        raise UsageError(
            f"trace {trace.trace_id} ended as {trace.outcome.value} before anything was executed; "
            "there is nothing to replay"
        )
    if trace.provenance.backend not in backend_names():
        raise UsageError(f"trace {trace.trace_id} was made with {trace.provenance.backend!r}, not here")
    sim = create_simulator(trace.provenance.backend)
    try:
        return _replay(sim, trace, watch, rate_hz)
    finally:
        sim.close()


def _replay(sim: Simulator, trace: Trace, watch: Watcher | None, rate_hz: float) -> ReplayResult:
    instance = TaskInstance.model_validate(trace.instance)
    scene = scene_of(instance)
    sim.load(scene)
    initial, initial_digest = sim.state(), sim.digest()
    runtime = SkillRuntime(
        sim,
        scene,
        instance.seed,
        max_calls=len(trace.execution.skill_calls) + 1,
        max_simulated_s=min(instance.time_limit_s, Limits().simulated_s),
    )
    current: SkillCall | None = None

    def look() -> None:
        if watch is not None:
            watch(sim, Moment(sim.time_s(), current))

    look()
    if watch is not None:
        sim.set_observer(look, rate_hz)
    differences: list[str] = []
    if initial_digest != trace.execution.initial_digest:
        differences.append("the world at the start differs")
    for recorded in trace.execution.skill_calls:
        current = recorded
        differences += _call(runtime, recorded)
    current = None
    sim.settle(SETTLE_S)
    sim.set_observer(None)
    look()
    verdict = judge(instance, initial, sim.state(), scene)
    final_digest = sim.digest()
    if final_digest != trace.execution.final_digest:
        differences.append(f"final digest {final_digest}, recorded {trace.execution.final_digest}")
    if (verdict.paper, verdict.strict) != (trace.verdict.paper, trace.verdict.strict):
        differences.append(
            f"verdict paper {verdict.paper.value} strict {verdict.strict.value}, recorded "
            f"paper {trace.verdict.paper.value} strict {trace.verdict.strict.value}"
        )
    return ReplayResult(final_digest, verdict, tuple(differences))


def _call(runtime: SkillRuntime, recorded: SkillCall) -> list[str]:
    """Execute one recorded call; what came out differently, in words."""
    try:
        runtime.call(recorded.skill, recorded.arguments)
    except SkillBudgetExceeded:
        return []  # simulated time was up; the world decided the same then
    except SkillError as error:
        if recorded.error is None:
            return [f"call {recorded.index} {recorded.skill} failed with {error.code}, it had not"]
        return []
    if recorded.error is not None:
        return [f"call {recorded.index} {recorded.skill} went well, it had failed with {recorded.error.kind}"]
    return []
