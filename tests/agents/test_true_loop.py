"""The loop with nothing faked: scripted model, process sandbox, physics, judge."""

from __future__ import annotations

from blazer.agents.collect import Workplace, collect
from blazer.agents.provenance import provenance
from blazer.agents.run import CollectConfig
from blazer.core.outcomes import OUTCOME_TABLE, Outcome
from blazer.core.records import Decision, Trace
from blazer.sandbox.sandbox import Sandbox
from blazer.skills.docs import api_section
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import get_task
from tests.agents.fakes import MemorySink

TASKS = ("put_block", "meat_off_grill")


async def run(workers: int) -> list[Trace]:
    sink = MemorySink()
    async with Sandbox(tier="process", workers=workers) as sandbox:
        place = Workplace(
            tasks={name: get_task(name) for name in TASKS},
            instantiate=instantiate,
            sandbox=sandbox,
            sink=sink,
            provenance=provenance(sandbox.about["backend"], sandbox.about["backend_version"]),
            api_section=api_section(),
        )
        report = await collect(CollectConfig(tasks=TASKS, seed_stop=3, workers=workers), place)
    assert (report.done_now, report.infra_errors, report.stopped) == (6, 0, "")
    return sorted(sink.added, key=lambda trace: trace.trace_id)


async def test_the_same_run_twice_is_the_same_and_consistent() -> None:
    first, again = await run(workers=1), await run(workers=2)
    for one, two in zip(first, again, strict=True):
        assert (one.trace_id, one.program, one.outcome) == (two.trace_id, two.program, two.outcome)
        assert one.verdict == two.verdict
        assert one.execution.initial_digest == two.execution.initial_digest
        assert one.execution.final_digest == two.execution.final_digest
    assert any(trace.outcome is Outcome.SUCCESS for trace in first)
    for trace in first:
        assert OUTCOME_TABLE[trace.outcome].decided
        assert (trace.outcome is Outcome.SUCCESS) == (trace.verdict.strict is Decision.PASS)
        assert trace.execution.isolation.tier == "process" or not trace.execution.skill_calls
        assert trace.provenance.backend == "mujoco"
        assert Trace.model_validate_json(trace.model_dump_json()) == trace
