"""The PostgreSQL server is restarted in mid-run: the run waits for it and goes on.

Needs a server of its own, because the one that `BLAZER_TEST_POSTGRES_URL` names serves other tests
meanwhile; the variable says that PostgreSQL is to be tested here.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from blazer.eval.leftovers import Watch
from tests.faults.runs import CollectRun, assert_promises

WANTED = bool(os.environ.get("BLAZER_TEST_POSTGRES_URL"))
REQUIRED = "postgresql" in os.environ.get("BLAZER_REQUIRE", "").split(",")


def _initdb() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    beside = shutil.which("initdb")
    return found[-1] if found else Path(beside) if beside else None


class Server(NamedTuple):
    """A PostgreSQL server in a folder of its own."""

    tools: Path
    folder: Path
    port: int
    become: list[str]

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def control(self, *words: str) -> None:
        command = [*self.become, str(self.tools / "pg_ctl"), "-D", str(self.folder / "data"), "-w", *words]
        # Not a pipe: the server would keep it open.
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self.control("-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, mode: str) -> None:
        self.control("-m", mode, "stop")


@pytest.fixture
def server() -> Iterator[Server]:
    initdb = _initdb()
    if not WANTED or initdb is None:
        why = "no initdb here" if WANTED else "BLAZER_TEST_POSTGRES_URL is not set"
        (pytest.fail if REQUIRED else pytest.skip)(f"postgresql: {why}")
    with tempfile.TemporaryDirectory(prefix="blazer-test-postgres-") as name:
        folder, become = Path(name), []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            become = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        made = Server(initdb.parent, folder, port, become)
        command = [*become, str(initdb), "-D", str(folder / "data"), "-A", "trust", "-E", "UTF8", "-U"]
        subprocess.run([*command, "postgres", "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd=folder)
        made.start()
        try:
            yield made
        finally:
            subprocess.run(
                [
                    *become,
                    str(initdb.parent / "pg_ctl"),
                    "-D",
                    str(folder / "data"),
                    "-m",
                    "immediate",
                    "stop",
                ],
                check=False,
                capture_output=True,
                cwd=folder,
            )


def test_restarted_in_mid_run(server: Server, tmp_path: Path, control: CollectRun, watch: Watch) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    run = CollectRun(folder, watch, store=server.url)
    run.start()
    for mode in ("fast", "immediate"):
        run.until_stored(run.stored() + 2)
        server.stop(mode)
        time.sleep(0.5)
        server.start()
    code, _, said = run.end()
    assert code == 0, said
    assert_promises(run, control)
