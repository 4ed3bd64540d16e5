"""A step in a process of its own: its memory is given back when it ends, and its death is told from ours.

Spawned, not forked, because threads of torch and of the physics do not survive a fork; and handed its
job as a record rather than as a command line, so that the step gets exactly what was resolved and the
function that opens sandboxes comes along without this room knowing whose it is. The decision to
question is that it dies with us: an orphan that goes on training would meet the next call at the
same directory. Whatever it prints goes to the step's log.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from blazer.agents.opening import OpenRun
from blazer.agents.provenance import code_digest
from blazer.bootstrap.errors import StepFailed, WorkBusy
from blazer.bootstrap.steps import Beat, Hands, Job, Made
from blazer.core.errors import BlazerError

_PR_SET_PDEATHSIG = 1
_BEAT_EVERY_S = 0.5
_CLOSING_S = 30.0
"""What a step is given to close sandbox and files when we are interrupted."""


class Ended(NamedTuple):
    """A step's result, and what it took.

    Attributes:
        made: The result.
        peak_gb: Largest resident memory.
        code: Digest of Blazer's files as the process that worked found them when it began; "" if not told.
    """

    made: Made
    peak_gb: float
    code: str = ""


class Worked(NamedTuple):
    """The last message of a child: one of the two is there.

    Attributes:
        ended: How it went.
        error: What Blazer raised on purpose.
    """

    ended: Ended | None
    error: BlazerError | None


Runner = Callable[[Job, OpenRun, Callable[[Beat | None], None], Path], Ended]
"""(job, what opens runs, told of progress and at least once a second with None, log) -> result."""


def in_child(job: Job, open_run: OpenRun, tell: Callable[[Beat | None], None], log: Path) -> Ended:
    """Do a job in a process of its own.

    Raises:
        BlazerError: whatever the job raised on purpose.
        StepFailed: the process ended without a result.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_main, args=(job, open_run, there, str(log), os.getpid()))
    process.start()
    there.close()
    try:
        worked = _listen(here, tell)
        process.join()
    finally:
        here.close()
        _end(process)
    if worked is None:
        raise StepFailed(_why(process.exitcode, log))
    if worked.error is not None:
        raise worked.error
    assert worked.ended is not None  # noqa: S101  (one of the two is there)
    return worked.ended


def in_this_process(job: Job, open_run: OpenRun, tell: Callable[[Beat | None], None], log: Path) -> Ended:
    """Do a job right here: for whoever debugs one."""
    made = job.work(Hands(open_run, tell))
    return Ended(made, _peak_gb())


def _listen(here: Connection[Any, Any], tell: Callable[[Beat | None], None]) -> Worked | None:
    while True:
        try:
            if not here.poll(1.0):
                tell(None)
                continue
            message = here.recv()
        except EOFError:
            return None
        if isinstance(message, Worked):
            return message
        tell(message)


def _end(process: Any) -> None:
    """Whatever made us leave, the child does not stay."""
    if process.is_alive():
        process.terminate()
        process.join(_CLOSING_S)
    if process.is_alive():
        process.kill()
        process.join()


def _why(exit_code: int | None, log: Path) -> str:
    if exit_code is not None and exit_code < 0:
        name = signal.Signals(-exit_code).name
        memory = " (often: the machine ran out of memory)" if name == "SIGKILL" else ""
        return f"its process was ended by {name}{memory}; the same command goes on; log: {log}"
    return f"its process ended with exit code {exit_code}: {_last_line(log)}; log: {log}"


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return "no log"
    return lines[-1][:300] if lines else "it said nothing"


# --- in the child ---------------------------------------------------------------------------------


def _main(job: Job, open_run: OpenRun, there: Connection[Any, Any], log: str, parent: int) -> None:
    _follow(parent)
    signal.signal(signal.SIGTERM, _as_interrupt)
    _write_to(Path(log))
    try:
        with lock(
            Path(log).parent / "lock", "this step is still being closed by a process before", wait_s=60
        ):
            code = code_digest()
            worked = Worked(Ended(job.work(Hands(open_run, _teller(there))), _peak_gb(), code), None)
    except KeyboardInterrupt:
        sys.exit(130)
    except BlazerError as error:
        sys.stderr.write(f"error: {error}\n")
        worked = Worked(None, error)
    there.send(worked)
    there.close()


def _follow(parent: int) -> None:
    """Be told when our parent dies, and leave the terminal's Ctrl-C to it."""
    os.setpgid(0, 0)
    with contextlib.suppress(OSError, AttributeError):  # where there is no prctl, an orphan finishes its step
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(130)


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)


def _write_to(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for number in (1, 2):
        os.dup2(handle, number)
    os.close(handle)


def _teller(there: Connection[Any, Any]) -> Callable[[Beat], None]:
    """Sends beats on, not more often than anybody can read."""
    last = 0.0

    def tell(beat: Beat) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _BEAT_EVERY_S or beat.done >= beat.total > 0:
            last = now
            there.send(beat)

    return tell


def _peak_gb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 3)


@contextmanager
def lock(path: Path, busy: str, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold a lock file; the system lets go of it when we die.

    Args:
        path: The file.
        busy: What to say when another process holds it.
        wait_s: How long to wait for it.

    Raises:
        WorkBusy: it is held.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + wait_s
    with path.open("a+") as stream:
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise WorkBusy(f"{busy} ({path} is held); wait for it to end, or end it") from None
                time.sleep(0.2)
        yield
