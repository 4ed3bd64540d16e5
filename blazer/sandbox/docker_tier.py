"""Guests in containers of their own, one program each; worlds in containers that have no network.

Covers, by the container: network, files, other processes, privileges, system calls, memory, number
of processes, CPU; and inside it the guest confines itself further, as in the process tier (no new
processes, no new files). Does not cover: bugs of the kernel and of the container runtime; for those
there is the `runsc` tier, the same containers under gVisor's kernel.

Every container carries its owner in labels, and what a killed host left behind is removed when the
next one starts; a guest also ends by itself when the host's connection goes.
"""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from docker.errors import DockerException

from blazer.core.records import IsolationLevel
from blazer.sandbox import cgroups, docker_config
from blazer.sandbox.attestation import Wanted, container_promises, daemon_promises
from blazer.sandbox.docker_absence import Presence
from blazer.sandbox.docker_client import (
    DEFAULT_HOST,
    connect,
    image_exists,
    labels,
    remove_all,
    runtime_advice,
    said,
    sweep,
)
from blazer.sandbox.docker_lines import DockerLines
from blazer.sandbox.docker_world import Door, WorldLines, sweep_doors
from blazer.sandbox.errors import GuestLost, SandboxUnavailable, WorldCrashed
from blazer.sandbox.guest import wire
from blazer.sandbox.handshake import await_ready, check_memory, init_message, proved
from blazer.sandbox.image.make import ImageTags, image_tags
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import EndOfLines
from blazer.sandbox.process_tier import WORLD_LINE_BYTES
from blazer.sandbox.processes import Guest
from blazer.sandbox.reaper import Reaper

L = TypeVar("L", bound=DockerLines)
REQUIRED = (
    "not_root",
    "no_capabilities",
    "no_new_privileges",
    "seccomp",
    "own_seccomp_profile",
    "network_none",
    "read_only_root",
    "nothing_writable",
    "tmp_size",
    "tmp_inodes",
    "tmp_noexec",
    "tmp_nosuid_nodev",
    "small_shm",
    "private_ipc",
    "own_processes_only",
    "empty_environment",
    "memory_limit",
    "cgroup_memory",
    "no_swap",
    "pids_limit",
    "cpu_limit",
    "file_limit",
    "no_core",
    "no_log",
    "nothing_of_the_host",
    "runtime",
)
GVISOR_HIDES = ("tmp_inodes", "tmp_nosuid_nodev", "no_swap", "pids_limit", "cpu_limit")
"""What gVisor's kernel does not have or does not show. Where this machine can see the container's
control group, the last three are proved all the same; nowhere are they insisted on."""
REQUIRED_GVISOR = (*(name for name in REQUIRED if name not in GVISOR_HIDES), "own_kernel")


class DockerGuest:
    """See `processes.Guest`."""

    def __init__(self, lines: DockerLines, isolation: IsolationLevel) -> None:
        self.lines, self.isolation = lines, isolation
        self._container = lines

    async def kill(self) -> None:
        """See `processes.Guest`."""
        await self._container.kill()

    async def out_of_memory(self) -> bool:
        """See `processes.Guest`."""
        return self._container.out_of_memory


class DockerTier:
    """See `processes.Tier`.

    Args:
        limits: For the containers.
        image: Suffix of the images' tags; those of this version when not given.
        runtime: The daemon's runtime; None is its default.
        skills: Whether its guests have the skills declared.
    """

    def __init__(
        self,
        limits: Limits,
        image: str | None = None,
        runtime: str | None = None,
        *,
        skills: bool = True,
    ) -> None:
        self._skills = skills
        self.name = "runsc" if runtime == "runsc" else "docker"
        self._limits, self._runtime = limits, runtime
        self._suffix = image
        self._tags: ImageTags | None = None
        self._client: Any = None
        self._threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="docker")
        self._instance = uuid.uuid4().hex
        self._reaper: Reaper | None = None
        self._presence: Presence | None = None
        self._removals: set[asyncio.Task[None]] = set()
        self._wanted: Wanted | None = None
        self._daemon: dict[str, bool] = {}
        self._doors = (os.environ.get("DOCKER_HOST") or DEFAULT_HOST).startswith("unix://")
        self._required = REQUIRED_GVISOR if runtime == "runsc" else REQUIRED

    async def open(self) -> None:
        """See `processes.Tier`."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._open)

    def _open(self) -> None:
        self._client = connect()
        info = self._client.info()
        check_memory(self._limits, int(info.get("MemTotal") or 0) // 2**20, "the Docker daemon's machine")
        if self._runtime and self._runtime not in info.get("Runtimes", {}):
            raise SandboxUnavailable(
                f"the Docker daemon has no runtime {self._runtime!r}: {runtime_advice(self._runtime)}; "
                "or choose the docker tier"
            )
        tags = image_tags(self._suffix)
        for tag in tags:
            if not image_exists(self._client, tag):
                raise SandboxUnavailable(
                    f"the image {tag} of this version is not there; make it with: blazer sandbox build"
                )
        self._tags = tags
        self._daemon = daemon_promises(info)
        environment = self._client.images.get(tags.guest).attrs["Config"].get("Env") or []
        kernel = str(info.get("KernelVersion", ""))
        self._wanted = docker_config.wanted(self._limits, environment, self._runtime, kernel)
        sweep(self._client)
        sweep_doors()
        self._reaper = Reaper(self._instance)
        self._presence = Presence(self._client.api)

    async def start_guest(self, *, awaited: bool = True) -> Guest:
        """See `processes.Tier`."""
        config = self.guest_config()
        try:
            lines = await self._start(config, wire.MAX_LINE_BYTES, DockerLines)
        except DockerException as error:
            raise GuestLost(f"the daemon could not start a guest: {said(error)}") from None
        try:
            init = init_message(
                self._limits, readable=docker_config.READABLE, namespaces=False, skills=self._skills
            )
            ready = await await_ready(lines, init, self._limits.guest_start_s)
            inspected = await self._inspect(lines)
            assert self._wanted is not None  # noqa: S101  (open() was called)
            further = {**container_promises(ready, inspected, self._wanted), **self._daemon}
            return DockerGuest(lines, proved(self.name, ready, self._required, further))
        except BaseException:
            await asyncio.shield(lines.kill())
            raise

    def hurry(self) -> None:
        """See `processes.Tier`. A container's start is mostly the daemon's work, which has no other pace."""

    def guest_config(self) -> dict[str, Any]:
        """How a guest's container is created; every flag is one of the promises."""
        assert self._tags is not None  # noqa: S101  (open() was called)
        return docker_config.guest_config(
            self._tags.guest, self._limits, labels(self._instance), self._runtime
        )

    async def _inspect(self, lines: DockerLines) -> dict[str, Any]:
        """The daemon's word on a container, and the kernel's on its control group where it can be seen."""
        try:
            found = await lines.inspect()
        except DockerException as error:
            raise GuestLost(f"the daemon does not know its own container: {said(error)}") from None
        pid = int(found.get("State", {}).get("Pid") or 0)
        if not pid or not lines.watch(pid, lambda: _is_here(pid, found)):
            return {**found, "Cgroup": None}
        return {**found, "Cgroup": cgroups.limits_of(pid)}

    async def start_world(self, arena: str) -> WorldLines:
        """See `processes.Tier`."""
        door = Door() if self._doors else None
        try:
            lines = await self._start_world(arena, door)
            try:
                await self._hear_ready(lines, door)
            except asyncio.CancelledError:
                await asyncio.shield(lines.kill())
                raise
            except (TimeoutError, EndOfLines, GuestLost):
                await lines.kill()
                wrote = lines.stderr.captured().text[-2000:]
                raise WorldCrashed(
                    f"the world's container did not start; it wrote: {wrote or 'nothing'}"
                ) from None
        finally:
            if door is not None:
                door.close()
        return lines

    async def _start_world(self, arena: str, door: Door | None) -> WorldLines:
        assert self._tags is not None  # noqa: S101  (open() was called)
        directory = str(door.directory) if door else ""
        config = docker_config.world_config(self._tags.world, arena, labels(self._instance), directory)
        try:
            return await self._start(config, WORLD_LINE_BYTES, WorldLines)
        except DockerException as error:
            if door is None or "mount" not in said(error):
                raise WorldCrashed(f"the daemon could not start a world: {said(error)}") from None
        self._doors = False  # a daemon elsewhere, or one that may not mount this directory
        return await self._start_world(arena, None)

    async def _hear_ready(self, lines: WorldLines, door: Door | None) -> None:
        """Wait for the world's first line, by whichever way it comes.

        Raises:
            TimeoutError: if it does not come.
            EndOfLines: if it will not.
        """
        found = await self._inspect(lines)
        ways: set[asyncio.Future[Any]] = {asyncio.ensure_future(lines.read_line(self._limits.world_start_s))}
        if door is not None:
            ways.add(asyncio.ensure_future(door.let_in(int(found["State"]["Pid"]))))
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            first = done.pop().result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        if isinstance(first, socket.socket):
            await lines.use(first)
            await lines.read_line(self._limits.world_start_s)

    async def _start(self, config: dict[str, Any], max_line_bytes: int, kind: type[L]) -> L:
        client, threads = self._client, self._threads
        made = {**config, "host_config": client.api.create_host_config(**config["host_config"])}
        return await kind.start(client.api, threads, made, max_line_bytes, self._remove_later, self._presence)

    def _remove_later(self, lines: DockerLines) -> None:
        task = asyncio.create_task(lines.remove())
        self._removals.add(task)
        task.add_done_callback(self._removals.discard)

    async def close(self) -> None:
        """See `processes.Tier`."""
        if self._removals:
            await asyncio.wait(self._removals, timeout=30)
        if self._client is not None:
            # Also what was being created when its waiter was cancelled.
            await asyncio.get_running_loop().run_in_executor(None, self._close)

    def _close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._presence is not None:
            self._presence.close()
        try:
            remove_all(self._client, self._instance)
        except (DockerException, OSError):  # it is away: whoever waits for it has more time than we have
            if self._reaper is not None:
                self._reaper.entrust()
                self._reaper = None
        self._client.close()
        if self._reaper is not None:
            self._reaper.close()  # last: until here, a host that is killed leaves it something to do


def _is_here(pid: int, found: Mapping[str, Any]) -> bool:
    """Whether the daemon's number means this process here: it may run on another machine."""
    return any(str(found.get("Id", "?")) in str(path) for path in cgroups.places(pid).values())
