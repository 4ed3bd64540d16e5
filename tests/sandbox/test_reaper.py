"""The process that cleans up after a host: when it acts, when it leaves, what it does not hold on to."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blazer.sandbox.reaper import Reaper


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


def open_files(pid: int) -> list[str]:
    found = []
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed in between
            found.append(str(fd.readlink()))
    return found


def test_a_clean_close_ends_it_at_once() -> None:
    reaper = Reaper("nobody")
    assert alive(reaper.pid)
    reaper.close(60)
    assert not alive(reaper.pid)
    assert reaper._process.returncode == 0, "it left by itself"


def test_closing_one_that_was_killed_is_no_error() -> None:
    reaper = Reaper("nobody")
    os.kill(reaper.pid, signal.SIGKILL)
    reaper.close()
    assert not alive(reaper.pid)


def test_one_that_was_entrusted_with_the_rest_leaves_no_zombie() -> None:
    reaper = Reaper("nobody")
    pid = reaper.pid
    reaper.entrust()
    os.kill(pid, signal.SIGKILL)  # it would go on looking for containers for a while
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    del reaper
    gc.collect()  # warnings are errors: not of a process that nobody waited for


def test_it_shares_neither_session_nor_output_nor_signals() -> None:
    reaper = Reaper("nobody")
    try:
        deadline = time.monotonic() + 60
        while "blazer.sandbox.reaper" not in command(reaper.pid) or Path(
            f"/proc/{reaper.pid}/cwd"
        ).readlink() != Path("/"):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert os.getsid(reaper.pid) != os.getsid(0)
        files = {fd.name: str(fd.readlink()) for fd in Path(f"/proc/{reaper.pid}/fd").iterdir()}
        assert files["1"] == files["2"] == "/dev/null"
        assert set(files) <= {"0", "1", "2", *(n for n, to in files.items() if "pidfd" in to)}
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(reaper.pid, number)
        time.sleep(0.2)
        assert alive(reaper.pid)
    finally:
        reaper.close()


@pytest.mark.parametrize("way", ["leave", "close", "kill", "kill_with_pipe_held"])
def test_when_it_acts_and_when_it_leaves(way: str) -> None:
    source = (
        "import sys\nfrom blazer.sandbox.reaper import wait_for_end\nprint(wait_for_end(int(sys.argv[1])))"
    )
    host = subprocess.Popen(["sleep", "1000"])
    waiter = subprocess.Popen(
        [sys.executable, "-c", source, str(host.pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert waiter.stdin is not None and waiter.stdout is not None
    try:
        deadline = time.monotonic() + 60
        while not any("pidfd" in name for name in open_files(waiter.pid)):
            assert waiter.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        if way == "leave":
            waiter.stdin.write("leave\n")
            waiter.stdin.flush()
        elif way == "close":
            waiter.stdin.close()
        else:
            host.kill()
            host.wait()
            if way == "kill":
                waiter.stdin.close()
        assert waiter.wait(60) == 0
        assert waiter.stdout.read() == f"{way != 'leave'}\n"
    finally:
        host.kill()
        host.wait()
        waiter.kill()
        waiter.wait()
        waiter.stdin.close()
        waiter.stdout.close()


def test_waiting_loads_nothing_heavy() -> None:
    heavy = ("docker", "pydantic", "asyncio")
    source = f"import sys, blazer.sandbox.reaper\nprint([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=120)
    assert done.stdout == "[]\n"
