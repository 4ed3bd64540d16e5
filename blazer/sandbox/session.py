"""One program in one guest: taken from the pool, handed the program, heard, ended, and known to be gone.

What episodes and plain code have in common. It knows no world; it collects evidence and judges
nothing.
"""

from __future__ import annotations

import asyncio
import math
import re
import signal
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from blazer.core.records import Decision, Fault, IsolationLevel, PolicyReport
from blazer.sandbox.capture import clean
from blazer.sandbox.checker import refusal, too_long
from blazer.sandbox.classify import OUTSIDE_SIGNALS, End, Evidence
from blazer.sandbox.errors import GuestLost, ProtocolFault
from blazer.sandbox.guest.wire import FILENAME
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import EndOfLines, LineTooLong
from blazer.sandbox.pool import GuestPool
from blazer.sandbox.processes import Guest, cpu_s
from blazer.sandbox.protocol import Findings, GuestSide
from blazer.sandbox.relay import Relay
from blazer.skills.api import Skill

if TYPE_CHECKING:
    # Plain code has no world, and need not load what describes one.
    from blazer.sandbox.worker import World

TRIES = 2
"""How often a program is run before the sandbox says that it failed: once more after a failure of ours."""
EXIT_WAIT_S = 2.0
"""A guest whose channel has ended is on its way out; a busy machine may take a while to say how."""
SAID_CHARS = 4000
STILL = 0.2
"""Share of the time to read a program below which a guest's CPU time shows that it did not read."""


class Gone(NamedTuple):
    """How a guest went.

    Attributes:
        exit_code: If it ended by itself; negative where a signal ended it.
        out_of_memory: Whether it, or something in it, was killed for its memory.
        said: The end of what it wrote straight to its own output, for people and never for a decision.
    """

    exit_code: int | None = None
    out_of_memory: bool = False
    said: str = ""


class Session:
    """Used for one program; a second guest takes it up where the first was ended before its time.

    Args:
        pool: Where guests come from.
        limits: What to stop the program at.
        source: The program.
        policy: False runs it as it is: for the batteries that ask whether the tier alone holds.
        skills: What the guests of this pool have declared.
    """

    def __init__(
        self,
        pool: GuestPool,
        limits: Limits,
        source: str,
        *,
        policy: bool,
        skills: Mapping[str, Skill],
    ) -> None:
        self._pool, self._limits, self._skills = pool, limits, skills
        self._source, self._policy = source, policy
        self._side = GuestSide(skills)
        self.guest: Guest | None = None
        self._ending: asyncio.Task[Gone] | None = None
        self.guest_wait_s = 0.0
        self.isolation = IsolationLevel(tier="none")

    async def take(self) -> PolicyReport:
        """Get a guest, hand it the program, and hear what its policy says.

        A guest that dies over it is given a second chance in another one: the first may have been
        ended by something else.

        Raises:
            GuestLost: guests were ended from outside, or talk nonsense.
            SandboxError: no guest could be had.
        """
        report = too_long(self._source, self._limits) if self._policy else None
        if report is not None:
            return report
        why = ""
        for _ in range(2):
            began = time.monotonic()
            self.guest = await self._pool.take(self._limits.guest_start_s)
            self.guest_wait_s = time.monotonic() - began
            self._side, self.isolation = GuestSide(self._skills), self.guest.isolation
            lines = self.guest.lines
            before_s = _cpu_s(lines.pid)
            try:
                async with asyncio.timeout(self._limits.policy_s):
                    await lines.send({"t": "run", "source": self._source, "policy": self._policy})
                    message = self._side.parse(await lines.read_line())
            except TimeoutError:
                why = f"reading the program took longer than {self._limits.policy_s:g} s"
                if _cpu_s(lines.pid) - before_s < STILL * self._limits.policy_s:
                    why = ""  # stopped, or starved: that says nothing of the program
            except EndOfLines:
                gone = await self.end(EXIT_WAIT_S)
                why = f"the reader ended (exit code {gone.exit_code}) on this program: {gone.said}"
                if _from_outside(gone):
                    why = ""
            except (LineTooLong, ProtocolFault) as fault:
                why = f"the program could not be read: {clean(str(fault))}"
            else:
                if isinstance(message, Findings):
                    return PolicyReport(accepted=not message.findings, findings=message.findings)
                raise GuestLost(f"a fresh guest sent {type(message).__name__} instead of findings")
            await self.end()
        if not why:
            raise GuestLost(
                "the guest was ended, stopped or starved from outside while it read the program; is this "
                "machine overloaded?"
            )
        return refusal("crash", why)

    def relay(self, world: World | None) -> Relay:
        """For one run of the program by the guest that has taken it.

        Args:
            world: Executes the skill calls; None where no skills are declared.
        """
        assert self.guest is not None  # noqa: S101  (taken by the caller)
        return Relay(self.guest, self._side, world, self._limits)

    async def end(self, wait_s: float = 0.0) -> Gone:
        """Kill the guest and know it gone; also where whoever waits for that is cancelled.

        Called again, it waits for the same end.

        Args:
            wait_s: How long to wait for its own end, where that has been seen to begin.

        Raises:
            GuestLost: if it does not go.
        """
        guest, self.guest = self.guest, None
        if guest is not None:
            self._ending = asyncio.create_task(self._end(guest, wait_s))
        return await asyncio.shield(self._ending) if self._ending is not None else Gone()

    async def _end(self, guest: Guest, wait_s: float) -> Gone:
        code = guest.lines.returncode
        try:
            try:
                if code is None and wait_s > 0:
                    code = await guest.lines.wait(wait_s)
            finally:
                await guest.kill()
        finally:
            await self._pool.ended()
        if code is None and wait_s > 0 and guest.lines.returncode != -signal.SIGKILL:
            code = guest.lines.returncode  # dead before our signal came
        said = guest.lines.stderr.captured().text[-SAID_CHARS:]
        return Gone(code, await guest.out_of_memory(), clean(said))

    def fault(self, end: End, relay: Relay, gone: Gone) -> Fault | None:
        """Why the program did not run to its end, in words for its author."""
        if relay.fault is not None or end is not End.DIED:
            return relay.fault
        line = _line_told(gone.said) or relay.last_line()
        if gone.out_of_memory:
            text = f"used more than {self._limits.memory_mb} MB of memory{relay.where()}"
            return Fault(kind="OutOfMemory", message=text, line=line)
        code = gone.exit_code
        if code is None:
            how = "the program closed the channel to its host and lived on"
        elif code < 0:
            how = f"the interpreter was ended by {_signal_name(-code)}"
        else:
            how = f"the interpreter ended (exit code {code}) without finishing the program"
        words = _last_words(gone.said)
        text = f"{how}{relay.where()}" + (f"; it wrote: {words}" if words else "")
        return Fault(kind="Died", message=text, line=line)


def evidence_of(end: End, relay: Relay, gone: Gone, strict: Decision = Decision.NONE) -> Evidence:
    """What was captured of one run.

    Args:
        end: How the relay saw it end.
        relay: Of the run.
        gone: How the guest went; nothing but defaults if it lives on.
        strict: What the world was judged as.
    """
    return Evidence(
        end=end,
        fault=relay.fault,
        limit=relay.limit,
        exit_code=gone.exit_code,
        skill_error=relay.last_skill_error(),
        out_of_memory=gone.out_of_memory,
        strict=strict,
    )


def refused(report: PolicyReport) -> tuple[Evidence, Fault]:
    """Evidence of a program that the policy did not let run, and its first finding as the fault."""
    found = report.findings[0]
    kind = "SyntaxError" if found.rule == "syntax" else "PolicyRejected"
    fault = Fault(kind=kind, message=found.message, line=found.line)
    return Evidence(end=End.NOT_RUN, findings=report.findings), fault


def _cpu_s(pid: int | None) -> float:
    """CPU time of a guest; infinite, so that differences say nothing, where that cannot be seen."""
    used_s = cpu_s(pid) if pid is not None else None
    return math.inf if used_s is None else used_s


def _from_outside(gone: Gone) -> bool:
    return not gone.out_of_memory and -(gone.exit_code or 0) in OUTSIDE_SIGNALS


def _line_told(said: str) -> int | None:
    """The line of the program in the interpreter's last words; for people, like all that a guest says."""
    found = re.search(rf'File "{FILENAME}", line (\d{{1,7}})', said)
    return int(found.group(1)) if found else None


def _last_words(said: str) -> str:
    """The interpreter's own diagnosis where there is one, without its page of frames."""
    diagnosis = re.findall(r"Fatal Python error: [^\n]{1,200}", said)
    return diagnosis[-1] if diagnosis else said[-300:].strip()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
