"""Starts drivers, gives up on them in time, and removes what they leave.

Covers a driver that is missing, prints nonsense, dies, or hangs with a container burning CPU. Touches only
containers that a driver has named or that run a peer's own image, and only processes that descend from a
driver; so two comparisons at a time on one daemon would disturb each other.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import blazer
from blazer.eval.peers.containers import remove
from blazer.eval.peers.processes import descendants, started_at

DRIVERS = "blazer.eval.peers.drivers"
LEAVE_S = 60.0
"""Longest wait for a driver to end its sandbox after it has answered."""
_BOOT = """
import runpy, sys
root, driver = sys.argv[1:3]
del sys.argv[1:3]
sys.path.append(root)
runpy.run_module(driver, run_name="__main__")
"""


class Launch(NamedTuple):
    """How a driver is started.

    Attributes:
        command: Program and arguments.
        environment: Added to this process's own.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str] = {}


def driver_launch(python: Path, driver: str, *arguments: str, config: Path | None = None) -> Launch:
    """A driver of this package under another interpreter.

    Blazer's own folder comes last on the path there, so that it shadows none of the peer's packages.

    Args:
        python: The interpreter with the peer in it.
        driver: Module in `drivers`.
        arguments: For the driver.
        config: Folder for DOCKER_CONFIG, where it exists; what the peer keeps lies beside it.
    """
    root = Path(blazer.__file__).parents[1]
    boot = (str(python), "-P", "-c", _BOOT, str(root), f"{DRIVERS}.{driver}", *arguments)
    if config is None or not config.parent.is_dir():
        return Launch(boot)
    # Files that a peer keeps in the user's home go where `scripts/peers clean` removes them.
    environment = {"XDG_DATA_HOME": str(config.parent / "data")}
    if config.is_dir():
        environment["DOCKER_CONFIG"] = str(config)
    return Launch(boot, environment)


class Reply(NamedTuple):
    """What came of a step.

    Attributes:
        answer: What the driver said; None if nothing came.
        why: Why nothing came.
        late: Whether it was still at work when its time was over.
        opened: Ids of the containers that it named.
    """

    answer: dict[str, Any] | None
    why: str = ""
    late: bool = False
    opened: tuple[str, ...] = ()


class DriverProcess:
    """One driver at work on one request; a context, which leaves neither process nor container.

    Raises:
        OSError: on entering, if there is no such interpreter.
    """

    def __init__(self, launch: Launch, request: Mapping[str, Any]) -> None:
        self._launch, self._request = launch, request
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._stderr: list[str] = []
        self._opened: list[str] = []
        self._children: dict[int, str] = {}

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(  # noqa: S603  (the interpreter that the user named)
            self._launch.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **self._launch.environment},
            text=True,
            errors="backslashreplace",
            start_new_session=True,
        )
        assert self.process.stdin and self.process.stdout and self.process.stderr  # noqa: S101
        self._readers = [
            threading.Thread(target=self._read_out, args=(self.process.stdout,), daemon=True),
            threading.Thread(target=self._read_err, args=(self.process.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(dict(self._request)) + "\n")
            self.process.stdin.flush()
        return self

    def _read_out(self, stream: Any) -> None:
        for line in stream:
            self._lines.put(line)
        self._lines.put(None)

    def _read_err(self, stream: Any) -> None:
        for line in stream:
            self._stderr = [*self._stderr[-20:], line.rstrip()]

    def reply(self, deadline_s: float) -> Reply:
        """Wait for the answer."""
        until_s = time.monotonic() + deadline_s
        while True:
            try:
                line = self._lines.get(timeout=max(until_s - time.monotonic(), 0.01))
            except queue.Empty:
                return Reply(None, f"no answer within {deadline_s:.0f} s", True, self.containers)
            if line is None:
                return Reply(None, self._last_words(), False, self.containers)
            try:
                fields = json.loads(line)
            except ValueError:
                continue  # a library that prints; the channel is no library's, but one can still try
            if not isinstance(fields, dict):
                continue
            self._opened += [str(name) for name in fields.get("opened", ())]
            if isinstance(fields.get("answer"), dict):
                self._opened += [str(name) for name in fields["answer"].get("containers", ())]
                return Reply(fields["answer"], "", False, self.containers)

    def opened(self, deadline_s: float) -> Reply | None:
        """Wait until the driver says that its sandbox is open.

        Starting may take long on a busy machine, and is no part of a program's time.

        Returns:
            None, or why it did not open.
        """
        until_s = time.monotonic() + deadline_s
        while time.monotonic() < until_s:
            try:
                line = self._lines.get(timeout=0.2)
            except queue.Empty:
                continue
            if line is None:
                return Reply(None, self._last_words())
            if line.startswith('{"opened"'):
                self._opened += json.loads(line)["opened"]
                return None
        return Reply(None, f"its sandbox did not open within {deadline_s:.0f} s")

    @property
    def containers(self) -> tuple[str, ...]:
        """Those that it has named so far."""
        return tuple(dict.fromkeys(self._opened))

    def _last_words(self) -> str:
        self._readers[1].join(2.0)
        code = self.process.wait()
        words = next((line.strip() for line in reversed(self._stderr) if line.strip()), "it said nothing")
        return f"the driver ended with {code}: {words[:300]}"

    def kill(self) -> None:
        """SIGKILL to the driver itself, as a machine out of memory would; to none of its children."""
        self._note_children()
        self.process.kill()
        self.process.wait()

    def _note_children(self) -> None:
        born = {pid: started_at(pid) for pid in descendants(self.process.pid)}
        self._children |= {pid: began for pid, began in born.items() if began is not None}

    @property
    def had_children(self) -> bool:
        """Whether the driver had any when it was killed."""
        return bool(self._children)

    def children_left(self) -> list[int]:
        """Processes that descended from the driver when it was killed, and still live."""
        return [pid for pid, began in self._children.items() if started_at(pid) == began]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self.process.stdin and self.process.stdout and self.process.stderr  # noqa: S101
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        if kind is None and self._lines.empty():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(LEAVE_S)
        if self.process.poll() is None:
            self.kill()
        for pid in self.children_left():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        remove(self.containers)
        for reader in self._readers:
            reader.join(5.0)
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()


def ask(launch: Launch, request: Mapping[str, Any], deadline_s: float, start_s: float = 0.0) -> Reply:
    """One step from start to end.

    Args:
        launch: The driver.
        request: The step.
        deadline_s: Longest wait for the answer.
        start_s: If given, the longest wait for an open sandbox, from which `deadline_s` counts.
    """
    try:
        with DriverProcess(launch, request) as driver:
            reply = driver.opened(start_s) if start_s else None
            reply = reply or driver.reply(deadline_s)
            if driver.process.poll() is None and reply.answer is None:
                driver.kill()
            return reply
    except OSError as error:
        why = error.strerror or error
        return Reply(None, f"{launch.command[0]} cannot be started: {why}; make it with: scripts/peers setup")
