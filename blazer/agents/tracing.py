"""From an episode's state to the trace that is kept of an attempt."""

from __future__ import annotations

from datetime import UTC, datetime

from blazer.agents.context import AgentContext
from blazer.agents.state import EpisodeState, trace_id
from blazer.core.digest import text_digest
from blazer.core.records import (
    Execution,
    ModelCall,
    Plan,
    PolicyReport,
    SeedResult,
    Trace,
    Usage,
    Verdict,
)


def make_trace(
    state: EpisodeState,
    context: AgentContext,
    *,
    execution: Execution,
    verdict: Verdict,
    policy: PolicyReport | None = None,
    verify_seeds: tuple[SeedResult, ...] = (),
    is_final: bool,
) -> Trace:
    """All that is needed to run the attempt again and to learn from it."""
    instance = context.instance(state["task"], state["seed"])
    calls = tuple(ModelCall.model_validate(call) for call in state.get("calls", []))
    usage = Usage()
    for call in calls:
        usage = usage.plus(call.usage)
    model_s = sum(call.wall_s for call in calls)
    timings = execution.timings.model_copy(update={"model_s": model_s})
    program = state.get("program", "")
    plan = state.get("plan", "")
    return Trace(
        trace_id=trace_id(state["episode_id"], state.get("attempt", 0)),
        run_id=context.run_id,
        episode_id=state["episode_id"],
        attempt=state.get("attempt", 0),
        is_final=is_final,
        created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        task=state["task"],
        task_digest=instance.task_digest,
        seed=state["seed"],
        sample=state["sample"],
        instruction=instance.instruction,
        instance=instance.model_dump(mode="json"),
        state_text=state.get("state_text", ""),
        models=context.model_names,
        calls=calls,
        usage=usage,
        plan=Plan(text=plan, steps=plan_steps(plan)) if plan else None,
        program=program,
        program_digest=text_digest(program) if program else "",
        policy=policy,
        execution=execution.model_copy(update={"timings": timings}),
        outcome=execution.outcome,
        verdict=verdict,
        verify_seeds=verify_seeds,
        provenance=context.provenance,
    )


def plan_steps(plan: str) -> tuple[str, ...]:
    """The numbered lines of a plan, without their numbers."""
    steps = []
    for line in plan.splitlines():
        number, dot, rest = line.strip().partition(".")
        if dot and number.isdigit() and rest.strip():
            steps.append(rest.strip())
    return tuple(steps)
