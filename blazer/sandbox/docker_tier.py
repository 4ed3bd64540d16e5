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
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from docker.errors import DockerException

from blazer.core.records import IsolationLevel
from blazer.sandbox import image as image_package
from blazer.sandbox.docker_client import connect, image_exists, labels, remove_all, said, sweep
from blazer.sandbox.docker_lines import DockerLines
from blazer.sandbox.errors import GuestLost, SandboxUnavailable, WorldCrashed
from blazer.sandbox.guest import wire
from blazer.sandbox.handshake import await_ready, init_message, proved
from blazer.sandbox.image.make import ImageTags, image_tags
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import EndOfLines
from blazer.sandbox.process_tier import WORLD_LINE_BYTES
from blazer.sandbox.processes import Guest

REQUIRED = (
    "not_root",
    "no_capabilities",
    "no_new_privileges",
    "seccomp",
    "network_none",
    "read_only_root",
    "own_processes_only",
    "empty_environment",
    "memory_limit",
)
PROFILE = Path(image_package.__file__).parent / "seccomp.json"
WORLD_MEMORY_MB = 1024
READABLE = ["/usr/lib", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/opt/guest", "/opt/packages"]


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
    """

    def __init__(self, limits: Limits, image: str | None = None, runtime: str | None = None) -> None:
        self.name = "runsc" if runtime == "runsc" else "docker"
        self._limits, self._runtime = limits, runtime
        self._suffix = image
        self._tags: ImageTags | None = None
        self._client: Any = None
        self._threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="docker")
        self._instance = uuid.uuid4().hex
        self._removals: set[asyncio.Task[None]] = set()
        self._profile = json.dumps(json.loads(PROFILE.read_text()))

    async def open(self) -> None:
        """See `processes.Tier`."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._open)

    def _open(self) -> None:
        self._client = connect()
        if self._runtime and self._runtime not in self._client.info().get("Runtimes", {}):
            raise SandboxUnavailable(
                f"the Docker daemon has no runtime {self._runtime!r}; install it and add it to "
                "/etc/docker/daemon.json, or choose the docker tier"
            )
        tags = image_tags(self._suffix)
        for tag in tags:
            if not image_exists(self._client, tag):
                raise SandboxUnavailable(
                    f"the image {tag} of this version is not there; make it with: blazer sandbox build"
                )
        self._tags = tags
        sweep(self._client)

    async def start_guest(self) -> Guest:
        """See `processes.Tier`."""
        config = self.guest_config()
        try:
            lines = await self._start(config, wire.MAX_LINE_BYTES)
        except DockerException as error:
            raise GuestLost(f"the daemon could not start a guest: {said(error)}") from None
        try:
            init = init_message(self._limits, readable=READABLE, namespaces=False)
            ready = await await_ready(lines, init, self._limits.guest_start_s)
            return DockerGuest(lines, proved(self.name, ready, REQUIRED))
        except BaseException:
            await asyncio.shield(lines.kill())
            raise

    def guest_config(self) -> dict[str, Any]:
        """How a guest's container is created; every flag is one of the promises."""
        assert self._tags is not None  # noqa: S101  (open() was called)
        memory = f"{self._limits.memory_mb + 64}m"
        command = [
            "python3",
            "-s",
            "-P",
            "-S",
            "-B",
            "-X",
            "utf8",
            "/opt/guest/main.py",
            "0",
            "/opt/packages",
        ]
        return {
            "image": self._tags.guest,
            "command": command,
            "user": "65534:65534",
            "stdin_open": True,
            # The one variable fixes the order of sets; the guest removes it before a program runs.
            "environment": {"PYTHONHASHSEED": "0"},
            "working_dir": "/",
            "labels": labels(self._instance),
            "network_disabled": True,
            "host_config": self._client.api.create_host_config(
                runtime=self._runtime,
                network_mode="none",
                cap_drop=["ALL"],
                security_opt=["no-new-privileges", f"seccomp={self._profile}"],
                read_only=True,
                tmpfs={"/tmp": "size=16m,nr_inodes=1k,noexec,nosuid,nodev"},  # noqa: S108
                shm_size="1m",
                ipc_mode="private",
                pids_limit=self._limits.pids,
                mem_limit=memory,
                memswap_limit=memory,
                nano_cpus=1_000_000_000,
                ulimits=[
                    {"name": "nofile", "soft": self._limits.files, "hard": self._limits.files},
                    {"name": "core", "soft": 0, "hard": 0},
                ],
                log_config={"type": "none", "config": {}},
            ),
        }

    async def start_world(self, arena: str) -> DockerLines:
        """See `processes.Tier`."""
        config = self._world_config(arena)
        try:
            lines = await self._start(config, WORLD_LINE_BYTES)
        except DockerException as error:
            raise WorldCrashed(f"the daemon could not start a world: {error}") from None
        try:
            await lines.read_line(self._limits.world_start_s)
        except asyncio.CancelledError:
            await asyncio.shield(lines.kill())
            raise
        except (TimeoutError, EndOfLines):
            await lines.kill()
            said = lines.stderr.captured().text[-2000:]
            raise WorldCrashed(
                f"the world's container did not start; it wrote: {said or 'nothing'}"
            ) from None
        return lines

    def _world_config(self, arena: str) -> dict[str, Any]:
        assert self._tags is not None  # noqa: S101  (open() was called)
        memory = f"{WORLD_MEMORY_MB}m"
        return {
            "image": self._tags.world,
            "command": ["python3", "-s", "-P", "-B", "-m", "blazer.sandbox.world", "--arena", arena],
            "user": "65534:65534",
            "stdin_open": True,
            "environment": {
                "PYTHONPATH": "/opt/packages:/opt/blazer",
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
            "working_dir": "/",
            "labels": labels(self._instance),
            "network_disabled": True,
            "host_config": self._client.api.create_host_config(
                network_mode="none",
                cap_drop=["ALL"],
                security_opt=["no-new-privileges"],
                read_only=True,
                tmpfs={"/tmp": "size=64m,noexec,nosuid,nodev"},  # noqa: S108
                ipc_mode="private",
                pids_limit=128,
                mem_limit=memory,
                memswap_limit=memory,
                log_config={"type": "none", "config": {}},
            ),
        }

    async def _start(self, config: dict[str, Any], max_line_bytes: int) -> DockerLines:
        client, threads = self._client, self._threads
        return await DockerLines.start(client.api, threads, config, max_line_bytes, self._remove_later)

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
        remove_all(self._client, self._instance)
        self._client.close()
