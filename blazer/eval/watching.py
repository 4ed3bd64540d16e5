"""A tier that notes when what happened to its guests, so that the real sandbox can be timed from outside.

It wraps a tier: guests, their channel and their end are the real ones, and nothing is sent that would
not be sent anyway. All times are the host's; nothing that a guest says about time is believed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from blazer.core.records import IsolationLevel
from blazer.sandbox.capture import OwnOutput
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import Lines
from blazer.sandbox.processes import Guest, Tier
from blazer.sandbox.tiers import make_tier


class Notes:
    """When what happened to one guest, in seconds of `perf_counter`; None where it did not."""

    def __init__(self) -> None:
        self.ready_s: float | None = None
        self.handed_s: float | None = None
        """The program was sent."""
        self.go_s: float | None = None
        """It was told to run it."""
        self.first_print_s: float | None = None
        """The first message that the program itself caused has arrived."""
        self.kill_s: float | None = None
        """Its end was asked for."""
        self.gone_s: float | None = None
        """Its end was known."""
        self.stderr_bytes = 0
        """Written past print."""


class WatchedLines:
    """See `lines.Lines`; passes everything on."""

    def __init__(self, lines: Lines, notes: Notes) -> None:
        self._lines, self._notes = lines, notes

    @property
    def stderr(self) -> OwnOutput:
        """See `lines.Lines`."""
        return self._lines.stderr

    @property
    def pid(self) -> int | None:
        """See `lines.Lines`."""
        return self._lines.pid

    @property
    def ended(self) -> bool:
        """See `lines.Lines`."""
        return self._lines.ended

    @property
    def returncode(self) -> int | None:
        """See `lines.Lines`."""
        return self._lines.returncode

    def adopt(self, pid: int) -> None:
        """See `lines.Lines`."""
        self._lines.adopt(pid)

    async def send(self, message: Mapping[str, Any]) -> None:
        """See `lines.Lines`."""
        kind, now_s = message.get("t"), time.perf_counter()
        if kind == "run" and self._notes.handed_s is None:
            self._notes.handed_s = now_s
        elif kind == "go" and self._notes.go_s is None:
            self._notes.go_s = now_s
        await self._lines.send(message)

    async def read_line(self, timeout_s: float | None = None) -> bytes:
        """See `lines.Lines`."""
        line = await self._lines.read_line(timeout_s)
        if self._notes.first_print_s is None and b'"t":"print"' in line[:40]:
            self._notes.first_print_s = time.perf_counter()
        return line

    async def kill(self) -> None:
        """See `lines.Lines`."""
        await self._lines.kill()

    async def wait(self, timeout_s: float) -> int | None:
        """See `lines.Lines`."""
        return await self._lines.wait(timeout_s)


class WatchedGuest:
    """See `processes.Guest`; passes everything on."""

    def __init__(self, guest: Guest, notes: Notes) -> None:
        self._guest, self.notes = guest, notes
        self.lines: Lines = WatchedLines(guest.lines, notes)

    @property
    def isolation(self) -> IsolationLevel:
        """See `processes.Guest`."""
        return self._guest.isolation

    async def kill(self) -> None:
        """See `processes.Guest`."""
        self.notes.kill_s = time.perf_counter()
        await self._guest.kill()
        self.notes.gone_s = time.perf_counter()
        self.notes.stderr_bytes = self._guest.lines.stderr.total_bytes

    async def out_of_memory(self) -> bool:
        """See `processes.Guest`."""
        return await self._guest.out_of_memory()


class WatchedTier:
    """See `processes.Tier`; passes everything on.

    Args:
        tier: The real one.
    """

    def __init__(self, tier: Tier) -> None:
        self._tier, self.name = tier, tier.name
        self._all: list[Notes] = []

    @property
    def used(self) -> list[Notes]:
        """Of the guests that were given a program, in the order in which they got it."""
        used = [notes for notes in self._all if notes.handed_s is not None]
        return sorted(used, key=lambda notes: notes.handed_s or 0.0)

    @property
    def waiting(self) -> int:
        """Guests that are ready and have no program yet."""
        return sum(n.ready_s is not None and n.handed_s is None and n.kill_s is None for n in self._all)

    async def open(self) -> None:
        """See `processes.Tier`."""
        await self._tier.open()

    async def start_guest(self, *, awaited: bool = True) -> Guest:
        """See `processes.Tier`."""
        guest, notes = await self._tier.start_guest(awaited=awaited), Notes()
        notes.ready_s = time.perf_counter()
        self._all.append(notes)
        return WatchedGuest(guest, notes)

    def hurry(self) -> None:
        """See `processes.Tier`."""
        self._tier.hurry()

    async def start_world(self, arena: str) -> Lines:
        """See `processes.Tier`."""
        return await self._tier.start_world(arena)

    async def close(self) -> None:
        """See `processes.Tier`."""
        await self._tier.close()


def watched_tier(name: str, limits: Limits, *, skills: bool = True) -> WatchedTier:
    """The tier called `name`, watched.

    Args:
        name: Of the tier.
        limits: For its guests.
        skills: Whether they have the skills declared.

    Raises:
        ConfigError: lists the ones that exist.
    """
    return WatchedTier(make_tier(name, limits, skills=skills))
