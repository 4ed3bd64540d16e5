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

from blazer.core.records import (
    Decision,
    Execution,
    Fault,
    IsolationLevel,
    PolicyReport,
    Record,
    SeedResult,
    Timings,
    Verdict,
)
from blazer.sandbox.capture import clean
from blazer.sandbox.checker import refusal, too_long
from blazer.sandbox.classify import End, Evidence, classify
from blazer.sandbox.errors import GuestLost, ProtocolFault
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import EndOfLines, LineTooLong
from blazer.sandbox.pool import GuestPool
from blazer.sandbox.processes import Guest
from blazer.sandbox.protocol import Findings, GuestSide
from blazer.sandbox.relay import Relay
from blazer.sandbox.worker import World
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
        self._pool, self._world, self._limits = pool, world, limits
        self._source, self._policy = source, policy
        self._guest: Guest | None = None
        self._side = GuestSide()
        self._guest_wait_s = 0.0
        self.isolation = IsolationLevel(tier="none")

    async def run(self, instances: Sequence[TaskInstance], *, trajectory: bool) -> Episode:
        """The program on every instance; the first is the one it was written for.

        Without success on the first there are no others: what fails at home is not worth more runs.

        Raises:
            WorldCrashed: the world failed; nothing is known of the program.
            SandboxError: no guest could be had.
        """
        first, rest = instances[0], instances[1:]
        report = too_long(self._source, self._limits) if self._policy else None
        try:
            report = report or await self._take()
            if not report.accepted:
                return self._refused(report)
            main, verdict = await self._seed(first, trajectory=trajectory, last=not rest)
            if verdict.strict is not Decision.PASS:
                rest = ()
            seeds = []
            for position, instance in enumerate(rest):
                if self._guest is None and not (await self._take()).accepted:
                    raise GuestLost("two guests do not agree on whether the policy accepts this program")
                done, judged = await self._seed(instance, trajectory=False, last=position == len(rest) - 1)
                seeds.append(
                    SeedResult(
                        seed=instance.seed,
                        outcome=done.outcome,
                        verdict=judged,
                        final_digest=done.final_digest,
                    )
                )
            return Episode(execution=main, verdict=verdict, verify_seeds=tuple(seeds))
        finally:
            await asyncio.shield(self._end_guest())

    async def _take(self) -> PolicyReport:
        """Get a guest, hand it the program, and hear what its policy says.

        A guest that dies over it is given a second chance in another one: the first may have been
        ended by something else.
        """
        why = ""
        for _ in range(2):
            began = time.monotonic()
            self._guest = await self._pool.take(self._limits.guest_start_s)
            self._guest_wait_s = time.monotonic() - began
            self._side, self.isolation = GuestSide(), self._guest.isolation
            lines = self._guest.lines
            try:
                await lines.send({"t": "run", "source": self._source, "policy": self._policy})
                message = self._side.parse(await lines.read_line(self._limits.policy_s))
            except TimeoutError:
                why = f"reading the program took longer than {self._limits.policy_s:g} s"
            except EndOfLines:
                await lines.wait(1.0)
                said = clean(lines.stderr.captured().text[-300:])
                why = f"the reader ended (exit code {lines.returncode}) on this program: {said}"
            except (LineTooLong, ProtocolFault) as fault:
                why = f"the program could not be read: {clean(str(fault))}"
            else:
                if isinstance(message, Findings):
                    return PolicyReport(accepted=not message.findings, findings=message.findings)
                raise GuestLost(f"a fresh guest sent {type(message).__name__} instead of findings")
            await self._end_guest()
        return refusal("crash", why)

    def _refused(self, report: PolicyReport) -> Episode:
        found = report.findings[0]
        kind = "SyntaxError" if found.rule == "syntax" else "PolicyRejected"
        execution = Execution(
            outcome=classify(Evidence(end=End.NOT_RUN, findings=report.findings)),
            fault=Fault(kind=kind, message=found.message, line=found.line),
            isolation=self.isolation,
            timings=Timings(guest_start_s=self._guest_wait_s),
        )
        return Episode(execution=execution, verdict=undecided("the program did not run"))

    async def _seed(
        self, instance: TaskInstance, *, trajectory: bool, last: bool
    ) -> tuple[Execution, Verdict]:
        began, guest = time.monotonic(), self._guest
        assert guest is not None  # noqa: S101  (taken by the caller)
        initial_digest = await self._world.load(instance, trajectory=trajectory)
        relay = Relay(guest, self._side, self._world, self._limits)
        end, memory = await relay.run(instance), False
        if last or end is not End.ENDED:
            code, memory = await self._end_guest(wait_s=1.0 if end is End.DIED else 0.0)
            # Nothing inside can send this signal; so somebody on this machine did.
            end = End.VANISHED if end is End.DIED and code in (-9, 137) else end
        done = await self._world.finish()
        evidence = Evidence(
            end=end,
            fault=relay.fault,
            limit=relay.limit,
            skill_error=relay.last_skill_error(),
            out_of_memory=memory,
            strict=done.verdict.strict,
        )
        execution = Execution(
            outcome=classify(evidence),
            fault=relay.fault or self._death(end, guest, memory),
            stdout=relay.output.captured(),
            skill_calls=tuple(relay.calls),
            trajectory=done.trajectory,
            initial_digest=initial_digest,
            final_digest=done.final_digest,
            isolation=self.isolation,
            timings=Timings(
                wall_s=time.monotonic() - began,
                physics_s=done.physics_s,
                plan_s=done.plan_s,
                guest_start_s=self._guest_wait_s,
                simulated_s=done.simulated_s,
                steps=done.steps,
            ),
        )
        return execution, done.verdict

    def _death(self, end: End, guest: Guest, memory: bool) -> Fault | None:
        if end not in (End.DIED, End.VANISHED):
            return None
        if memory:
            return Fault(kind="OutOfMemory", message=f"used more than {self._limits.memory_mb} MB of memory")
        said = guest.lines.stderr.captured().text[-500:]
        text = f"the interpreter ended (exit code {guest.lines.returncode}) without finishing the program"
        return Fault(kind="Died", message=f"{text}: {clean(said)}" if said else text)

    async def _end_guest(self, wait_s: float = 0.0) -> tuple[int | None, bool]:
        """Kill the guest and know it gone.

        Args:
            wait_s: How long to wait for its own end, where that has been seen to begin.

        Returns:
            Its exit code if it ended by itself, and whether the kernel ended it for its memory.
        """
        guest, self._guest = self._guest, None
        if guest is None:
            return None, False
        code = guest.lines.returncode
        if code is None and wait_s > 0:
            code = await guest.lines.wait(wait_s)
        await guest.kill()
        return code, await guest.out_of_memory()
