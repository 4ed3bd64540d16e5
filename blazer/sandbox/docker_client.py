"""The Docker daemon: connecting, what it can do, and sweeping what dead hosts left behind."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from typing import Any

import docker
from docker.errors import (
    APIError,
    DockerException,
    ImageNotFound,
    NotFound,
)

from blazer.sandbox.errors import SandboxUnavailable
from blazer.sandbox.owners import boot_id, start_time

LABEL = "blazer.sandbox"
OWNER_LABEL = "blazer.sandbox.owner"
INSTANCE_LABEL = "blazer.sandbox.instance"
DEADLINE_LABEL = "blazer.sandbox.deadline"
LEASE_S = 48 * 3600.0
TIMEOUT_S = 60
RUNSC_ARGUMENTS = ("--network=none", "--oci-seccomp")
"""No network stack at all, and our seccomp profile also inside gVisor, which leaves it out otherwise."""
DEFAULT_HOST = "unix:///var/run/docker.sock"


def connect() -> Any:
    """A client of the daemon that the environment names.

    Raises:
        SandboxUnavailable: if none answers; says what to do.
    """
    address = os.environ.get("DOCKER_HOST") or DEFAULT_HOST
    _knock(address)
    try:
        client = docker.from_env(timeout=TIMEOUT_S, max_pool_size=32)
        # Otherwise each request walks the environment for proxies, which other threads may be changing.
        client.api.trust_env = False
        client.ping()
    except (APIError, OSError) as error:
        # The SDK's own words for a broken connection are its client's insides.
        why = said(error) if isinstance(error, APIError) else "the connection failed"
        raise _nobody(address, why) from None
    except DockerException as error:
        if "onnection" in str(error):
            raise _nobody(address, "the connection failed") from None
        raise SandboxUnavailable(
            f"DOCKER_HOST is {address!r}, which names no Docker daemon ({said(error)}); correct it, or use "
            "--tier process"
        ) from None
    return client


def said(error: Exception) -> str:
    """The daemon's own words, without the layers of the client around them."""
    text = getattr(error, "explanation", None) or str(error)
    return str(text).strip().splitlines()[0][:300] if str(text).strip() else type(error).__name__


def _knock(address: str) -> None:
    """Fail early and plainly: the SDK leaves a socket behind and shows the insides of its client."""
    if not address.startswith("unix://"):
        return
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as door:
        try:
            door.connect(address.removeprefix("unix://"))
        except PermissionError:
            raise SandboxUnavailable(
                f"you may not use the Docker daemon at {address}: join its group (usermod -aG docker), or "
                "use --tier process"
            ) from None
        except OSError as error:
            raise _nobody(address, (error.strerror or str(error)).lower()) from None


def _nobody(address: str, why: str) -> SandboxUnavailable:
    return SandboxUnavailable(
        f"no Docker daemon answers at {address} ({why}): start Docker or use --tier process"
    )


def runtime_advice(name: str) -> str:
    """What to install and to write where the daemon has no such runtime."""
    entry = {"runtimes": {name: {"path": "/usr/bin/runsc", "runtimeArgs": RUNSC_ARGUMENTS}}}
    return (
        f"install gVisor (Debian: apt-get install runsc), write {json.dumps(entry)} into "
        "/etc/docker/daemon.json, then: systemctl reload docker"
    )


def image_exists(client: Any, tag: str) -> bool:
    """Whether the daemon has an image of that tag."""
    try:
        client.images.get(tag)
    except ImageNotFound:
        return False
    return True


def owner() -> str:
    """This process, so that another one can tell whether it still lives."""
    return f"{socket.gethostname()}:{boot_id()}:{os.getpid()}:{start_time(os.getpid())}"


def labels(instance: str) -> dict[str, str]:
    """For every container of one sandbox."""
    return {
        LABEL: "1",
        INSTANCE_LABEL: instance,
        OWNER_LABEL: owner(),
        DEADLINE_LABEL: str(int(time.time() + LEASE_S)),
    }


def remove_all(client: Any, instance: str) -> None:
    """Remove every container of one sandbox, dead or alive."""
    wanted = {"label": f"{INSTANCE_LABEL}={instance}"}
    for container in client.containers.list(all=True, filters=wanted, ignore_removed=True):
        with contextlib.suppress(NotFound, APIError):  # being removed already
            container.remove(force=True)


def sweep(client: Any) -> int:
    """Remove containers whose owner is gone, or whose lease is over; how many there were."""
    removed = 0
    for container in client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True):
        if abandoned(container.labels):
            try:
                container.remove(force=True)
            except (NotFound, APIError):
                continue  # somebody else sweeps at the same time
            removed += 1
    return removed


def abandoned(found: dict[str, str]) -> bool:
    """Whether the owner named by a container's labels is gone."""
    host, boot, pid, started = [*found.get(OWNER_LABEL, "").split(":"), "", "", "", ""][:4]
    if host != socket.gethostname():
        # A daemon shared with another machine, whose processes cannot be looked at.
        return float(found.get(DEADLINE_LABEL, "0")) < time.time()
    return boot != boot_id() or start_time(int(pid)) != started
