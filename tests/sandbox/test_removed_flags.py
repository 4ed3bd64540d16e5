"""Take one flag of a guest's container away: the tier refuses to run, and names what is missing."""

from __future__ import annotations

import asyncio
import copy
import os
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from blazer.core.errors import SandboxError
from blazer.sandbox import docker_tier
from blazer.sandbox.errors import SandboxUnavailable
from blazer.sandbox.limits import Limits

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="module")]

Change = Callable[[dict[str, Any]], None]


def host(**changes: Any) -> Change:
    def change(config: dict[str, Any]) -> None:
        config["host_config"].update(changes)

    return change


def on_bridge(config: dict[str, Any]) -> None:
    config["network_disabled"] = False
    config["host_config"]["network_mode"] = "bridge"


def as_root(config: dict[str, Any]) -> None:
    config["user"] = "0:0"


def with_a_secret(config: dict[str, Any]) -> None:
    config["environment"]["API_KEY"] = "s3cret"


def without(index: int) -> Change:
    def change(config: dict[str, Any]) -> None:
        del config["host_config"]["security_opt"][index]

    return change


def tmp(options: str) -> Change:
    return host(tmpfs={"/tmp": options})


def ulimits(**values: int) -> Change:
    wanted = {"nofile": 64, "core": 0, **values}
    return host(ulimits=[{"name": n, "soft": v, "hard": v} for n, v in wanted.items()])


FLAGS: list[tuple[str, Change, set[str]]] = [
    ("network none", on_bridge, {"network_none"}),
    ("cap-drop", host(cap_drop=[]), {"no_capabilities"}),
    ("user", as_root, {"not_root"}),
    ("no-new-privileges", without(0), {"no_new_privileges"}),
    ("our seccomp profile", without(1), {"own_seccomp_profile"}),
    (
        "any seccomp profile",
        host(security_opt=["no-new-privileges", "seccomp=unconfined"]),
        {"own_seccomp_profile"},
    ),
    ("read-only", host(read_only=False), {"read_only_root"}),
    ("tmpfs", host(tmpfs={}), {"tmp_size", "tmp_inodes", "tmp_noexec", "tmp_nosuid_nodev"}),
    ("tmpfs size", tmp("nr_inodes=1024,noexec,nosuid,nodev"), {"tmp_size"}),
    ("tmpfs inodes", tmp("size=16m,noexec,nosuid,nodev"), {"tmp_inodes"}),
    ("tmpfs noexec", tmp("size=16m,nr_inodes=1024,exec,nosuid,nodev"), {"tmp_noexec"}),
    ("tmpfs nosuid", tmp("size=16m,nr_inodes=1024,noexec,suid,nodev"), {"tmp_nosuid_nodev"}),
    ("tmpfs nodev", tmp("size=16m,nr_inodes=1024,noexec,nosuid,dev"), {"tmp_nosuid_nodev"}),
    ("shm size", host(shm_size="64m"), {"small_shm"}),
    ("ipc", host(ipc_mode="shareable"), {"private_ipc"}),
    ("pids", host(pids_limit=0), {"pids_limit"}),
    ("memory", host(mem_limit=None, memswap_limit=None), {"cgroup_memory"}),
    ("swap", host(memswap_limit="2g"), {"no_swap"}),
    ("cpus", host(nano_cpus=None), {"cpu_limit"}),
    ("nofile", ulimits(nofile=4096), {"file_limit"}),
    ("core", ulimits(core=-1), {"no_core"}),
    ("log", host(log_config={"type": "json-file", "config": {}}), {"no_log"}),
    ("environment", with_a_secret, {"empty_environment"}),
    ("mounts", host(binds={"/usr": {"bind": "/mnt", "mode": "ro"}}), {"nothing_of_the_host"}),
    ("pid", host(pid_mode="host"), {"own_processes_only", "nothing_of_the_host"}),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tier() -> AsyncIterator[Any]:
    made = docker_tier.DockerTier(Limits())
    try:
        await made.open()
    except SandboxError as error:
        await made.close()
        if "docker" in os.environ.get("BLAZER_REQUIRE", "").split(","):
            raise
        pytest.skip(f"no docker tier here: {error}")
    yield made
    await made.close()


async def start(tier: Any, monkeypatch: pytest.MonkeyPatch, change: Change | None) -> Any:
    config = copy.deepcopy(tier.guest_config())
    if change:
        change(config)
    monkeypatch.setattr(tier, "guest_config", lambda: config)
    return await tier.start_guest()


async def test_with_every_flag_it_runs(tier: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = await start(tier, monkeypatch, None)
    await guest.kill()
    kept = {name for name, value in guest.isolation.promises.items() if value}
    assert kept >= set(docker_tier.REQUIRED)


@pytest.mark.parametrize(
    ("change", "promises"), [item[1:] for item in FLAGS], ids=[item[0] for item in FLAGS]
)
async def test_without_a_flag_it_refuses_and_names_the_promise(
    tier: Any, monkeypatch: pytest.MonkeyPatch, change: Change, promises: set[str]
) -> None:
    with pytest.raises(SandboxUnavailable) as caught:
        await start(tier, monkeypatch, change)
    named = str(caught.value).partition("cannot prove ")[2].partition(" on this machine")[0]
    assert set(named.split(", ")) == promises


async def test_a_refused_guest_is_removed(tier: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from blazer.sandbox.docker_client import INSTANCE_LABEL, connect  # noqa: PLC0415

    with pytest.raises(SandboxUnavailable):
        await start(tier, monkeypatch, as_root)
    await asyncio.wait([*tier._removals, asyncio.create_task(asyncio.sleep(0))])
    client = connect()
    try:
        wanted = {"label": f"{INSTANCE_LABEL}={tier._instance}"}
        assert client.api.containers(all=True, filters=wanted) == []
    finally:
        client.close()
