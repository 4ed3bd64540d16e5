"""What a hostile program must not touch, laid out on the host: evidence that is not its own word.

Secrets in a file anybody may read, in shared memory, in the host's environment, in a file that the
host holds open and would let a child inherit, and in a neighbour process; a file anybody may change;
sockets that anybody on this machine may connect to; a process that, where this user may arrange it,
runs as the guests' own user. All are where a program without a sandbox finds them at once: the first
test of the harness runs such a program outside of any sandbox to show that each canary sings.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

ENVIRONMENT = "ATTACK_CANARY"
_UNTOUCHED = "as it was\n"
# Every signal that can be blocked stays pending, where the kernel shows it.
_VICTIM = """
import ctypes, os, signal, time
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # dumpable again: its own user may look into it
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
kept = os.environ["VICTIM_SECRET"]
print("ready", flush=True)
while True:
    time.sleep(3600)
"""


class Canaries:
    """A context; `violations` says what was touched since it was last asked."""

    def __init__(self) -> None:
        self._mark = f"CANARY-{secrets.token_hex(8)}"
        self.directory = Path(tempfile.mkdtemp(prefix="attack-canary-"))
        self._close = contextlib.ExitStack()
        self._listening: dict[str, socket.socket] = {}
        self._victim: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Lay everything out."""
        self._close.callback(shutil.rmtree, self.directory)
        self.directory.chmod(0o777)
        self._file("secret", self._secret("file"), 0o644)
        self._file("untouched", _UNTOUCHED, 0o666)
        held = os.open(self._file("held", self._secret("held file"), 0o600), os.O_RDWR)
        self._close.callback(os.close, held)
        os.set_inheritable(held, True)
        self._shared = Path("/dev/shm") / self.directory.name
        if self._shared.parent.is_dir():
            self._shared.write_text(self._secret("shared memory"))
            self._close.callback(self._shared.unlink, missing_ok=True)
        os.environ[ENVIRONMENT] = self._secret("environment")
        self._close.callback(os.environ.pop, ENVIRONMENT, None)
        self._open_sockets()
        self._start_victim()
        self._names = self._listing()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take everything away."""
        self._close.close()

    def fill(self, source: str) -> str:
        """The source with the places of this host's canaries in it; lines stay where they are."""
        tcp, udp = (self._listening[name].getsockname()[1] for name in ("tcp", "udp"))
        assert self._victim is not None
        for token, value in {
            "@CANARY_DIRECTORY@": str(self.directory),
            "@SECRET_FILE@": str(self.directory / "secret"),
            "@UNTOUCHED_FILE@": str(self.directory / "untouched"),
            "@SHARED_FILE@": str(self._shared),
            "@UNIX_SOCKET@": str(self.directory / "socket"),
            "@ABSTRACT_SOCKET@": self.directory.name,
            "@TCP_PORT@": str(tcp),
            "@UDP_PORT@": str(udp),
            "@VICTIM_PID@": str(self._victim.pid),
        }.items():
            source = source.replace(token, value)
        return source

    def secrets_in(self, text: str) -> list[str]:
        """Which secrets are in a text."""
        if self._mark not in text:
            return []
        return [f"the {place}'s secret was read" for place in self._places if self._secret(place) in text]

    def violations(self) -> list[str]:
        """What was touched since the last call; seen from the host."""
        found = [f"somebody connected to the {name} socket" for name in self._contacted()]
        text = (self.directory / "untouched").read_text()
        if text != _UNTOUCHED:
            found.append(f"the canary file was changed to {text[:60]!r}")
            (self.directory / "untouched").write_text(_UNTOUCHED)
        names = self._listing()
        if names != self._names:
            found.append(f"files came or went: {sorted(names ^ self._names)}")
            self._names = names
        return found + self._victim_harmed()

    # -- laying out --

    _places = ("file", "held file", "shared memory", "environment", "victim")

    def _secret(self, place: str) -> str:
        return f"{self._mark}-{self._places.index(place)}"

    def _file(self, name: str, text: str, mode: int) -> Path:
        path = self.directory / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def _listing(self) -> frozenset[str]:
        return frozenset(path.name for path in self.directory.iterdir())

    def _open_sockets(self) -> None:
        for name, family, kind, address in (
            ("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            ("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{self.directory.name}"),
            ("unix", socket.AF_UNIX, socket.SOCK_STREAM, str(self.directory / "socket")),
        ):
            listening = self._close.enter_context(socket.socket(family, kind))
            listening.bind(address)
            listening.setblocking(False)
            if kind == socket.SOCK_STREAM:
                listening.listen(8)
            self._listening[name] = listening
        (self.directory / "socket").chmod(0o777)

    def _contacted(self) -> list[str]:
        found = []
        for name, listening in self._listening.items():
            with contextlib.suppress(BlockingIOError):
                if name == "udp":
                    listening.recv(100)
                else:
                    listening.accept()[0].close()
                found.append(name)
        return found

    def _start_victim(self) -> None:
        victim = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _VICTIM],
            env={"VICTIM_SECRET": self._secret("victim")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
        )
        self._victim = victim
        self._close.callback(self._end_victim, victim)
        assert victim.stdout.readline() == "ready\n"
        self._calm = self._victim_state()

    def _end_victim(self, victim: subprocess.Popen[str]) -> None:
        victim.kill()
        victim.wait()
        if victim.stdout is not None:
            victim.stdout.close()

    def _victim_state(self) -> tuple[str, ...]:
        assert self._victim is not None
        try:
            status = Path(f"/proc/{self._victim.pid}/status").read_text()
            nice = Path(f"/proc/{self._victim.pid}/stat").read_text().rsplit(")", 1)[1].split()[16]
        except OSError:
            return ("gone",)
        wanted = ("SigPnd", "ShdPnd", "TracerPid", "Uid")
        seen = [line for line in status.splitlines() if line.startswith(wanted)]
        # A traced or stopped process shows t or T; sleeping and running are one to us.
        stopped = any(line.startswith("State:") and "\tT" in line.upper() for line in status.splitlines())
        return (*seen, f"nice {nice}", "stopped" if stopped else "not stopped")

    def _victim_harmed(self) -> list[str]:
        state = self._victim_state()
        if state == self._calm:
            return []
        found = [f"the victim process was touched: {sorted(set(state) ^ set(self._calm))}"]
        assert self._victim is not None
        self._end_victim(self._victim)
        self._start_victim()
        return found
