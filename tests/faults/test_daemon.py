"""The Docker daemon is restarted in mid-run. One of the test's own: nobody else's containers are touched.

Root starts a second daemon beside the machine's, with its own folders and no network, and loads the
sandbox's images into it. The machine's own daemon is only read from.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from blazer.eval.leftovers import Leftovers, Watch
from tests.faults.runs import (
    CLEAN_WITHIN_S,
    CollectRun,
    assert_promises,
    assert_undecided_is_nowhere_counted,
)

pytestmark = pytest.mark.docker
START_S = 60.0


class Daemon:
    """A dockerd in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = f"unix://{folder}/docker.sock"
        self.process: subprocess.Popen[bytes] | None = None
        # As where the system keeps it: it does not share the daemon's fate.
        place = folder / "containerd"
        place.mkdir()
        (place / "config.toml").write_text('disabled_plugins = ["io.containerd.grpc.v1.cri"]\n')
        command = ["containerd", "--config", str(place / "config.toml"), "--root", str(place / "root")]
        command += ["--state", str(place / "state"), "--address", str(place / "sock")]
        with (folder / "log").open("ab") as log:
            self._containerd = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def end(self) -> None:
        """End both."""
        self.stop(signal.SIGTERM)
        self._containerd.terminate()
        self._containerd.wait(30)
        # A daemon that was killed forgets the shims of containers that it was just starting.
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if str(self.folder).encode() in (folder / "cmdline").read_bytes():
                    os.kill(int(folder.name), signal.SIGKILL)
        mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for place in sorted((m for m in mounts if m.startswith(f"{self.folder}/")), reverse=True):
            subprocess.run(["umount", "--lazy", place], check=False, capture_output=True)

    def start(self) -> None:
        """Start it and wait until it answers."""
        # In a network of its own: a daemon without a bridge removes `docker0`, the other daemon's too.
        command = [
            "unshare",
            "--net",
            "dockerd",
            "--data-root",
            str(self.folder / "data"),
            "--exec-root",
            str(self.folder / "exec"),
        ]
        command += ["--pidfile", str(self.folder / "pid"), "-H", self.address]
        command += [
            "--containerd",
            str(self.folder / "containerd" / "sock"),
            "--bridge=none",
            "--iptables=false",
            "--ip-masq=false",
        ]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        deadline_s = time.monotonic() + START_S
        while self.ask("info").returncode != 0:
            assert self.process.poll() is None and time.monotonic() < deadline_s, self.log()
            time.sleep(0.1)

    def stop(self, number: int) -> None:
        """Send the signal and wait for its end."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(60)

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One docker command."""
        command = ["docker", "-H", self.address, *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def log(self) -> str:
        """Its last words."""
        return (self.folder / "log").read_text(errors="replace")[-2000:]


@pytest.fixture(scope="module")
def daemon(docker_images: tuple[str, ...]) -> Iterator[Daemon]:
    """A second daemon that has the images of this version."""
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        pytest.skip("docker: only root can start a second daemon, and needs dockerd for it")
    tags = docker_images
    with tempfile.TemporaryDirectory(prefix="blazer-test-dockerd-", ignore_cleanup_errors=True) as name:
        made = Daemon(Path(name))
        made.start()
        try:
            save = subprocess.Popen(["docker", "save", *tags], stdout=subprocess.PIPE)
            load = ["docker", "-H", made.address, "load"]
            subprocess.run(load, stdin=save.stdout, check=True, capture_output=True)
            assert save.stdout is not None
            save.stdout.close()
            assert save.wait() == 0
            yield made
        finally:
            made.end()


@pytest.fixture
def docker_watch(tmp_path: Path, daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    monkeypatch.setenv("DOCKER_HOST", daemon.address)
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    with Watch(scratch, docker=True) as opened:
        yield opened


@pytest.fixture
def docker_run(tmp_path: Path, docker_watch: Watch) -> Iterator[CollectRun]:
    folder = tmp_path / "run"
    folder.mkdir()
    made = CollectRun(folder, docker_watch, tier="docker")
    yield made
    if made.running():
        assert made.process is not None
        made.process.kill()
        made.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_restarted_in_mid_run(
    number: int, daemon: Daemon, docker_run: CollectRun, docker_watch: Watch, control: CollectRun
) -> None:
    docker_run.start()
    for _ in range(2):
        docker_run.until_stored(docker_run.stored() + 2)
        daemon.stop(number)
        time.sleep(1.0)
        daemon.start()
    code, _, said = docker_run.end(300)
    assert "Traceback" not in said
    assert_undecided_is_nowhere_counted(docker_run.where, docker_run.folder)
    assert code == 0, f"it did not go on by itself: {said}"
    assert_promises(docker_run, control)
    assert_nothing_left_beside(daemon, docker_watch)


def assert_nothing_left_beside(daemon: Daemon, watch: Watch) -> None:
    """As `assert_nothing_left`; the daemon is a child of this process, too."""
    deadline_s = time.monotonic() + CLEAN_WITHIN_S
    while True:
        left = watch.look()
        theirs = tuple(line for line in left.processes if str(daemon.folder) in line)
        ours = left.model_copy(update={"processes": tuple(set(left.processes) - set(theirs))})
        if ours.nothing or time.monotonic() > deadline_s:
            break
        time.sleep(0.2)
    assert ours == Leftovers()
    assert daemon.ask("ps", "-aq").stdout == ""


def test_host_killed_and_resumed(
    daemon: Daemon, docker_run: CollectRun, docker_watch: Watch, control: CollectRun
) -> None:
    for stored in (0, 3, 6):
        docker_run.start()
        docker_run.until_stored(stored)
        time.sleep(0.3)
        docker_run.send(signal.SIGKILL)
        docker_run.end()
    docker_run.finish()
    assert_promises(docker_run, control)
    assert_nothing_left_beside(daemon, docker_watch)
