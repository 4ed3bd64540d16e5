"""What was seen becomes promises; what was not seen is no promise."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from blazer.sandbox import docker_tier
from blazer.sandbox.attestation import (
    Wanted,
    container_promises,
    daemon_promises,
    group_promises,
    promises_of,
)
from blazer.sandbox.errors import SandboxUnavailable
from blazer.sandbox.handshake import proved
from blazer.sandbox.process_tier import REQUIRED as REQUIRED_OF_PROCESSES
from blazer.sandbox.protocol import Ready

WANTED = Wanted(
    memory_mb=576,
    pids=64,
    cpus=1.0,
    files=64,
    tmp_mb=16,
    tmp_inodes=1024,
    shm_mb=1,
    environment=frozenset({"PATH", "HOSTNAME", "HOME", "PYTHONHASHSEED"}),
    runtime="",
    kernel="6.1.0",
)
FLAGS = ["nodev", "noexec", "nosuid"]
SEEN: dict[str, Any] = {
    "uid": 65534,
    "gid": 65534,
    "capabilities": False,
    "no_new_privs": True,
    "interfaces": ["lo"],
    "root_writable": False,
    "root_read_only": True,
    "pid": 1,
    "processes": 1,
    "environment": [],
    "files": 64,
    "core": 0,
    "address_space_mb": 512,
    "after": {"seccomp": True, "calls": [], "can_write": False, "reads": []},
    "start": {
        "environment": ["HOME", "HOSTNAME", "PATH", "PYTHONHASHSEED"],
        "no_new_privs": True,
        "seccomp": True,
        "calls": [],
        "tmp": {"mounted": True, "size_kb": 16384, "inodes": 1024, "flags": FLAGS},
        "shm": {"mounted": True, "size_kb": 1024, "inodes": 9999, "flags": FLAGS},
        "cgroup": {"memory_mb": 576, "swap_mb": 0, "pids": 64, "cpus": 1.0},
        "memory_mb": 24000,
        "swap_mb": 0,
        "kernel": "6.1.0 #1 SMP",
        "files": 64,
        "core": 0,
    },
}
INSPECTED: dict[str, Any] = {
    "HostConfig": {
        "IpcMode": "private",
        "LogConfig": {"Type": "none"},
        "Privileged": False,
        "Runtime": "runc",
    },
    "Mounts": [],
    "Cgroup": None,
}


def changed(base: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with one thing in it changed."""
    made = copy.deepcopy(base)
    *above, last = path.split(".")
    inner = made
    for name in above:
        inner = inner[name]
    inner[last] = value
    return made


def level(
    seen: dict[str, Any], inspected: dict[str, Any] = INSPECTED, wanted: Wanted = WANTED
) -> dict[str, bool]:
    ready = Ready({}, seen)
    further = {**container_promises(ready, inspected, wanted), **daemon_promises({})}
    return proved("docker", ready, docker_tier.REQUIRED, further).promises


def test_all_promises_kept() -> None:
    promises = level(SEEN)
    assert {name for name, kept in promises.items() if not kept} == {"own_kernel", "rootless", "uids_mapped"}
    assert set(docker_tier.REQUIRED) < set(promises)


@pytest.mark.parametrize(
    ("path", "value", "promise"),
    [
        ("uid", 0, "not_root"),
        ("uid", None, "not_root"),
        ("gid", 0, "not_root"),
        ("capabilities", True, "no_capabilities"),
        ("start.no_new_privs", False, "no_new_privileges"),
        ("after.calls", ["socket(vsock)"], "seccomp"),
        ("after.seccomp", False, "seccomp"),
        ("after", None, "seccomp, nothing_writable"),
        ("after.can_write", True, "nothing_writable"),
        ("start.calls", ["io_uring_setup"], "own_seccomp_profile"),
        ("start.seccomp", False, "own_seccomp_profile"),
        ("interfaces", ["eth0", "lo"], "network_none"),
        ("root_writable", True, "read_only_root"),
        ("root_read_only", False, "read_only_root"),
        ("interfaces", ["?"], "network_none"),
        ("processes", 200, "own_processes_only"),
        ("environment", ["HOME"], "empty_environment"),
        ("start.environment", ["API_KEY"], "empty_environment"),
        ("start.tmp.size_kb", 10**7, "tmp_size"),
        ("start.tmp.size_kb", 0, "tmp_size"),
        ("start.tmp.inodes", 0, "tmp_inodes"),
        ("start.tmp.flags", ["nodev", "nosuid"], "tmp_noexec"),
        ("start.tmp.flags", ["noexec", "nodev"], "tmp_nosuid_nodev"),
        ("start.tmp", None, "tmp_size, tmp_inodes, tmp_noexec, tmp_nosuid_nodev"),
        ("start.shm.size_kb", 65536, "small_shm"),
        ("start.cgroup.memory_mb", 2**43, "cgroup_memory"),
        ("start.cgroup.swap_mb", 512, "no_swap"),
        ("start.cgroup.pids", None, "pids_limit"),
        ("start.cgroup.cpus", None, "cpu_limit"),
        ("start.files", 2**20, "file_limit"),
        ("start.core", -1, "no_core"),
        ("address_space_mb", -1, "memory_limit"),
    ],
)
def test_a_missing_promise_is_named_and_no_other(path: str, value: Any, promise: str) -> None:
    with pytest.raises(SandboxUnavailable, match=f"cannot prove {promise} on this machine"):
        level(changed(SEEN, path, value))


@pytest.mark.parametrize(
    ("path", "value", "promise"),
    [
        ("HostConfig.IpcMode", "shareable", "private_ipc"),
        ("HostConfig.LogConfig", {"Type": "json-file"}, "no_log"),
        ("HostConfig.Privileged", True, "nothing_of_the_host"),
        ("HostConfig.PidMode", "host", "nothing_of_the_host"),
        ("HostConfig.PidMode", "container:db", "nothing_of_the_host"),
        ("HostConfig.Devices", [{"PathOnHost": "/dev/kvm"}], "nothing_of_the_host"),
        ("HostConfig.CapAdd", ["SYS_ADMIN"], "nothing_of_the_host"),
        ("Mounts", [{"Source": "/home"}], "nothing_of_the_host"),
    ],
)
def test_what_the_daemon_says_counts(path: str, value: Any, promise: str) -> None:
    with pytest.raises(SandboxUnavailable, match=f"cannot prove {promise} on this machine"):
        level(SEEN, changed(INSPECTED, path, value))


def test_another_runtime_than_asked_for_is_noticed() -> None:
    with pytest.raises(SandboxUnavailable, match="cannot prove runtime on"):
        level(SEEN, wanted=WANTED._replace(runtime="runsc"))


def test_limits_hidden_inside_are_seen_from_outside() -> None:
    hidden = changed(SEEN, "start.cgroup", dict.fromkeys(("memory_mb", "swap_mb", "pids", "cpus")))
    hidden["start"]["swap_mb"] = 100
    outside = {"memory_mb": 576, "swap_mb": 0, "pids": 64, "cpus": 1.0}
    assert level(hidden, {**INSPECTED, "Cgroup": outside})
    with pytest.raises(SandboxUnavailable, match="cgroup_memory, no_swap, pids_limit, cpu_limit"):
        level(hidden)


def test_a_kernel_of_its_own_is_told_apart() -> None:
    gvisor = changed(SEEN, "start.kernel", "4.4.0 #1 SMP")
    assert container_promises(Ready({}, gvisor), INSPECTED, WANTED)["own_kernel"] is True
    assert container_promises(Ready({}, SEEN), INSPECTED, WANTED)["own_kernel"] is False
    assert container_promises(Ready({}, {}), INSPECTED, WANTED)["own_kernel"] is False


def test_a_guest_that_sees_nothing_proves_nothing() -> None:
    nothing = Ready({"limits": "?", "landlock": "?"}, {})
    assert [name for name, kept in promises_of(nothing).items() if kept] == []
    proved_by_container = container_promises(nothing, {}, WANTED._replace(runtime="runsc"))
    assert [name for name, kept in proved_by_container.items() if kept] == []


@pytest.mark.parametrize("what", ["landlock", "namespaces", "limits"])
def test_what_the_process_tier_does_not_insist_on_may_fail(what: str) -> None:
    found = proved("process", Ready({what: "not here"}, SEEN), REQUIRED_OF_PROCESSES)
    assert found.promises["landlock"] is (what != "landlock")


@pytest.mark.parametrize(
    ("options", "rootless", "mapped"),
    [
        (["name=seccomp,profile=default"], False, False),
        (["name=seccomp,profile=default", "name=rootless", "name=cgroupns"], True, True),
        (["name=apparmor", "name=userns"], False, True),
        (None, False, False),
    ],
)
def test_rootless_and_mapped_uids_are_told_by_the_daemon(
    options: list[str] | None, rootless: bool, mapped: bool
) -> None:
    assert daemon_promises({"SecurityOptions": options}) == {"rootless": rootless, "uids_mapped": mapped}


def test_a_group_without_limits_promises_nothing() -> None:
    limits = {"memory_mb": 576, "swap_mb": 0, "pids": 64, "cpus": 1.0}
    assert set(group_promises(limits, 576, 64, 1.0).values()) == {True}
    unlimited = {"memory_mb": 2**43, "swap_mb": 0, "pids": None, "cpus": None}
    assert set(group_promises(unlimited, 576, 64, 1.0).values()) == {False}
    assert set(group_promises(dict.fromkeys(limits), 576, 64, 1.0).values()) == {False}
