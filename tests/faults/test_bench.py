"""`blazer bench faults` in small, and that it would notice what it looks for."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from blazer.core.errors import UsageError
from blazer.core.outcomes import Outcome
from blazer.eval.faults import moments
from blazer.eval.faults_found import differences, examine
from blazer.eval.leftovers import Watch
from blazer.store.store import Store
from tests.store.builders import make_trace

ORPHAN = """
import os, subprocess, sys, time
if os.fork():
    sys.exit()
os.setsid()
time.sleep(60)
"""


def bench(*options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "blazer.cli.main", "bench", "faults", "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def assert_held(report: dict[str, Any], runs: int, kills: int) -> None:
    assert report["broken"] == []
    assert (report["runs"], report["kills"], report["resumes"]) == (runs, kills, kills)
    assert report["traces_expected"] == report["traces_found"] == runs
    for name in ("traces_lost", "traces_doubled", "integrity_problems", "infra_counted"):
        assert report[name] == 0
    assert not any(report["left"].values())
    assert report["left_after_s"] <= 60


def test_a_small_one() -> None:
    report = bench("--runs", "20", "--kills", "3", "--tasks", "put_block")
    assert_held(report, 20, 3)
    assert report["verdicts_differing"] == 0


@pytest.mark.slow
def test_a_larger_one() -> None:
    report = bench("--runs", "63", "--kills", "6", "--seed", "1")
    assert_held(report, 63, 6)
    assert report["verdicts_differing"] == 0


@pytest.mark.docker
def test_a_small_one_in_docker(docker_images: tuple[str, ...]) -> None:
    report = bench("--runs", "10", "--kills", "2", "--tasks", "put_block", "--tier", "docker")
    assert_held(report, 10, 2)


@pytest.mark.parametrize("kills", [0, 1, 7, 50])
def test_moments_are_seeded_and_spread_over_the_run(kills: int) -> None:
    found = moments(1000, kills, 3)
    assert found == moments(1000, kills, 3) and len(found) == kills
    assert kills == 0 or found != moments(1000, kills, 4)
    late = [moment.stored for moment in found if moment.stored]
    assert late == sorted(late) and all(stored <= 850 for stored in late)
    assert all(0 <= moment.after_s <= 3 for moment in found)


def test_more_kills_than_there_is_room_for_are_refused() -> None:
    with pytest.raises(UsageError, match="at most 8"):
        moments(10, 9, 0)


def test_an_orphan_in_a_session_of_its_own_is_found(tmp_path: Path) -> None:
    with Watch(tmp_path) as watch:
        subprocess.run([sys.executable, "-c", ORPHAN], check=True)
        (line,) = watch.look().processes
        assert not watch.wait(0.2).left.nothing
        os.kill(int(line.split()[0]), signal.SIGKILL)
        assert watch.wait(5.0).left.nothing
    with Watch(tmp_path) as watch:
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "forgotten").touch()
        assert watch.look().files == ("folder", "folder/forgotten")


def test_what_was_there_before_is_nobodys(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as mine:
        with Watch(tmp_path) as watch:
            assert watch.look().nothing
        mine.kill()


def _filled(path: Path) -> frozenset[tuple[str, int, int]]:
    with Store.open(path) as store:
        store.begin_run("run-a", {})
        store.add_traces([make_trace(seed=seed) for seed in range(3)])
        store.add_traces([make_trace(seed=3, outcome=Outcome.INFRA_ERROR), make_trace(seed=3)])
        (task,) = store.tasks()
    return frozenset((task, seed, 0) for seed in range(4))


def _change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    ("statement", "field", "number"),
    [
        ("SELECT 1", "traces_found", 4),
        ("SELECT 1", "infra_errors", 1),
        ("DELETE FROM traces WHERE seed = 1", "traces_lost", 1),
        ("UPDATE traces SET decided = 1 WHERE outcome = 'infra_error'", "infra_counted", 1),
        ("UPDATE traces SET strict = 'fail' WHERE outcome = 'infra_error'", "infra_counted", 1),
        ("UPDATE traces SET seed = 7 WHERE seed = 2", "traces_lost", 1),
        ("UPDATE traces SET seed = 7 WHERE seed = 2", "traces_doubled", 1),
        ("UPDATE traces SET sha256 = 'x' WHERE seed = 2", "integrity_problems", 1),
    ],
)
def test_the_report_would_show_it(statement: str, field: str, number: int, tmp_path: Path) -> None:
    path = tmp_path / "traces.sqlite"
    expected = _filled(path)
    quiet = examine(path, expected, "run-a")
    assert (quiet.traces_lost, quiet.traces_doubled, quiet.infra_counted) == (0, 0, 0)
    _change(path, statement)
    assert getattr(examine(path, expected, "run-a"), field) == number


def test_a_doubled_trace_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "traces.sqlite"
    expected = _filled(path)
    with closing(sqlite3.connect(path)) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(traces)")]
        same = ", ".join(name for name in names if name not in ("row_id", "try_index"))
        connection.execute(
            f"INSERT INTO traces ({same}, try_index) SELECT {same}, 1 FROM traces WHERE seed = 0"  # noqa: S608
        )
        connection.commit()
    assert examine(path, expected, "run-a").traces_doubled > 0


def test_another_verdict_is_a_difference(tmp_path: Path) -> None:
    one, other = tmp_path / "one.sqlite", tmp_path / "other.sqlite"
    _filled(one)
    _filled(other)
    assert differences(one, other, "run-a") == 0
    with Store.open(other) as store:
        store.add_trace(make_trace(seed=9))
    assert differences(one, other, "run-a") == 1


@pytest.mark.slow
def test_interrupted_it_takes_its_run_along(tmp_path: Path) -> None:
    """Ctrl-C on the bench itself leaves no run behind that nobody watches."""
    options = ["bench", "faults", "--runs", "40", "--kills", "2", "--tasks", "put_block"]
    with Watch(tmp_path) as watch:
        command = [sys.executable, "-m", "blazer.cli.main", *options]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            deadline_s = time.monotonic() + 30
            while len(watch.look().processes) < 3 and time.monotonic() < deadline_s:
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            process.wait(30)
        assert watch.wait(10.0).left.nothing
