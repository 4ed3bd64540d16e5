"""One run of a program: every call checked, executed, recorded, answered, in order.

The host's clock is the only one that counts, and what the guest says is evidence at most. A program
without skills is the same run with nothing to call.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from blazer.core.records import Captured, Fault, SkillCall
from blazer.sandbox.capture import HeadAndTail, joined
from blazer.sandbox.classify import End, Limit
from blazer.sandbox.errors import ProtocolFault
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import EndOfLines, LineTooLong
from blazer.sandbox.pacing import MESSAGE_BYTES, Pace
from blazer.sandbox.processes import Guest
from blazer.sandbox.protocol import Call, Ended, GuestSide, Message, Printed

if TYPE_CHECKING:
    # Plain code has no world, and need not load what describes one.
    from blazer.sandbox.arena import CallResult
    from blazer.sandbox.worker import World

MARK_S = 1.0
"""How long a run's own output may be on its way after its end was told."""
LOOK_S = 0.25
"""How often a silent guest's own output is looked at: a flood there is a flood too."""


class Relay:
    """Serves one `go`.

    Args:
        guest: Has taken the program and waits for `go`.
        side: Reads the guest's lines; goes with the guest.
        world: The task is loaded; None where no skills are declared.
        limits: What to stop it at.
    """

    def __init__(self, guest: Guest, side: GuestSide, world: World | None, limits: Limits) -> None:
        self._guest, self._side, self._world, self._limits = guest, side, world, limits
        self._skill_s = 0.0
        self._clock_s = 0.0
        self._began = 0.0
        self._printed = HeadAndTail(limits.output_kb * 1024)
        self._pace = Pace()
        # What goes straight to the guest's own output is this run's from here on.
        self._raw = guest.lines.stderr
        self._raw.restart(limits.output_kb * 1024)
        self.calls: list[SkillCall] = []
        self.fault: Fault | None = None
        self.limit: Limit | None = None
        self.ended: Ended | None = None

    async def run(self, go: Mapping[str, Any]) -> End:
        """Say `go` and serve until the program ends, dies or is to be stopped.

        Args:
            go: What the guest is told beside it: a seed, inputs.

        Raises:
            WorldCrashed: if the world failed; never the program's doing.
        """
        self._began = time.monotonic()
        try:
            await self._send({"t": "go", **go})
            while True:
                line = await self._next_line()
                end = self._flood() if line is None else await self._handle(self._side.parse(line))
                if end is not None:
                    break
        except TimeoutError:
            after = "" if self._world is None else " after that"
            advice = f"see that every loop{after} has a way out"
            if self._pace.slowed_s > self._limits.wall_s / 10:
                advice = f"it printed faster than output is taken, so print less, and {advice}"
            how = f"ran for {self._limits.wall_s:g} s without coming to its end{self.where()}"
            text = f"the program {how}; {advice}"
            # No line: the one of its last call is where it was, not where it hangs.
            self.limit, self.fault = Limit.WALL, Fault(kind=Limit.WALL.value, message=text)
            return End.STOPPED
        except EndOfLines:
            return End.DIED
        except (ProtocolFault, LineTooLong) as broken:
            text = str(broken) or "a line is too long"
            self.fault = Fault(kind="ProtocolFault", message=text, line=self.last_line())
            return End.BROKE_RULES
        if end is End.ENDED:
            await self._hear_out()
        return end

    async def _hear_out(self) -> None:
        """Until all that this run wrote past `print` is there, or somebody saw to it that it cannot be."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MARK_S):
                await self._raw.complete.wait()

    async def _next_line(self) -> bytes | None:
        """The next line, or None when it is time to look at the guest's own output.

        Raises:
            TimeoutError: if the program's time is used up.
        """
        left_s = self._left_s()
        try:
            return await self._guest.lines.read_line(min(left_s, LOOK_S))
        except TimeoutError:
            return None

    def _left_s(self) -> float:
        left_s = self._limits.wall_s - (time.monotonic() - self._began - self._skill_s)
        if left_s <= 0:
            raise TimeoutError
        return left_s

    async def _send(self, message: Mapping[str, Any]) -> None:
        """A guest that does not read what it is sent spends its own time, not ours.

        Raises:
            TimeoutError: if the program's time is used up.
        """
        async with asyncio.timeout(self._left_s()):
            await self._guest.lines.send(message)

    async def _handle(self, message: Message) -> End | None:
        if isinstance(message, Call):
            return await self._execute(message)
        if isinstance(message, Printed):
            text = message.text.encode()
            self._printed.add(text)
            await asyncio.sleep(0)  # a flood must not starve the other workers
            await self._pace.took(len(text), least=MESSAGE_BYTES)
            return self._flood()
        if isinstance(message, Ended):
            self.ended = message
            self.fault = self._told(message.fault)
            return End.ENDED
        raise ProtocolFault(f"{type(message).__name__} while a program runs")

    def _flood(self) -> End | None:
        if self._printed.total_bytes + self._raw.total_bytes <= self._limits.output_stop_kb * 1024:
            return None
        return self._stop(Limit.OUTPUT, f"the program printed more than {self._limits.output_stop_kb} KB")

    def output(self) -> Captured:
        """All that the program wrote: what it printed, then what went past `print`.

        Complete once the run has ended by itself, or the guest is gone.
        """
        return joined(self._printed, self._raw)

    async def _execute(self, call: Call) -> End | None:
        assert self._world is not None  # noqa: S101  (without one, no skill is declared to be called)
        if len(self.calls) >= self._limits.skill_calls:
            return self._stop(
                Limit.SKILL_CALLS, f"the program made more than {self._limits.skill_calls} skill calls"
            )
        began = time.monotonic()
        result = await self._world.call(call.skill, call.arguments)
        self._skill_s += time.monotonic() - began
        self.calls.append(recorded(len(self.calls), call.skill, call.arguments, call.line, result))
        if result.out_of_time:
            text = (result.error or {}).get("message", "the simulated time is used up")
            return self._stop(Limit.SIMULATED, text)
        self._clock_s = result.start_s + result.duration_s
        answer: dict[str, Any] = {"t": "result", "clock": self._clock_s}
        answer.update({"error": result.error} if result.error else {"ok": result.value})
        await self._send(answer)
        return None

    def _stop(self, limit: Limit, text: str) -> End:
        self.limit = limit
        self.fault = Fault(kind=limit.value, message=text, line=self.last_line())
        return End.STOPPED

    def last_line(self) -> int | None:
        """The line of the last skill call: the last one known where a guest fell silent."""
        return self.calls[-1].line if self.calls else None

    def where(self) -> str:
        """About where the program was, as far as the host can know; the end of a sentence."""
        if self._world is None:
            return ""
        if not self.calls:
            return "; it made no skill call"
        line = self.calls[-1].line
        return f"; its last skill call was {self.calls[-1].skill}" + (f" at line {line}" if line else "")

    def _told(self, fault: Fault | None) -> Fault | None:
        """Python says nothing with most of its MemoryErrors; the limit is known here."""
        if fault is None or fault.kind != "MemoryError":
            return fault
        limit = (
            f"used more than the {self._limits.memory_mb} MB of memory a program may use; keep less at a time"
        )
        text = f"{limit} ({fault.message})" if fault.message else limit
        return fault.model_copy(update={"message": text})

    def last_skill_error(self) -> str | None:
        """Code of the last call that failed."""
        return next((call.error.kind for call in reversed(self.calls) if call.error), None)


def recorded(
    index: int, skill: str, arguments: dict[str, Any], line: int | None, result: CallResult
) -> SkillCall:
    """The record of an executed call: everything but the line is the world's word."""
    error = None
    if result.error is not None:
        error = Fault(
            kind=result.error["kind"], message=result.error["message"], line=line, skill=result.error["skill"]
        )
    return SkillCall(
        index=index,
        skill=skill,
        arguments=arguments,
        result=result.value,
        error=error,
        line=line,
        start_s=result.start_s,
        duration_s=result.duration_s,
        wall_ms=result.wall_ms,
        plan_ms=result.plan_ms,
        plans_ms=tuple(result.plans_ms),
    )
