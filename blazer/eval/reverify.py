"""Running stored programs again: the same program on the same instance must end the same.

Not a replay of recorded skill calls: the program itself goes through policy and sandbox once more.
Attempts that never ran are held to what they are: a rejected program must be rejected again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from blazer.agents.context import ProgramSandbox
from blazer.core.outcomes import OUTCOME_TABLE, Outcome
from blazer.core.records import Provenance, Record, Trace
from blazer.eval.lanes import run_lanes
from blazer.tasks.spec import TaskInstance


class Agreement(StrEnum):
    """How a trace came out the second time."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOTHING_TO_RUN = "nothing_to_run"
    """The reply held no program, or nothing was decided."""


class Reverified(Record):
    """One trace, run again."""

    trace_id: str
    task: str
    seed: int
    attempt: int
    agreement: Agreement
    differences: tuple[str, ...] = ()


class ReverifyReport(Record):
    """All of them."""

    results: tuple[Reverified, ...]
    recorded_with: tuple[Provenance, ...] = ()
    """What made the traces, each once."""

    def count(self, agreement: Agreement) -> int:
        """How many came out so."""
        return sum(item.agreement is agreement for item in self.results)

    @property
    def all_agree(self) -> bool:
        """Something was run, and nothing differs."""
        return self.count(Agreement.AGREES) > 0 and self.count(Agreement.DIFFERS) == 0


async def reverify_trace(trace: Trace, sandbox: ProgramSandbox) -> Reverified:
    """Run one trace's program again and compare verdict and digests.

    Raises:
        SandboxError: if the sandbox failed.
    """
    differences: list[str] = []
    ran = bool(trace.program) and OUTCOME_TABLE[trace.outcome].decided
    if not ran or trace.outcome is Outcome.FORMAT_FAULT:
        return _result(trace, Agreement.NOTHING_TO_RUN, ())
    instance = TaskInstance.model_validate(trace.instance)
    if trace.policy is not None and not trace.policy.accepted:
        if (await sandbox.check(trace.program)).accepted:
            differences.append("the policy accepts it now")
    else:
        again = await sandbox.run(trace.program, instance)
        pairs = (
            ("outcome", trace.outcome.value, again.execution.outcome.value),
            ("paper verdict", trace.verdict.paper.value, again.verdict.paper.value),
            ("strict verdict", trace.verdict.strict.value, again.verdict.strict.value),
            ("initial digest", trace.execution.initial_digest, again.execution.initial_digest),
            ("final digest", trace.execution.final_digest, again.execution.final_digest),
        )
        differences += [f"{what} {now}, recorded {was}" for what, was, now in pairs if was != now]
    return _result(trace, Agreement.DIFFERS if differences else Agreement.AGREES, tuple(differences))


def _result(trace: Trace, agreement: Agreement, differences: tuple[str, ...]) -> Reverified:
    return Reverified(
        trace_id=trace.trace_id,
        task=trace.task,
        seed=trace.seed,
        attempt=trace.attempt,
        agreement=agreement,
        differences=differences,
    )


async def reverify(
    traces: Iterable[Trace],
    sandbox: ProgramSandbox,
    workers: int,
    on_result: Callable[[Reverified], None] = lambda result: None,
) -> ReverifyReport:
    """Run many traces again, `workers` at a time; the traces are read as they are needed.

    Raises:
        SandboxError: if the sandbox failed.
    """
    source = iter(traces)
    results: list[tuple[int, Reverified]] = []
    makers: dict[Provenance, None] = {}
    count = 0

    async def lane() -> None:
        nonlocal count
        for trace in source:
            index, count = count, count + 1
            makers.setdefault(trace.provenance)
            result = await reverify_trace(trace, sandbox)
            results.append((index, result))
            on_result(result)

    await run_lanes(workers, lane)
    in_order = sorted(results, key=lambda item: item[0])
    return ReverifyReport(results=tuple(result for _, result in in_order), recorded_with=tuple(makers))
