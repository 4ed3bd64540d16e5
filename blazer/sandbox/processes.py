"""A child process that speaks lines, and what a tier must offer.

Time-outs are kept here, on the host's monotonic clock; a process is not gone until the kernel says
so. stderr is always drained, into a capped capture: a child can never block on it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from blazer.core.records import IsolationLevel
from blazer.sandbox.capture import OwnOutput
from blazer.sandbox.errors import GuestLost
from blazer.sandbox.guest import wire
from blazer.sandbox.lines import EndOfLines, Lines, LineTooLong
from blazer.sandbox.pacing import Pace

STDERR_CAP_BYTES = 16 * 1024
KILL_WAIT_S = 10.0
DRAIN_S = 2.0
"""How long what was written before a death may take to come; a busy machine is slow to hand it on."""


class _Exit(asyncio.subprocess.SubprocessStreamProtocol):
    """Tells at once when the child has ended.

    asyncio's own `wait` also waits for the pipes to close, which a pipe that is full and no longer
    read never does.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit, loop=asyncio.get_running_loop())
        self.seen = asyncio.Event()

    def process_exited(self) -> None:
        """Called by asyncio."""
        super().process_exited()
        self.seen.set()


class LineProcess:
    """A child with a line channel on stdin and stdout. Make it with `start`."""

    def __init__(self, process: asyncio.subprocess.Process, exited: asyncio.Event) -> None:
        self._process, self._exited = process, exited
        self.stderr = OwnOutput(STDERR_CAP_BYTES)
        self._pace = Pace()
        self._drain = asyncio.create_task(self._drain_stderr())
        self._pidfd: int | None = None
        self.inner_pid = process.pid
        """Of the process that goes on in namespaces of its own, once it has been adopted."""

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        max_line_bytes: int = wire.MAX_LINE_BYTES + 1,
    ) -> LineProcess:
        """Start a command in a session of its own.

        Raises:
            OSError: if it cannot be started.
        """
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.subprocess_exec(
            lambda: _Exit(max_line_bytes),
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=dict(env) if env is not None else None,
            start_new_session=True,
        )
        return cls(asyncio.subprocess.Process(transport, protocol, loop), protocol.seen)

    @property
    def pid(self) -> int:
        """Of the child."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it lives; negative where a signal ended it."""
        return self._process.returncode

    @property
    def ended(self) -> bool:
        """See `lines.Lines`."""
        stdout = self._process.stdout
        return self._process.returncode is not None or (stdout is not None and stdout.at_eof())

    def adopt(self, pid: int) -> None:
        """Kill this process instead of the child, from now on; the child ends when it does."""
        with contextlib.suppress(OSError):
            self._pidfd = os.pidfd_open(pid)
            self.inner_pid = pid

    async def send(self, message: Mapping[str, Any]) -> None:
        """Write one message.

        Raises:
            EndOfLines: if nobody reads it any more.
        """
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101  (made with PIPE)
        try:
            stdin.write(wire.encode(dict(message)))
            await stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            raise EndOfLines from None

    async def read_line(self, timeout_s: float | None = None) -> bytes:
        """The next line.

        Raises:
            TimeoutError: if none came in time.
            EndOfLines: if none will come.
            LineTooLong: if it is beyond the cap.
        """
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101  (made with PIPE)
        try:
            async with asyncio.timeout(timeout_s):
                line = await stdout.readuntil(b"\n")
        except asyncio.IncompleteReadError:
            raise EndOfLines from None
        except asyncio.LimitOverrunError:
            raise LineTooLong from None
        except (BrokenPipeError, ConnectionResetError):
            raise EndOfLines from None
        return line

    async def kill(self) -> None:
        """Kill it and wait until it is gone.

        Raises:
            GuestLost: if the kernel does not let go of it within `KILL_WAIT_S`.
        """
        self.kill_now()
        self._pace.hurry()
        try:
            if await self.wait(KILL_WAIT_S) is None:
                raise GuestLost(f"process {self.pid} was killed {KILL_WAIT_S:g} s ago and is still there")
            # What it wrote last is still in the pipe; a grandchild that holds it is drained no further.
            await asyncio.wait([self._drain], timeout=DRAIN_S)
        finally:
            self._drain.cancel()
            self._close_pipes()
            if self._pidfd is not None:
                os.close(self._pidfd)
                self._pidfd = None

    def kill_now(self) -> None:
        """Send the signal and do not wait."""
        if self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError, OSError):
            if self._pidfd is not None:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            else:
                # Its session is its own, so this takes along whatever it started.
                os.killpg(self._process.pid, signal.SIGKILL)

    async def wait(self, timeout_s: float) -> int | None:
        """Its exit code, or None if it is still there after `timeout_s`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._exited.wait()
        return self._process.returncode

    def _close_pipes(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        # asyncio closes the reading ends only at their end of file, which a surviving grandchild
        # could hold off for ever.
        transport = getattr(self._process, "_transport", None)
        if transport is not None:
            transport.close()

    async def _drain_stderr(self) -> None:
        stream = self._process.stderr
        assert stream is not None  # noqa: S101  (made with PIPE)
        with contextlib.suppress(ConnectionResetError):
            while data := await stream.read(64 * 1024):
                self.stderr.add(data)
                await self._pace.took(len(data))


def cpu_s(pid: int, proc: Path = Path("/proc")) -> float | None:
    """CPU time that a process and its living descendants have used; None where that cannot be seen."""
    try:
        fields = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        children = [
            int(child)
            for task in (proc / str(pid) / "task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except (OSError, ValueError, IndexError):
        return None
    return used + sum(cpu_s(child, proc) or 0.0 for child in children)


class Guest(Protocol):
    """A confined, waiting interpreter; good for one program."""

    @property
    def lines(self) -> Lines:
        """Its channel."""

    @property
    def isolation(self) -> IsolationLevel:
        """What it proved."""

    async def kill(self) -> None:
        """Kill it with all it started, and wait until it is gone."""

    async def out_of_memory(self) -> bool:
        """Whether the kernel killed it, or something in it, for memory. Asked after `kill`."""


class Tier(Protocol):
    """A way to isolate guests."""

    name: str

    async def open(self) -> None:
        """Check that the tier can be had, and clean up what a killed host left behind.

        Raises:
            SandboxUnavailable: says what is missing and what to do.
        """

    async def start_guest(self, *, awaited: bool = True) -> Guest:
        """A guest that has confined itself, proved it and waits.

        Args:
            awaited: Whether a program waits for it; otherwise programs that run come first, where
                the tier can see to that.

        Raises:
            SandboxUnavailable: it cannot prove what the tier promises.
            SandboxError: it could not be started.
        """

    def hurry(self) -> None:
        """A program waits now for a guest whose start was not awaited."""

    async def start_world(self, arena: str) -> Lines:
        """A world process that has said that it is ready."""

    async def close(self) -> None:
        """Let go of everything."""
