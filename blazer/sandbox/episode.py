"""One program on one or more seeds, from the policy's word to the verdict, in the one right order.

At the end of a seed: the program is over, or the channel is closed and the guest killed and known to
be gone; then physics settles and the world is judged. Between the seeds of one verification the
guest lives, unread and waiting for `go`; after the last it is dead before judging. Either way nothing
it does can reach the world then.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from blazer.core.outcomes import Ending, Outcome
from blazer.core.records import (
    Decision,
    Execution,
    IsolationLevel,
    PolicyReport,
    Record,
    SeedResult,
    Timings,
    Verdict,
)
from blazer.core.rng import stream_seed
from blazer.sandbox.arena import Finish
from blazer.sandbox.classify import End, classify, ending_of
from blazer.sandbox.errors import GuestLost
from blazer.sandbox.limits import Limits
from blazer.sandbox.pool import GuestPool
from blazer.sandbox.session import EXIT_WAIT_S, Gone, Session, evidence_of, refused
from blazer.sandbox.worker import World
from blazer.skills.api import CALLABLE
from blazer.tasks.spec import TaskInstance


class Episode(Record):
    """What became of one program."""

    execution: Execution
    verdict: Verdict
    verify_seeds: tuple[SeedResult, ...] = ()


def undecided(reason: str) -> Verdict:
    """The verdict where there is none."""
    return Verdict(paper=Decision.NONE, strict=Decision.NONE, reason=reason)


class Attempt:
    """Runs one program once; used once.

    Args:
        pool: Where guests come from.
        world: Serves nobody else meanwhile.
        limits: What to stop the program at.
        source: The program.
        policy: False runs it as it is: for the batteries that ask whether the tier alone holds.
    """

    def __init__(self, pool: GuestPool, world: World, limits: Limits, source: str, *, policy: bool) -> None:
        self._world = world
        self._session = Session(pool, limits, source, policy=policy, skills=CALLABLE)

    @property
    def isolation(self) -> IsolationLevel:
        """What the latest guest proved."""
        return self._session.isolation

    async def run(self, instances: Sequence[TaskInstance], *, trajectory: bool) -> Episode:
        """The program on every instance; the first is the one it was written for.

        Without success on the first there are no others: what fails at home is not worth more runs.

        Raises:
            WorldCrashed: the world failed; nothing is known of the program.
            GuestLost: the guest was ended from outside on a further seed.
            SandboxError: no guest could be had.
        """
        first, rest = instances[0], instances[1:]
        try:
            report = await self._session.take()
            if not report.accepted:
                return self._refused(report)
            main, verdict = await self._seed(first, trajectory=trajectory, last=not rest)
            if verdict.strict is not Decision.PASS:
                rest = ()
            seeds = []
            for position, instance in enumerate(rest):
                if self._session.guest is None and not (await self._session.take()).accepted:
                    raise GuestLost("two guests do not agree on whether the policy accepts this program")
                done, judged = await self._seed(instance, trajectory=False, last=position == len(rest) - 1)
                if done.outcome is Outcome.INFRA_ERROR:
                    # A pass rate counts all its seeds: one that decides nothing is no part of it.
                    why = done.fault.message if done.fault else "nobody knows why"
                    raise GuestLost(f"the guest was ended from outside on seed {instance.seed}: {why}")
                seeds.append(
                    SeedResult(
                        seed=instance.seed,
                        outcome=done.outcome,
                        ending=done.ending,
                        verdict=judged,
                        final_digest=done.final_digest,
                    )
                )
            return Episode(execution=main, verdict=verdict, verify_seeds=tuple(seeds))
        finally:
            await asyncio.shield(self._session.end())

    def _refused(self, report: PolicyReport) -> Episode:
        evidence, fault = refused(report)
        execution = Execution(
            outcome=classify(evidence),
            ending=Ending.REFUSED,
            fault=fault,
            isolation=self.isolation,
            timings=Timings(guest_start_s=self._session.guest_wait_s),
        )
        return Episode(execution=execution, verdict=undecided("the program did not run"))

    async def _seed(
        self, instance: TaskInstance, *, trajectory: bool, last: bool
    ) -> tuple[Execution, Verdict]:
        began, gone = time.monotonic(), Gone()
        initial_digest = await self._world.load(instance, trajectory=trajectory)
        relay = self._session.relay(self._world)
        # Below 2**53, so that it is the same number after a round of JSON anywhere.
        end = await relay.run({"seed": stream_seed(instance.seed, "program") >> 11})
        if last or end is not End.ENDED:
            gone = await self._session.end(EXIT_WAIT_S if end is End.DIED else 0.0)
        done = await self._world.finish()
        evidence = evidence_of(end, relay, gone, done.verdict.strict)
        execution = Execution(
            outcome=classify(evidence),
            ending=ending_of(evidence),
            fault=self._session.fault(end, relay, gone),
            stdout=relay.output(),
            skill_calls=tuple(relay.calls),
            trajectory=done.trajectory,
            initial_digest=initial_digest,
            final_digest=done.final_digest,
            isolation=self.isolation,
            timings=self._timings(began, done),
        )
        return execution, done.verdict

    def _timings(self, began: float, done: Finish) -> Timings:
        return Timings(
            wall_s=time.monotonic() - began,
            physics_s=done.physics_s,
            plan_s=done.plan_s,
            guest_start_s=self._session.guest_wait_s,
            simulated_s=done.simulated_s,
            steps=done.steps,
        )
