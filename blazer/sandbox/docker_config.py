"""How the containers of guests and worlds are made: every flag, as data.

Each flag of a guest is one of the promises in `attestation`, and a guest whose container lacks one is
refused; the tests take each away in turn. Worlds are trusted, and have most of the same flags because
they need nothing more.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docker.types import Mount

from blazer.sandbox import image as image_package
from blazer.sandbox.attestation import Wanted
from blazer.sandbox.limits import Limits

PROFILES = Path(image_package.__file__).parent
TMP_MB, TMP_INODES, SHM_MB = 16, 1024, 1
OVERHEAD_MB = 64
"""Beside the program's memory: /tmp, page tables, and in gVisor its kernel. The guest's own limit on
address space is met first, which a program sees as a MemoryError."""
WORLD_MEMORY_MB = 1024
WORLD_SOCKET = "/run/blazer"
READABLE = ["/usr/lib", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/opt/guest", "/opt/packages"]
NOBODY = "65534:65534"
# The one variable fixes the order of sets; the guest removes it before a program runs.
GUEST_ENVIRONMENT = {"PYTHONHASHSEED": "0"}
DAEMONS_ENVIRONMENT = {"HOSTNAME", "HOME", "PATH"}


def profile(name: str) -> str:
    """A seccomp profile as the daemon takes it: the text itself."""
    return json.dumps(json.loads((PROFILES / f"{name}.json").read_text()), separators=(",", ":"))


def wanted(limits: Limits, image_environment: list[str], runtime: str | None, kernel: str) -> Wanted:
    """What a guest has to be able to prove, for the flags of `guest_config`."""
    names = {item.partition("=")[0] for item in image_environment}
    return Wanted(
        memory_mb=limits.memory_mb + OVERHEAD_MB,
        pids=limits.pids,
        cpus=1.0,
        files=limits.files,
        tmp_mb=TMP_MB,
        tmp_inodes=TMP_INODES,
        shm_mb=SHM_MB,
        environment=frozenset(names | DAEMONS_ENVIRONMENT | set(GUEST_ENVIRONMENT)),
        runtime=runtime or "",
        kernel=kernel,
    )


def guest_config(
    image: str, limits: Limits, labels: dict[str, str], runtime: str | None = None
) -> dict[str, Any]:
    """How a guest's container is created: for the SDK, with `host_config` still as keywords."""
    memory = f"{limits.memory_mb + OVERHEAD_MB}m"
    flags = ["-s", "-P", "-S", "-B", "-X", "utf8"]
    return {
        "image": image,
        "command": ["python3", *flags, "/opt/guest/main.py", "0", "/opt/packages"],
        "user": NOBODY,
        "stdin_open": True,
        "environment": dict(GUEST_ENVIRONMENT),
        # A person's proxy settings may hold a password.
        "use_config_proxy": False,
        "working_dir": "/",
        "labels": labels,
        "network_disabled": True,
        "host_config": {
            "runtime": runtime,
            "network_mode": "none",
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges", f"seccomp={profile('seccomp')}"],
            "read_only": True,
            "tmpfs": {"/tmp": f"size={TMP_MB}m,nr_inodes={TMP_INODES},noexec,nosuid,nodev"},  # noqa: S108
            "shm_size": f"{SHM_MB}m",
            "ipc_mode": "private",
            "pids_limit": limits.pids,
            "mem_limit": memory,
            "memswap_limit": memory,
            "nano_cpus": 1_000_000_000,
            "ulimits": [_ulimit("nofile", limits.files), _ulimit("core", 0)],
            "log_config": {"type": "none", "config": {}},
        },
    }


def world_config(
    image: str, arena: str, labels: dict[str, str], socket_directory: str = ""
) -> dict[str, Any]:
    """How a world's container is created; see `guest_config`.

    Args:
        image: Tag.
        arena: What it simulates.
        labels: Whose it is.
        socket_directory: A directory of the host with a socket named `world`, shown to the world and
            quicker than the daemon's streams; "" for none.
    """
    memory = f"{WORLD_MEMORY_MB}m"
    command = ["python3", "-s", "-P", "-B", "-m", "blazer.sandbox.world", "--arena", arena]
    mounts = []
    if socket_directory:
        command += ["--socket", f"{WORLD_SOCKET}/world"]
        # Not as a "bind", which makes the directory where it is not there.
        mounts = [Mount(WORLD_SOCKET, socket_directory, type="bind", read_only=True)]
    return {
        "image": image,
        "command": command,
        "user": NOBODY,
        "stdin_open": True,
        "environment": {
            "PYTHONPATH": "/opt/packages:/opt/blazer",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        },
        "use_config_proxy": False,
        "working_dir": "/",
        "labels": labels,
        "network_disabled": True,
        "host_config": {
            "mounts": mounts,
            "network_mode": "none",
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges", f"seccomp={profile('seccomp-world')}"],
            "read_only": True,
            "tmpfs": {"/tmp": "size=64m,nr_inodes=4k,noexec,nosuid,nodev"},  # noqa: S108
            "shm_size": f"{SHM_MB}m",
            "ipc_mode": "private",
            "pids_limit": 128,
            "mem_limit": memory,
            "memswap_limit": memory,
            "ulimits": [_ulimit("nofile", 1024), _ulimit("core", 0)],
            "log_config": {"type": "none", "config": {}},
        },
    }


def _ulimit(name: str, value: int) -> dict[str, Any]:
    return {"name": name, "soft": value, "hard": value}
