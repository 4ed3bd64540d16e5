"""A container that speaks lines over the daemon's attach stream: no CLI process, no port, no file.

The stream carries stdout and stderr in frames (8 bytes of header: which one, and how long). stdin is
closed when this connection goes, so a host that dies leaves an end of file behind, and the container
ends by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import struct
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self, TypeVar

from docker.errors import DockerException, NotFound

from blazer.sandbox.capture import OwnOutput
from blazer.sandbox.docker_absence import Presence, patiently
from blazer.sandbox.errors import GuestLost
from blazer.sandbox.guest import wire
from blazer.sandbox.lines import EndOfLines, LineTooLong
from blazer.sandbox.pacing import Pace
from blazer.sandbox.processes import DRAIN_S, KILL_WAIT_S, STDERR_CAP_BYTES

T = TypeVar("T")
OOM_NEWS_S = (0.0, 0.05, 0.2, 0.5, 1.25)
"""Waits between questions whether a death was for memory: on a busy machine the news takes most of a second.
Only programs that end with the exit code of such a death, and had none, wait for all of them."""


class DockerLines:
    """See `lines.Lines`. Make it with `start`.

    Args:
        api: The SDK's low-level client.
        threads: Where its blocking calls are made.
        container: Identity.
        stream: The attached socket.
        max_line_bytes: Longer lines are refused.
        on_gone: Called with this object once the container is dead.
        presence: Tells whether the daemon has been there all the time.
    """

    PACED = True
    """Whether a flood is slowed down."""

    def __init__(
        self,
        api: Any,
        threads: ThreadPoolExecutor,
        container: str,
        stream: socket.socket,
        max_line_bytes: int,
        on_gone: Callable[[DockerLines], None],
        presence: Presence | None = None,
    ) -> None:
        self._presence = presence
        self._absences = presence.absences if presence else 0
        self._api, self._threads, self._container = api, threads, container
        self._stream, self._max = stream, max_line_bytes
        self._buffer = bytearray()
        self._changed = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._ended = self._discard = False
        self._returncode: int | None = None
        self._on_gone = on_gone
        self._pidfd: int | None = None
        self.out_of_memory = False
        """Known after `kill`: whether the kernel ended it for its memory."""
        self.stderr = OwnOutput(STDERR_CAP_BYTES)
        self._pace = Pace() if self.PACED else None
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(
        cls,
        api: Any,
        threads: ThreadPoolExecutor,
        config: Mapping[str, Any],
        max_line_bytes: int,
        on_gone: Callable[[DockerLines], None],
        presence: Presence | None = None,
    ) -> Self:
        """Create, attach and start a container; a daemon that is away is waited for.

        Args:
            config: For the SDK's `create_container`.

        Raises:
            docker.errors.DockerException: if the daemon refuses, or stays away.
        """

        def create() -> tuple[str, socket.socket]:
            container = api.create_container(**config)["Id"]
            wanted = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            # Attached before it starts, so that no byte can be missed.
            attached = api.attach_socket(container, params=wanted)
            stream: socket.socket = attached._sock
            duplicate = stream.dup()
            # The SDK would leave its own end to the garbage collector.
            attached.close()
            stream.close()
            api.start(container)
            duplicate.setblocking(False)
            return container, duplicate

        async def once() -> tuple[str, socket.socket]:
            started = asyncio.get_running_loop().run_in_executor(threads, create)
            try:
                return await asyncio.shield(started)
            except asyncio.CancelledError:
                # The thread goes on; the tier removes the container, and this the connection.
                started.add_done_callback(_close_stream)
                raise

        try:
            container, stream = await patiently(once)
        except OSError as error:
            raise DockerException(f"nobody answers: {error}") from error
        return cls(api, threads, container, stream, max_line_bytes, on_gone, presence)

    @property
    def pid(self) -> int | None:
        """Not known without asking the daemon."""
        return None

    @property
    def returncode(self) -> int | None:
        """See `lines.Lines`; known once it was waited for."""
        return self._returncode

    @property
    def ended(self) -> bool:
        """Whether the stream is at its end."""
        return self._ended

    def adopt(self, pid: int) -> None:
        """A container is killed as a whole."""

    def watch(self, pid: int, is_it: Callable[[], bool]) -> bool:
        """Know the container's first process on this machine, to be killed and seen dead without the daemon.

        All others of its pid namespace are gone before it is. Who may not send it a signal (an
        ordinary user, or a rootless daemon's container) asks the daemon to, and watches all the same.

        Args:
            pid: As the daemon says.
            is_it: Whether that number means the container's process here; asked once it is held fast,
                so that it cannot come to mean another one in between.
        """
        try:
            self._pidfd = os.pidfd_open(pid)
        except OSError:
            return False
        if not is_it():
            os.close(self._pidfd)
            self._pidfd = None
        return self._pidfd is not None

    async def send(self, message: Mapping[str, Any]) -> None:
        """See `lines.Lines`."""
        try:
            await asyncio.get_running_loop().sock_sendall(self._stream, wire.encode(dict(message)))
        except OSError:
            raise EndOfLines from None

    async def read_line(self, timeout_s: float | None = None) -> bytes:
        """See `lines.Lines`."""
        async with asyncio.timeout(timeout_s):
            while True:
                end = self._buffer.find(b"\n")
                if end > self._max or (end < 0 and len(self._buffer) > self._max):
                    raise LineTooLong
                if end >= 0:
                    line = bytes(self._buffer[: end + 1])
                    del self._buffer[: end + 1]
                    if len(self._buffer) < 4 * self._max:
                        self._room.set()
                    return line
                if self._ended:
                    raise EndOfLines
                self._changed.clear()
                await self._changed.wait()

    async def kill(self) -> None:
        """See `lines.Lines`."""
        # Read on, into nothing: a stream that nobody reads can keep the daemon from ending it.
        died_by_itself = self._ended
        self._discard = True
        self._room.set()
        if self._pace is not None:
            self._pace.hurry()
        try:
            await self._see_dead(died_by_itself)
        finally:
            self._reader.cancel()
            # Once nobody reads from it any more: its number may soon be another one's.
            self._reader.add_done_callback(lambda _: self._stream.close())
            if self._pidfd is not None:
                os.close(self._pidfd)
                self._pidfd = None
            self._on_gone(self)

    async def _see_dead(self, died_by_itself: bool) -> None:
        if self._returncode is None and self._pidfd is not None and not died_by_itself:
            await self._kill_here(self._pidfd)
        if self._returncode is None:
            with contextlib.suppress(DockerException, OSError):  # gone already? `wait` decides
                await patiently(lambda: self._call(lambda: self._api.kill(self._container)))
            if await self.wait(KILL_WAIT_S) is None:
                raise GuestLost(f"container {self._container[:12]} was killed and is still there")
        if died_by_itself:
            self.out_of_memory = await self._was_out_of_memory()
        if not self.stderr.complete.is_set():
            # The daemon hands on what was written before the death, and ends the stream after it.
            await asyncio.wait([self._reader], timeout=DRAIN_S)
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader

    async def _kill_here(self, pidfd: int) -> None:
        """Kill by signal, where we may, and see it dead; a quarter of what it takes by way of the daemon."""
        try:
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        except OSError:
            return  # dead already, or not ours to kill
        if await readable(pidfd, KILL_WAIT_S):
            self._returncode = -signal.SIGKILL

    async def wait(self, timeout_s: float) -> int | None:
        """See `lines.Lines`.

        Raises:
            GuestLost: if the daemon does not answer.
        """
        if self._returncode is None and timeout_s > 0:
            if self._pidfd is not None and not await readable(self._pidfd, timeout_s):
                return None
            # Of one that is seen to be dead, a busy daemon is bound to tell.
            told_s = timeout_s if self._pidfd is None else KILL_WAIT_S
            try:
                code = await patiently(lambda: self._exit_code(told_s))
                # A daemon tells of signal n as 128 + n; beyond the last signal it is the program's own.
                self._returncode = 128 - code if 128 < code <= 128 + signal.SIGRTMAX else code
            except TimeoutError:
                pass
            except NotFound:
                self._returncode = -9  # removed by somebody else, which kills it
            except (DockerException, OSError) as error:
                raise GuestLost(f"the Docker daemon does not answer: {error}") from None
            if self._presence is not None and self._presence.absences != self._absences:
                # Whatever it ended with: its channel was cut, or it was killed, when the daemon went.
                self._returncode = -9 if self._returncode is not None else None
        return self._returncode

    async def _exit_code(self, timeout_s: float) -> int:
        """Within `timeout_s` of a daemon that answers: time without one does not count."""
        async with asyncio.timeout(timeout_s):
            reply = await self._call(lambda: self._api.wait(self._container, timeout=KILL_WAIT_S))
        return int(reply["StatusCode"])

    async def inspect(self) -> dict[str, Any]:
        """The daemon's word on the container.

        Raises:
            docker.errors.DockerException: if it has none.
        """
        found: dict[str, Any] = await self._call(lambda: self._api.inspect_container(self._container))
        return found

    async def _was_out_of_memory(self) -> bool:
        """What the daemon heard from the kernel; it may hear of the end before it hears why."""
        for wait_s in OOM_NEWS_S if self._returncode == -signal.SIGKILL else (0.0,):
            await asyncio.sleep(wait_s)
            with contextlib.suppress(DockerException, OSError):
                if (await self.inspect())["State"].get("OOMKilled"):
                    return True
        return False

    async def remove(self) -> None:
        """Let the daemon forget it."""
        with contextlib.suppress(DockerException, OSError):  # the next sweep finds it
            await self._call(lambda: self._api.remove_container(self._container, force=True, v=True))

    async def _call(self, request: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, request)

    async def _read(self) -> None:
        loop, pending = asyncio.get_running_loop(), bytearray()
        try:
            while True:
                await self._room.wait()
                data = await loop.sock_recv(self._stream, 64 * 1024)
                if not data:
                    break
                pending += data
                self._unpack(pending)
                if self._pace is not None:
                    await self._pace.took(len(data))
        except OSError:
            pass
        finally:
            self._ended = True
            self._changed.set()

    def _unpack(self, pending: bytearray) -> None:
        while len(pending) >= 8:
            kind, length = struct.unpack(">BxxxI", pending[:8])
            if len(pending) < 8 + length:
                return
            data = bytes(pending[8 : 8 + length])
            del pending[: 8 + length]
            if kind == 2:
                self.stderr.add(data)
            elif not self._discard:
                self._buffer += data
                self._changed.set()
                if len(self._buffer) >= 4 * self._max:
                    self._room.clear()


def _close_stream(started: asyncio.Future[tuple[str, socket.socket]]) -> None:
    if not started.cancelled() and started.exception() is None:
        started.result()[1].close()


async def readable(fd: int, timeout_s: float) -> bool:
    """Whether a descriptor becomes readable in time, as a process's does at its end."""
    loop = asyncio.get_running_loop()
    seen: asyncio.Future[None] = loop.create_future()
    # A descriptor of its own: a selector takes each only once, and two may be waiting.
    own = os.dup(fd)
    loop.add_reader(own, _settle, seen)
    try:
        async with asyncio.timeout(timeout_s):
            await seen
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(own)
        os.close(own)
    return True


def _settle(seen: asyncio.Future[None]) -> None:
    if not seen.done():
        seen.set_result(None)
