"""A world's container with a door of its own: a socket in place of the daemon's streams.

Covers: the quicker way between host and world, where the daemon runs on this machine. A line by way of
the daemon passes four processes; by the socket, two. Worlds are trusted and get this one mount; guests
get none. Does not cover: a daemon elsewhere, or one whose host refuses the mount or the socket; the
streams are used then, and nothing else changes.

The socket is in a directory that others can enter, because the world has another uid. So whoever comes
in is asked for his process, which must be the container's own; and the directory goes as soon as the
world is in, so that there is nothing left to clean up.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import struct
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blazer.sandbox.docker_lines import DockerLines
from blazer.sandbox.guest import wire
from blazer.sandbox.lines import EndOfLines, LineTooLong
from blazer.sandbox.owners import abandoned_name, owner_name

PREFIX = "blazer-world-"


class Door:
    """Listens for one world. Close it once that is in."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{owner_name()}-"))
        self.directory.chmod(0o711)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # By way of the directory's descriptor: a socket's path may be only a hundred bytes long.
        inside = os.open(self.directory, os.O_PATH | os.O_DIRECTORY)
        try:
            self._socket.bind(f"/proc/self/fd/{inside}/world")
        finally:
            os.close(inside)
        (self.directory / "world").chmod(0o777)
        self._socket.listen(8)
        self._socket.setblocking(False)

    async def let_in(self, pid: int) -> socket.socket:
        """The connection of that process; any other's is closed."""
        while True:
            came, _ = await asyncio.get_running_loop().sock_accept(self._socket)
            packed = came.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            if struct.unpack("3i", packed)[0] == pid:
                return came
            came.close()

    def close(self) -> None:
        """Remove the directory; who is in stays in."""
        self._socket.close()
        shutil.rmtree(self.directory, ignore_errors=True)


def sweep_doors() -> int:
    """Remove the directories of hosts that are gone; how many there were."""
    removed = 0
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if abandoned_name(path.name.removeprefix(PREFIX)):
            with contextlib.suppress(OSError):  # somebody else's, or swept by somebody else
                shutil.rmtree(path)
                removed += 1
    return removed


class WorldLines(DockerLines):
    """A world's container; lines go by the socket once there is one."""

    PACED = False
    _direct: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def use(self, connection: socket.socket) -> None:
        """Send and read by this connection from now on."""
        self._direct = await asyncio.open_unix_connection(sock=connection, limit=self._max)

    @property
    def ended(self) -> bool:
        """See `lines.Lines`."""
        return super().ended or (self._direct is not None and self._direct[0].at_eof())

    async def send(self, message: Mapping[str, Any]) -> None:
        """See `lines.Lines`."""
        if self._direct is None:
            return await super().send(message)
        try:
            self._direct[1].write(wire.encode(dict(message)))
            await self._direct[1].drain()
        except OSError:
            raise EndOfLines from None

    async def read_line(self, timeout_s: float | None = None) -> bytes:
        """See `lines.Lines`."""
        if self._direct is None:
            return await super().read_line(timeout_s)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._direct[0].readuntil(b"\n")
        except asyncio.LimitOverrunError:
            raise LineTooLong from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise EndOfLines from None

    async def kill(self) -> None:
        """See `lines.Lines`."""
        try:
            await super().kill()
        finally:
            if self._direct is not None:
                self._direct[1].close()
