"""A small process beside a host that removes its containers when the host is gone.

A host that is killed cannot clean up, and a guest that is busy or asleep hears nothing of its end. So
every Docker tier starts one of these: it waits for the end of a pipe that the host holds, and for the
host's own end, and then removes all containers with the host's label. A clean close tells it to leave.

It is no child that shares the host's fate: a session of its own, so that Ctrl-C at a terminal does
not reach it; none of the host's files, so that nobody waits for its output. Until it is needed it
loads nothing but the interpreter; the Docker SDK comes with the work.

Run as `python -m blazer.sandbox.reaper INSTANCE HOST_PID`.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time

LEAVE = b"leave\n"
PATIENCE_S = 60.0
"""How long to go on, where the daemon does not answer at once."""
QUIET_S = 2.0
"""Containers that were being created when the host died turn up within this time."""


class Reaper:
    """The host's end.

    Args:
        instance: Value of the label that all the host's containers carry.
    """

    def __init__(self, instance: str) -> None:
        # -S is not possible: the Docker SDK is found by way of site-packages.
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            [sys.executable, "-P", "-m", "blazer.sandbox.reaper", instance, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def close(self, timeout_s: float = 5.0) -> None:
        """Let it leave; the containers are the caller's to remove. Waits until it is gone.

        Args:
            timeout_s: After that it is killed.
        """
        assert self._process.stdin is not None  # noqa: S101  (made with PIPE)
        with contextlib.suppress(OSError):  # it may have been killed
            self._process.stdin.write(LEAVE)
            self._process.stdin.flush()
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def entrust(self) -> None:
        """Let it remove what there is, after this: as if the host were gone. The caller need not wait."""
        assert self._process.stdin is not None  # noqa: S101  (made with PIPE)
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        # But somebody takes note of its end: it would stay a zombie for as long as the host lives.
        threading.Thread(target=self._process.wait, name="blazer-reaper", daemon=True).start()


def wait_for_end(host_pid: int) -> bool:
    """Wait until the host says that it leaves, or is gone.

    Args:
        host_pid: Also watched itself: a child that it forked may hold the pipe open.

    Returns:
        Whether it went without a word.
    """
    watched: list[int] = [0]
    with contextlib.suppress(OSError):  # gone already, or a kernel without pidfds: the pipe says it
        watched.append(os.pidfd_open(host_pid))
    said = b""
    while True:
        ready = select.select(watched, [], [])[0]
        if 0 not in ready:
            return not said.startswith(LEAVE)
        data = os.read(0, 64)
        said += data
        if said.startswith(LEAVE):
            return False
        if not data:
            return True


def remove_containers(instance: str) -> None:
    """Remove every container of the instance, until none has turned up for a while."""
    # Late: until here there was nothing to do, and the SDK takes tens of megabytes.
    from docker.errors import DockerException  # noqa: PLC0415

    from blazer.core.errors import SandboxError  # noqa: PLC0415
    from blazer.sandbox.docker_client import INSTANCE_LABEL, connect, remove_all  # noqa: PLC0415

    wanted = {"label": f"{INSTANCE_LABEL}={instance}"}
    deadline, quiet_since = time.monotonic() + PATIENCE_S, time.monotonic()
    client = None
    while time.monotonic() < min(deadline, quiet_since + QUIET_S):
        try:
            client = client or connect()
            if client.containers.list(all=True, filters=wanted, ignore_removed=True):
                remove_all(client, instance)
                quiet_since = time.monotonic()
        except (DockerException, SandboxError, OSError):
            # Restarting, perhaps: its containers are still ours to remove.
            client, quiet_since = None, time.monotonic()
        time.sleep(0.2)


def main() -> None:
    """Wait, and clean up if the host went without a word."""
    instance, host_pid = sys.argv[1], int(sys.argv[2])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.chdir("/")
    if wait_for_end(host_pid):
        remove_containers(instance)


if __name__ == "__main__":
    main()
