"""A collecting run as a process that can be disturbed, and what every disturbed run has to keep."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from blazer.core.outcomes import OUTCOME_TABLE
from blazer.core.records import Decision
from blazer.eval.faults_found import RUN_ID, completed, differences, examine
from blazer.eval.leftovers import Leftovers, Watch
from blazer.eval.summary import summarise
from blazer.store.export import export
from blazer.store.records import TraceFilter
from blazer.store.store import Store

TASK = "close_jar"
EPISODES = 12
GUEST, WORLD = "guest/main.py", "blazer.sandbox.world"
EXPECTED = frozenset((TASK, seed, 0) for seed in range(EPISODES))
CLEAN_WITHIN_S = 60.0
FAKE = "tests.faults.fake_collect"
REAL = "blazer.cli.main"


class CollectRun:
    """One run in one folder; started as often as it takes, always by the same command.

    Args:
        folder: Gets the store, and `tmp` for temporary files.
        watch: Told of every process that is started.
        tier: Of the sandbox.
        store: Where traces go; a file in the folder when not given.
        module: `FAKE` or `REAL` physics.
        env: Further variables.
    """

    def __init__(
        self,
        folder: Path,
        watch: Watch,
        *,
        tier: str = "process",
        store: str = "",
        module: str = FAKE,
        env: Mapping[str, str] | None = None,
        episodes: int = EPISODES,
    ) -> None:
        self.folder, self.path = folder, folder / "traces.sqlite"
        self.where = store or str(self.path)
        self._watch, self._env = watch, dict(env or {})
        options = ["--tasks", TASK, "--seeds", f"0:{episodes}", "--run", RUN_ID, "--tier", tier, "--json"]
        self._command = [sys.executable, "-m", module, "collect", *options, "--store", self.where]
        self.process: subprocess.Popen[str] | None = None
        self.expected = frozenset((TASK, seed, 0) for seed in range(episodes))

    def start(self, **env: str) -> subprocess.Popen[str]:
        """Start it, or go on with it."""
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
        base = {"TMPDIR": str(self.folder.parent / "tmp"), "PYTHONPATH": path}
        self.process = subprocess.Popen(
            self._command,
            cwd=self.folder,
            env={**os.environ, **base, **self._env, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._watch.watch(self.process.pid)
        return self.process

    def running(self) -> bool:
        """Whether it is there."""
        return self.process is not None and self.process.poll() is None

    def until_stored(self, count: int, timeout_s: float = 60.0) -> int:
        """Wait for so many complete episodes, or the run's end; how many there are."""
        deadline_s = time.monotonic() + timeout_s
        while self.running() and time.monotonic() < deadline_s:
            if (stored := self.stored()) >= count:
                return stored
            time.sleep(0.05)
        return self.stored()

    def stored(self) -> int:
        """Complete episodes."""
        return completed(self.where)

    def send(self, number: int) -> None:
        """A signal to the orchestrator alone."""
        assert self.process is not None
        self.process.send_signal(number)

    def end(self, timeout_s: float = 120.0) -> tuple[int, str, str]:
        """Wait for its end: exit code, stdout, stderr."""
        assert self.process is not None
        try:
            out, err = self.process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
            raise AssertionError(f"the run hangs; it said: {err[-2000:]}") from None
        return self.process.returncode, out, err

    def finish(self, **env: str) -> None:
        """Start it (again) and see it complete."""
        self.start(**env)
        code, out, err = self.end()
        assert code == 0, err
        assert json.loads(out)["complete"]

    def processes(self, what: str) -> list[int]:
        """Guests or worlds of this run, by their command lines; outer ones before inner ones."""
        assert self.process is not None
        return [pid for pid, line in below(self.process.pid) if what in line]


def below(root: int) -> Iterator[tuple[int, str]]:
    """Descendants of a process with their command lines, parents first."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(folder.name))
    waiting = children.get(root, [])
    while waiting:
        pid = waiting.pop(0)
        waiting += children.get(pid, [])
        try:
            yield pid, Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
        except OSError:
            continue


def kill(pid: int) -> bool:
    """SIGKILL from outside; False if it was gone."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def assert_promises(run: CollectRun, control: CollectRun | None) -> None:
    """Nothing lost, doubled or damaged; no infrastructure error counted; verdicts as undisturbed."""
    found = examine(run.where, run.expected)
    assert found.traces_found == found.traces_expected == len(run.expected)
    assert (found.traces_lost, found.traces_doubled, found.integrity_problems) == (0, 0, 0)
    assert found.infra_counted == 0
    if control is not None:
        assert differences(run.where, control.where) == 0
    assert_undecided_is_nowhere_counted(run.where, run.folder)


def assert_undecided_is_nowhere_counted(where: str, folder: Path) -> None:
    """Neither in the summary, nor as a negative in an export."""
    with Store.open(where, create=False) as store:
        rows = store.rows(TraceFilter(run_id=RUN_ID))
        complete = store.completed_episodes(RUN_ID)
        counted = sum(count.n for count in store.summary(RUN_ID))
    overall = summarise(rows).overall
    assert overall.episodes == len(complete) == counted
    assert not any(outcome for outcome in overall.failures if not OUTCOME_TABLE[outcome].decided)
    target = folder / "export.jsonl"
    with Store.open(where, create=False) as store:
        export(store, "jsonl", target, TraceFilter(run_id=RUN_ID))
    for line in target.read_text().splitlines():
        trace = json.loads(line)
        if not OUTCOME_TABLE[trace["outcome"]].decided:
            assert trace["verdict"]["paper"] == trace["verdict"]["strict"] == Decision.NONE


def assert_nothing_left(watch: Watch, run: CollectRun) -> None:
    """Within the minute: no process, container, volume, cgroup or temporary file."""
    left = watch.wait(CLEAN_WITHIN_S).left
    assert left == Leftovers()
    known = {"traces.sqlite", "traces.sqlite.state", "answers.sqlite", "checkpoints.sqlite"}
    known |= {"export.jsonl", "export.jsonl.manifest.json"}
    if run.path.exists():
        assert {path.name for path in run.folder.rglob("*")} <= known
