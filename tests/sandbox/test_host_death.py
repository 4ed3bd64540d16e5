"""A host that is killed or interrupted leaves no process and no container."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from blazer.core.errors import SandboxError
from blazer.sandbox.sandbox import Sandbox

SCRIPT = Path(__file__).parent / "host_script.py"


@pytest.fixture
def host(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A host in the middle of an endless program."""
    # Not in this process group, and with Ctrl-C not ignored, as in a terminal.
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), *request.param.split()],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def left_behind(host_pid: int) -> list[str]:
    """Command lines of guests and worlds of that host."""
    found = []
    for path in Path("/proc").iterdir():
        try:
            parts = (path / "cmdline").read_text().split("\0") if path.name.isdigit() else []
        except OSError:
            continue
        if str(host_pid) in parts and any("blazer" in part for part in parts):
            found.append(" ".join(parts))
    return found


def assert_nothing_left(host_pid: int) -> None:
    deadline = time.monotonic() + 60
    while left_behind(host_pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left_behind(host_pid) == []


@pytest.mark.parametrize("host", ["process", "process raw_busy", "process raw_asleep", "none"], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_survives_its_host(host: subprocess.Popen[str], number: signal.Signals) -> None:
    assert len(left_behind(host.pid)) >= 3
    os.kill(host.pid, number)
    host.wait(60)
    assert_nothing_left(host.pid)


@pytest.mark.docker
@pytest.mark.parametrize("host", ["docker"], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_no_container_survives_the_next_start(host: subprocess.Popen[str], number: signal.Signals) -> None:
    from blazer.sandbox.docker_client import LABEL, OWNER_LABEL, connect  # noqa: PLC0415

    def containers() -> list[str]:
        found = client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True)
        return [c.short_id for c in found if c.labels.get(OWNER_LABEL, "").split(":")[2] == str(host.pid)]

    async def start_another() -> None:
        async with Sandbox("docker", backend="fake", workers=1):
            pass

    client = connect()
    assert len(containers()) >= 3
    os.kill(host.pid, number)
    host.wait(60)
    if number is signal.SIGINT:
        assert containers() == []
    asyncio.run(start_another())
    assert containers() == []
    client.close()


@pytest.mark.docker
@pytest.mark.parametrize("host", ["docker", "docker raw_busy", "docker raw_asleep"], indirect=True)
def test_no_container_survives_a_killed_host(host: subprocess.Popen[str]) -> None:
    from blazer.sandbox.docker_client import LABEL, OWNER_LABEL, connect  # noqa: PLC0415

    def containers() -> list[str]:
        found = client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True)
        return [c.short_id for c in found if c.labels.get(OWNER_LABEL, "").split(":")[2] == str(host.pid)]

    client = connect()
    assert len(containers()) >= 3
    assert left_behind(host.pid), "the reaper is there"
    os.kill(host.pid, signal.SIGKILL)
    host.wait(60)
    deadline = time.monotonic() + 60
    while (containers() or left_behind(host.pid)) and time.monotonic() < deadline:
        time.sleep(0.2)
    found = containers()
    client.close()
    assert found == []
    assert left_behind(host.pid) == []


@pytest.fixture(autouse=True)
def _needs_docker(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("docker") is None or "docker" in os.environ.get("BLAZER_REQUIRE", ""):
        return
    try:
        asyncio.run(_open_and_close())
    except SandboxError as error:
        pytest.skip(f"no docker tier here: {error}")


async def _open_and_close() -> None:
    async with Sandbox("docker", backend="fake", workers=1):
        pass
