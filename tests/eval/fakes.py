"""A sandbox that does as it is told: for what is measured around sandboxes."""

from __future__ import annotations

from collections.abc import Sequence

from blazer.core.outcomes import Outcome
from blazer.core.records import Execution, PolicyReport, SkillCall, Timings, WorldState
from blazer.sandbox.episode import Episode
from blazer.tasks.spec import TaskInstance
from tests.store.builders import make_verdict


def episode(
    outcome: Outcome = Outcome.SUCCESS, final_digest: str = "b" * 16, *, plans_ms: tuple[float, ...] = ()
) -> Episode:
    """What a run came to; half a second of wall time, a quarter of it physics."""
    call = SkillCall(
        index=0, skill="pick", arguments={}, start_s=0, duration_s=1, wall_ms=1, plans_ms=plans_ms
    )
    execution = Execution(
        outcome=outcome,
        skill_calls=(call,),
        initial_digest="a" * 16,
        final_digest=final_digest,
        timings=Timings(wall_s=0.5, physics_s=0.25, steps=100),
    )
    return Episode(execution=execution, verdict=make_verdict(outcome))


class FakeSandbox:
    """Answers every program with the same episode; remembers how many ran at once."""

    def __init__(self, answer: Episode | Exception, *, accepts: bool = True) -> None:
        self._answer, self._accepts = answer, accepts
        self.ran: list[tuple[str, int]] = []

    async def observe(self, instance: TaskInstance) -> WorldState:
        """Not asked for here."""
        raise NotImplementedError

    async def check(self, source: str) -> PolicyReport:
        """As told at the start."""
        return PolicyReport(accepted=self._accepts)

    async def run(self, source: str, instance: TaskInstance, verify: Sequence[TaskInstance] = ()) -> Episode:
        """As told at the start."""
        self.ran.append((instance.task, instance.seed))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer
