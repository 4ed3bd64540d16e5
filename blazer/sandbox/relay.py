"""Between guest and world on one seed: every call checked, executed, recorded, answered, in order.

The host's clock is the only one that counts, and what the guest says is evidence at most.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from blazer.core.records import Fault, SkillCall
from blazer.core.rng import stream_seed
from blazer.sandbox.capture import HeadAndTail
from blazer.sandbox.classify import End, Limit
from blazer.sandbox.errors import ProtocolFault
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import EndOfLines, LineTooLong
from blazer.sandbox.processes import Guest
from blazer.sandbox.protocol import Call, Ended, GuestSide, Message, Printed
from blazer.sandbox.worker import World, recorded
from blazer.tasks.spec import TaskInstance


class Relay:
    """One program on one seed.

    Args:
        guest: Has taken the program and waits for `go`.
        side: Reads the guest's lines; goes with the guest.
        world: The task is loaded.
        limits: What to stop it at.
    """

    def __init__(self, guest: Guest, side: GuestSide, world: World, limits: Limits) -> None:
        self._guest, self._side, self._world, self._limits = guest, side, world, limits
        self._skill_s = 0.0
        self._clock_s = 0.0
        self.output = HeadAndTail(limits.output_kb * 1024)
        self.calls: list[SkillCall] = []
        self.fault: Fault | None = None
        self.limit: Limit | None = None

    async def run(self, instance: TaskInstance) -> End:
        """Say `go` and serve until the program ends, dies or is to be stopped.

        Raises:
            WorldCrashed: if the world failed; never the program's doing.
        """
        began = time.monotonic()
        # Below 2**53, so that it is the same number after a round of JSON anywhere.
        seed = stream_seed(instance.seed, "program") >> 11
        try:
            await self._guest.lines.send({"t": "go", "seed": seed})
            while True:
                left_s = self._limits.wall_s - (time.monotonic() - began - self._skill_s)
                if left_s <= 0:
                    raise TimeoutError
                line = await self._guest.lines.read_line(left_s)
                end = await self._handle(self._side.parse(line))
                if end is not None:
                    return end
        except TimeoutError:
            text = (
                f"the program ran for {self._limits.wall_s:g} s without coming to its end; {self._where()}; "
                "see that every loop after that has a way out"
            )
            # No line: the one of its last call is where it was, not where it hangs.
            self.limit, self.fault = Limit.WALL, Fault(kind=Limit.WALL.value, message=text)
            return End.STOPPED
        except EndOfLines:
            return End.DIED
        except (ProtocolFault, LineTooLong) as broken:
            text = str(broken) or "a line is too long"
            self.fault = Fault(kind="ProtocolFault", message=text, line=self._last_line())
            return End.BROKE_RULES

    async def _handle(self, message: Message) -> End | None:
        if isinstance(message, Call):
            return await self._execute(message)
        if isinstance(message, Printed):
            self.output.add(message.text.encode())
            if self.output.total_bytes > self._limits.output_stop_kb * 1024:
                return self._stop(
                    Limit.OUTPUT, f"the program printed more than {self._limits.output_stop_kb} KB"
                )
            await asyncio.sleep(0)  # a flood must not starve the other workers
            return None
        if isinstance(message, Ended):
            self.fault = self._told(message.fault)
            return End.ENDED
        raise ProtocolFault(f"{type(message).__name__} while a program runs")

    async def _execute(self, call: Call) -> End | None:
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
        await self._guest.lines.send(answer)
        return None

    def _stop(self, limit: Limit, text: str) -> End:
        self.limit = limit
        self.fault = Fault(kind=limit.value, message=text, line=self._last_line())
        return End.STOPPED

    def _last_line(self) -> int | None:
        return self.calls[-1].line if self.calls else None

    def _where(self) -> str:
        """About where the program was, as far as the host can know."""
        if not self.calls:
            return "it made no skill call"
        line = self.calls[-1].line
        return f"its last skill call was {self.calls[-1].skill}" + (f" at line {line}" if line else "")

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
