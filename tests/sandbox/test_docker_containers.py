"""Containers by themselves: a world's own door, and what the daemon tells of an end."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from blazer.core.errors import SandboxError
from blazer.sandbox import docker_config, docker_world
from blazer.sandbox.docker_lines import DockerLines, readable
from blazer.sandbox.docker_tier import DockerTier
from blazer.sandbox.docker_world import Door, sweep_doors
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import EndOfLines

KNOCK = "import socket, sys\nsys.stdin.read(1)\ns = socket.socket(socket.AF_UNIX)\n"
KNOCK += "s.connect(sys.argv[1])\ns.recv(1)\n"


async def test_a_door_lets_in_only_the_world() -> None:
    door = Door()
    command = [sys.executable, "-S", "-c", KNOCK, str(door.directory / "world")]
    stranger, world = (subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(2))
    with stranger, world:
        try:
            waiting = asyncio.create_task(door.let_in(world.pid))
            await asyncio.to_thread(stranger.communicate, b"x", 60)
            assert stranger.returncode == 0  # hung up on
            assert not waiting.done()
            assert world.stdin is not None
            world.stdin.write(b"x")
            world.stdin.flush()
            came = await asyncio.wait_for(waiting, 60)
            assert world.poll() is None
            came.close()
            assert await asyncio.to_thread(world.wait, 60) == 0
        finally:
            stranger.kill()
            world.kill()
            door.close()
    assert not door.directory.exists()


def test_doors_of_the_dead_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mine = Door()
    (tmp_path / f"{docker_world.PREFIX}00000000-1-1-x").mkdir()
    (tmp_path / f"{docker_world.PREFIX}of-somebody").mkdir()
    assert sweep_doors() == 1
    assert mine.directory.exists()
    assert (tmp_path / f"{docker_world.PREFIX}of-somebody").exists()
    mine.close()


async def test_a_descriptor_is_waited_for_but_not_longer_than_said() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert not await readable(ours.fileno(), 0.05)
        waiting = [asyncio.create_task(readable(ours.fileno(), 10)) for _ in range(2)]
        await asyncio.sleep(0)
        theirs.send(b"x")
        assert await asyncio.gather(*waiting) == [True, True]


def test_a_guest_has_no_mount_and_worlds_one_at_most() -> None:
    guest = docker_config.guest_config("x", Limits(), {})
    assert not {"mounts", "binds", "volumes_from", "devices"} & set(guest["host_config"])
    world = docker_config.world_config("x", "fake", {}, "/tmp/door")
    assert [mount["Source"] for mount in world["host_config"]["mounts"]] == ["/tmp/door"]
    assert docker_config.world_config("x", "fake", {})["host_config"]["mounts"] == []


@pytest_asyncio.fixture
async def tier() -> AsyncIterator[DockerTier]:
    made = DockerTier(Limits())
    try:
        await made.open()
    except SandboxError as error:
        await made.close()
        if "docker" in os.environ.get("BLAZER_REQUIRE", "").split(","):
            raise
        pytest.skip(f"no docker tier here: {error}")
    yield made
    await made.close()


async def ended(tier: DockerTier, source: str) -> tuple[int | None, bool]:
    """How a container that runs a line of Python ended, and whether that was for memory."""
    config = {**tier.guest_config(), "command": ["python3", "-S", "-c", source]}
    config["host_config"] = {**config["host_config"], "mem_limit": "32m", "memswap_limit": "32m"}
    lines = await tier._start(config, 1000, DockerLines)
    with pytest.raises(EndOfLines):
        await lines.read_line(60)
    code = await lines.wait(30)
    await lines.kill()
    return code, lines.out_of_memory


@pytest.mark.docker
@pytest.mark.parametrize(
    ("source", "code", "memory"),
    [
        ("x = bytearray(100 << 20)", -9, True),
        ("raise MemoryError", 1, False),
        ("import os; os._exit(137)", -9, False),
        ("pass", 0, False),
    ],
)
async def test_only_the_kernels_kill_is_out_of_memory(
    tier: DockerTier, source: str, code: int, memory: bool
) -> None:
    assert await ended(tier, source) == (code, memory)


@pytest.mark.docker
@pytest.mark.parametrize("doors", [True, False])
async def test_a_world_is_reached_with_and_without_a_door(tier: DockerTier, doors: bool) -> None:
    tier._doors = tier._doors and doors
    lines = await tier.start_world("fake")
    try:
        assert (lines._direct is not None) is tier._doors
        await lines.send({"op": "about"})
        assert b"backend" in await lines.read_line(30)
    finally:
        await lines.kill()
    assert lines.ended


@pytest.mark.docker
async def test_a_directory_that_cannot_be_mounted_costs_only_the_door(
    tier: DockerTier, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not tier._doors:
        pytest.skip("the daemon is not on this machine")
    config = docker_config.world_config

    def elsewhere(image: str, arena: str, found: dict[str, str], directory: str = "") -> dict[str, Any]:
        return config(image, arena, found, directory and "/nowhere/at/all")

    monkeypatch.setattr(docker_config, "world_config", elsewhere)
    lines = await tier.start_world("fake")
    await lines.kill()
    assert tier._doors is False


@pytest.mark.docker
async def test_connections_and_descriptors_do_not_grow(tier: DockerTier) -> None:
    async def once() -> int:
        guest = await tier.start_guest()
        world = await tier.start_world("fake")
        await guest.kill()
        await world.kill()
        if tier._removals:
            await asyncio.wait(tier._removals)
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208

    await once()  # the client's own connections
    first = await once()
    assert await once() <= first + 1
    assert await once() <= first + 1
