"""From what was seen of a guest to named promises: pure functions, one line a promise.

Covers: what the guest saw of itself (`guest.witness`), and what the host saw of the guest's container
and control group. Does not cover: whether a promise is enough; each tier has its list of those it
insists on. A promise is proved by something seen or tried, never by a flag that was asked for; where
only the daemon's word is to be had (log driver, mounts), it is the word on the container that runs,
not on the request.

A reader may ask why process 1 is the guest itself and not an init of another uid. An init would be a
second process to attest (Docker's runs as the guest's own uid), and there is nothing for it to do: the
guest's filter allows no second process, so nobody is left to be reaped or to read `/proc/1`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from blazer.sandbox.protocol import Ready


class Wanted(NamedTuple):
    """What a guest's container was to be like."""

    memory_mb: int
    pids: int
    cpus: float
    files: int
    tmp_mb: int
    tmp_inodes: int
    shm_mb: int
    environment: frozenset[str]
    """Names that the image or the daemon sets in every container."""
    runtime: str
    """"" for the daemon's default."""
    kernel: str
    """Release of the kernel that the daemon runs on."""


def promises_of(ready: Ready) -> dict[str, bool]:
    """Protections of any guest, each proved by what the guest saw or by a step that took."""
    seen, failed = ready.seen, ready.steps
    after = _section(seen, "after")
    return {
        "not_root": seen.get("uid") not in (0, None) and seen.get("gid") not in (0, None),
        "no_capabilities": seen.get("capabilities") is False,
        "no_new_privileges": seen.get("no_new_privs") is True,
        "seccomp": after.get("seccomp") is True and after.get("calls") == [],
        "network_none": seen.get("interfaces") in ([], ["lo"]),
        "read_only_root": seen.get("root_writable") is False and seen.get("root_read_only") is True,
        "nothing_writable": after.get("can_write") is False,
        "host_files_hidden": after.get("reads") == [],
        "own_processes_only": seen.get("processes", 99) <= 3 and seen.get("pid", 99) < 20,
        "empty_environment": seen.get("environment") == [],
        "landlock": "landlock" not in failed,
        "memory_limit": _within(seen.get("address_space_mb"), 2**20),
        "file_limit": _within(seen.get("files"), 4096),
        "no_core": seen.get("core") == 0,
    }


def container_promises(ready: Ready, inspected: Mapping[str, Any], wanted: Wanted) -> dict[str, bool]:
    """Protections by the container: what was in force before the guest gave anything up itself.

    Args:
        ready: The guest's report.
        inspected: The daemon's word on the running container, with `Cgroup` added: what the kernel
            says of its control group, where this machine can see it.
        wanted: What it was to be.
    """
    start = _section(ready.seen, "start")
    return {
        "no_new_privileges": start.get("no_new_privs") is True,
        "own_seccomp_profile": start.get("seccomp") is True and start.get("calls") == [],
        "empty_environment": ready.seen.get("environment") == []
        and set(start.get("environment", ["?"])) <= wanted.environment,
        "file_limit": _within(start.get("files"), wanted.files),
        "no_core": start.get("core") == 0,
        **_file_systems(start, wanted),
        **_limits(start, inspected.get("Cgroup") or {}, wanted),
        **(outside := _outside(inspected, wanted)),
        # What it reads is its image's.
        "host_files_hidden": outside["nothing_of_the_host"],
        "own_kernel": bool(wanted.kernel)
        and str(start.get("kernel", wanted.kernel)).split()[0] != wanted.kernel,
    }


def _file_systems(start: Mapping[str, Any], wanted: Wanted) -> dict[str, bool]:
    tmp, shm = _section(start, "tmp"), _section(start, "shm")
    flags = set(tmp.get("flags", ()))
    mounted = tmp.get("mounted") is True
    return {
        "tmp_size": mounted and _within(tmp.get("size_kb"), wanted.tmp_mb * 1024),
        "tmp_inodes": mounted and _within(tmp.get("inodes"), wanted.tmp_inodes),
        "tmp_noexec": mounted and "noexec" in flags,
        "tmp_nosuid_nodev": mounted and {"nosuid", "nodev"} <= flags,
        "small_shm": shm.get("mounted") is True and _within(shm.get("size_kb"), wanted.shm_mb * 1024),
    }


def _limits(start: Mapping[str, Any], outside: Mapping[str, Any], wanted: Wanted) -> dict[str, bool]:
    inside = _section(start, "cgroup")

    def told(name: str) -> Any:
        return inside.get(name) if inside.get(name) is not None else outside.get(name)

    # A kernel of the sandbox's own shows the limit as the machine's memory.
    memory = told("memory_mb") if told("memory_mb") is not None else start.get("memory_mb")
    swap = told("swap_mb") if told("swap_mb") is not None else start.get("swap_mb")
    return {
        "cgroup_memory": _within(memory, wanted.memory_mb),
        "no_swap": swap == 0,
        "pids_limit": _within(told("pids"), wanted.pids),
        "cpu_limit": _within(told("cpus"), wanted.cpus),
    }


def _outside(inspected: Mapping[str, Any], wanted: Wanted) -> dict[str, bool]:
    host = _section(inspected, "HostConfig")
    shared = [host.get(name) for name in ("Binds", "Devices", "DeviceRequests", "VolumesFrom", "CapAdd")]
    modes = [host.get(name) or "" for name in ("PidMode", "UTSMode", "UsernsMode")]
    return {
        "private_ipc": host.get("IpcMode") in ("private", "none"),
        "no_log": _section(host, "LogConfig").get("Type") == "none",
        "nothing_of_the_host": host.get("Privileged") is False
        and inspected.get("Mounts") == []
        and not any(shared)
        and not any(mode == "host" or mode.startswith("container:") for mode in modes),
        "runtime": not wanted.runtime or host.get("Runtime") == wanted.runtime,
    }


def group_promises(limits: Mapping[str, Any], memory_mb: int, pids: int, cpus: float) -> dict[str, bool]:
    """Protections by a control group that the host made for a guest, as the kernel tells of them."""
    memory = _within(limits.get("memory_mb"), memory_mb)
    return {
        "cgroup_memory": memory,
        # Two limits that are none are equal too.
        "no_swap": memory and limits.get("swap_mb") == 0,
        "pids_limit": _within(limits.get("pids"), pids),
        "cpu_limit": _within(limits.get("cpus"), cpus),
    }


def daemon_promises(info: Mapping[str, Any]) -> dict[str, bool]:
    """What the daemon's own settings add: whether a uid in a container is another one outside it."""
    options = [str(option) for option in info.get("SecurityOptions") or ()]
    names = {part.removeprefix("name=") for option in options for part in option.split(",")}
    return {"rootless": "rootless" in names, "uids_mapped": bool(names & {"rootless", "userns"})}


def _section(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = whole.get(name)
    return found if isinstance(found, Mapping) else {}


def _within(value: Any, most: float) -> bool:
    """Whether something was seen that is a limit, and no larger one than wanted."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= most
