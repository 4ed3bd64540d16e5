"""What the rest of the sandbox needs of a child, whichever way it runs: lines in, lines out, an end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from blazer.sandbox.capture import OwnOutput


class LineTooLong(Exception):
    """A line is longer than its reader takes."""


class EndOfLines(Exception):
    """The other end closed the channel."""


class Lines(Protocol):
    """A line channel to something that can be killed."""

    @property
    def stderr(self) -> OwnOutput:
        """What it wrote past the channel, as far as it has come; all of it once it was killed."""

    @property
    def pid(self) -> int | None:
        """Of the process on this machine; None where that is not known."""

    @property
    def ended(self) -> bool:
        """Whether its end of the channel is closed, or it is known to be dead."""

    @property
    def returncode(self) -> int | None:
        """None while it lives; negative where a signal ended it."""

    def adopt(self, pid: int) -> None:
        """Kill this process instead, from now on; the child ends when it does."""

    async def send(self, message: Mapping[str, Any]) -> None:
        """Write one message.

        Raises:
            EndOfLines: if nobody reads it any more.
        """

    async def read_line(self, timeout_s: float | None = None) -> bytes:
        """The next line.

        Raises:
            TimeoutError: if none came in time.
            EndOfLines: if none will come.
            LineTooLong: if it is beyond the cap.
        """

    async def kill(self) -> None:
        """Kill it with all it started, and wait until it is gone.

        Raises:
            GuestLost: if it does not go.
        """

    async def wait(self, timeout_s: float) -> int | None:
        """Its exit code, or None if it is still there after `timeout_s`."""
