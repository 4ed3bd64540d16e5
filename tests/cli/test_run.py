"""Commands that run programs, for real, in the process tier: collect, verify, replay, run-program, bench.

One small run is collected once for the whole module; every test works on a copy.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import pytest

from blazer.cli.main import run
from blazer.core.records import Trace
from blazer.store.schema import pack
from blazer.store.store import Store
from tests.cli.conftest import Blazer

TASKS = ["close_jar", "put_block", "open_wine_bottle"]
SMALL = ("--tasks", ",".join(TASKS), "--seeds", "0:2", "--tier", "process")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with three tasks on two seeds."""
    folder = tmp_path_factory.mktemp("collected")
    assert run(["collect", *SMALL, "--store", str(folder / "traces.sqlite")]) == 0
    return folder


@pytest.fixture
def copy(collected: Path, tmp_path: Path) -> str:
    """A copy of that store that a test may spoil."""
    for item in collected.glob("traces.sqlite*"):
        if item.is_file():
            shutil.copy(item, tmp_path / item.name)
    return str(tmp_path / "traces.sqlite")


def _executed(store: str) -> list[Trace]:
    with Store.open(store, create=False) as opened:
        return [trace for trace in opened.traces() if trace.execution.final_digest]


def test_collect_stores_every_episode_and_the_same_command_finds_it_complete(
    blazer: Blazer, copy: str
) -> None:
    answer = blazer("collect", *SMALL, "--store", copy, "--json")
    assert answer.code == 0 and "complete" in answer.err
    assert answer.json["complete"] is True and answer.json["missing"] == 0
    assert answer.json["summary"]["overall"]["episodes"] == 6
    with Store.open(copy, create=False) as store:
        (info,) = store.runs()
        assert (info.status, info.episodes) == ("finished", 6)
        assert info.config["settings"]["tasks"] == TASKS
        assert store.check().ok


def test_a_longer_list_of_seeds_extends_the_run(blazer: Blazer, copy: str) -> None:
    longer = [item if item != "0:2" else "0:3" for item in SMALL]
    answer = blazer("collect", *longer, "--store", copy, "--json")
    assert answer.code == 0
    assert (answer.json["this_call"]["done_before"], answer.json["this_call"]["done_now"]) == (6, 3)


def test_seeds_kept_for_evaluation_are_warned_of_and_the_build_says_how_to_leave_them_out(
    blazer: Blazer, copy: str
) -> None:
    asked = ("--tasks", "close_jar", "--tier", "process", "--store", copy, "--run")
    assert "evaluation" not in blazer("collect", *asked, "good", "--seeds", "0:2").err
    warned = blazer("collect", *asked, "kept", "--seeds", "1999999:2000001").err
    assert "2000000:2000001" in warned and "no data set" in warned
    pytest.importorskip("pyarrow")
    build = ("dataset", "build", "--store", copy, "--kinds", "sft", "-o", "data", "--val-fraction", "0")
    refused = blazer(*build)
    assert refused.code == 1 and "of run kept " in refused.err
    (runs,) = re.findall(r"--runs (\S+)", refused.err)
    assert blazer(*build, "--runs", runs).code == 0


def test_the_report_for_people_says_what_comes_next(blazer: Blazer, copy: str) -> None:
    answer = blazer("collect", *SMALL, "--store", copy)
    for part in (
        "strict",
        "paper",
        "close_jar",
        "put_block",
        "Failures:",
        "tokens",
        f"Store: {copy}",
        "Next:",
    ):
        assert part in answer.out, part
    assert "blazer verify" in answer.out


def test_a_run_of_that_name_with_other_models_is_refused(blazer: Blazer, tmp_path: Path) -> None:
    named = ("collect", "--tasks", "put_block", "--seeds", "0", "--tier", "process", "--run", "mine")
    assert blazer(*named).code == 0
    answer = blazer(*named, "--repairs", "3")
    assert answer.code == 2 and "repairs" in answer.err and "--run another name" in answer.err
    assert answer.err.count("\n") == 1


def test_verify_agrees_with_what_was_collected(blazer: Blazer, copy: str) -> None:
    answer = blazer("verify", "--tier", "process", "--store", copy, "--json")
    assert answer.code == 0, answer.json
    assert answer.json["all_agree"] and answer.json["differs"] == 0
    assert answer.json["agrees"] >= 6


def test_verify_says_when_the_code_is_another(blazer: Blazer, copy: str) -> None:
    answer = blazer("verify", "--tier", "process", "--store", copy, "--limit", "1", "--json")
    assert answer.json["recorded_with_other_code"] == [] and answer.json["now"]["code_digest"]
    with Store.open(copy, create=False) as store:
        victim = list(store.traces())[-1]
    old = victim.provenance.model_copy(update={"code_digest": "0" * 16, "blazer_version": "0.0.1"})
    _replace(copy, victim.model_copy(update={"provenance": old}))
    answer = blazer("verify", "--tier", "process", "--store", copy, "--limit", "1")
    first = answer.out.splitlines()[0]
    assert first.startswith("recorded with Blazer 0.0.1 (code 00000000), mujoco")
    assert first.endswith("differences may be the code's")
    answer = blazer("verify", "--tier", "process", "--store", copy, "--limit", "1", "--json")
    assert [made["code_digest"] for made in answer.json["recorded_with_other_code"]] == ["0" * 16]


def test_a_named_run_of_other_code_goes_on_and_says_so(
    blazer: Blazer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = ("collect", "--tasks", "put_block", "--tier", "process", "--json")
    for name in (("--run", "mine"), ()):
        assert blazer(*small, "--seeds", "0", *name).code == 0
    for module in ("blazer.agents.run", "blazer.cli.collecting"):
        monkeypatch.setattr(f"{module}.code_digest", lambda: "0" * 16)
    named = blazer(*small, "--seeds", "0:2", "--run", "mine")
    assert "other code of Blazer" in named.err and "this is 0000000000000000" in named.err
    assert named.json["this_call"]["done_before"] == 1
    fresh = blazer(*small, "--seeds", "0:2")
    assert "other code" not in fresh.err and fresh.json["this_call"]["done_before"] == 0


def test_verify_finds_a_forged_verdict(blazer: Blazer, copy: str) -> None:
    victim = _executed(copy)[0]
    final = victim.execution.model_copy(update={"final_digest": "0" * 16})
    _replace(copy, victim.model_copy(update={"execution": final}))
    answer = blazer("verify", "--tier", "process", "--store", copy, "--json")
    assert answer.code == 1
    (differing,) = answer.json["differing"]
    assert differing["trace_id"] == victim.trace_id and "final digest" in differing["differences"][0]


def test_verify_finds_an_exchanged_program(blazer: Blazer, copy: str) -> None:
    victim = _executed(copy)[0]
    _replace(copy, victim.model_copy(update={"program": "open_gripper()\n"}))
    answer = blazer("verify", "--tier", "process", "--store", copy)
    assert answer.code == 1 and victim.trace_id in answer.out


def test_verify_refuses_a_damaged_store_before_running_anything(blazer: Blazer, copy: str) -> None:
    victim = _executed(copy)[0]
    body = zlib.compress(victim.model_copy(update={"program": "x"}).model_dump_json().encode())
    _execute(copy, "UPDATE traces SET body = ? WHERE trace_id = ?", body, victim.trace_id)
    answer = blazer("verify", "--tier", "process", "--store", copy)
    assert answer.code == 1 and "damaged" in answer.out and victim.trace_id in answer.err


def _replace(store: str, trace: Trace) -> None:
    """Forge well: digest and body agree."""
    sha256, body = pack(trace)
    _execute(store, "UPDATE traces SET body = ?, sha256 = ? WHERE trace_id = ?", body, sha256, trace.trace_id)


def _execute(store: str, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        assert connection.execute(statement, values).rowcount == 1


def test_replay_agrees_with_every_executed_trace(blazer: Blazer, copy: str) -> None:
    for trace in _executed(copy):
        answer = blazer("replay", trace.trace_id, "--store", copy, "--json")
        assert answer.code == 0 and answer.json["differences"] == [], (trace.trace_id, answer.out)
        assert answer.json["final_digest"] == trace.execution.final_digest


def test_replay_notices_another_world(blazer: Blazer, copy: str) -> None:
    victim = next(t for t in _executed(copy) if len(t.execution.skill_calls) > 3)
    fewer = victim.execution.model_copy(update={"skill_calls": victim.execution.skill_calls[:-2]})
    _replace(copy, victim.model_copy(update={"execution": fewer}))
    answer = blazer("replay", victim.trace_id, "--store", copy)
    assert answer.code == 1 and "final digest" in answer.err


@pytest.mark.egl
def test_replay_makes_a_sheet_and_a_video(blazer: Blazer, copy: str, tmp_path: Path) -> None:
    trace = min(_executed(copy), key=lambda item: item.execution.timings.simulated_s)
    options = ("--size", "160x120", "--count", "4", "--store", copy)
    answer = blazer("replay", trace.trace_id, "--frames", "s.png", "--video", "v.mp4", *options)
    assert answer.code == 0, answer.err
    assert iio.imread(tmp_path / "s.png").ndim == 3
    assert (tmp_path / "v.mp4").stat().st_size > 1000
    assert not list(tmp_path.glob(".*partial*"))


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--size", "big"], "WIDTHxHEIGHT"),
        (["--size", "9x9"], "outside"),
        (["--video", "x.gif"], ".mp4"),
        (["--frames", "x.jpg"], ".png"),
        (["--frames", "x.png", "--camera", "moon"], "unknown camera 'moon'"),
    ],
)
def test_replay_refuses_in_one_line(
    options: list[str], hint: str, blazer: Blazer, copy: str, tmp_path: Path
) -> None:
    before = sorted(tmp_path.iterdir())
    answer = blazer("replay", _executed(copy)[0].trace_id, "--store", copy, *options)
    assert answer.code == 2 and hint in answer.err and answer.err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_run_program_judges(blazer: Blazer, tmp_path: Path) -> None:
    answer = blazer("run-program", "@reference", "--task", "close_jar", "--tier", "process", "--json")
    assert answer.code == 0 and answer.json["verdict"]["strict"] == "pass"
    (tmp_path / "idle.py").write_text("print(gripper_pose().opening)\n")
    answer = blazer("run-program", "idle.py", "--task", "close_jar", "--tier", "process")
    assert answer.code == 1 and "goal_not_met" in answer.out and "0.08" in answer.out


@pytest.mark.parametrize(
    ("program", "task", "hint", "code"),
    [
        ("import os\n", "close_jar", "refuses", 1),
        ("def (\n", "close_jar", "refuses", 1),
        (None, "close_jar", "cannot read 'p.py'", 2),
        ("x = 1\n", "close_jra", "Did you mean 'close_jar'", 2),
        ("x = 1\n", "nowhere.json", "nowhere.json", 2),
    ],
)
def test_run_program_refuses(
    program: str | None, task: str, hint: str, code: int, blazer: Blazer, tmp_path: Path
) -> None:
    if program is not None:
        (tmp_path / "p.py").write_text(program)
    answer = blazer("run-program", "p.py", "--task", task, "--tier", "process")
    assert answer.code == code and hint in answer.err and "Traceback" not in answer.err


def test_bench_prints_its_rows(blazer: Blazer) -> None:
    tasks = ("--tasks", "put_block", "-n", "2", "--tier", "process", "--json")
    assert blazer("bench", "reference", *tasks).json == [
        {"task": "put_block", "n": 2, "success_paper": 2, "success_strict": 2}
    ]
    row, whole = blazer("bench", "episodes", *tasks).json
    wanted = {
        "task",
        "episodes",
        "success_strict",
        "wall_s",
        "physics_s",
        "steps",
        "plan_ms_p50",
        "plan_ms_p99",
    }
    assert wanted == set(row) and wanted < set(whole)
    assert row["episodes"] == 2 and row["steps"] > 1000 and 0 < row["physics_s"] < row["wall_s"]
    assert whole["worker_rss_mb"] > 20


def _command(folder: Path) -> list[str]:
    options = ["--tasks", "close_jar,put_block", "--seeds", "0:4", "--tier", "process", "--json"]
    return [sys.executable, "-m", "blazer.cli.main", "collect", *options, "--store", str(folder / "t.sqlite")]


def _count(store: Path) -> int:
    if not store.exists():
        return 0
    with closing(sqlite3.connect(store)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM traces WHERE is_final").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A collecting process that has stored a trace."""
    process = subprocess.Popen(
        _command(tmp_path), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline_s = time.monotonic() + 60
    while _count(tmp_path / "t.sqlite") == 0 and time.monotonic() < deadline_s and process.poll() is None:
        time.sleep(0.02)
    yield process
    if process.poll() is None:
        process.kill()
        process.communicate()


def _finish(folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        _command(folder), cwd=folder, capture_output=True, text=True, check=True, timeout=120
    )
    with Store.open(folder / "t.sqlite", create=False) as store:
        assert store.check().ok
        finals = [(row.task, row.seed) for row in store.rows() if row.is_final and row.decided]
    assert sorted(finals) == sorted((t, s) for t in ("close_jar", "put_block") for s in range(4))
    return dict(json.loads(done.stdout))


def test_killed_at_once_the_same_command_finishes(begun: subprocess.Popen[str], tmp_path: Path) -> None:
    begun.kill()
    begun.communicate()
    before = _count(tmp_path / "t.sqlite")
    assert before > 0
    answer = _finish(tmp_path)
    assert answer["complete"] and answer["this_call"]["done_now"] < 8


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_by_a_signal_it_closes_and_says_how_to_go_on(
    number: int, code: int, begun: subprocess.Popen[str], tmp_path: Path
) -> None:
    os.kill(begun.pid, number)
    _, said = begun.communicate(timeout=60)
    assert begun.returncode == code, said
    assert "The same command goes on" in said and "Traceback" not in said
    with Store.open(tmp_path / "t.sqlite", create=False) as store:
        assert store.runs()[0].status == "stopped"
    assert _finish(tmp_path)["complete"]


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--tasks", "nope"], "unknown task 'nope'"),
        (["--seeds", "3:1"], "holds no seed"),
        (["--model", "coder=gpt-4.1"], "OPENAI_API_KEY"),
        (
            ["--model", "coder=gpt-4.1", "--base-url", "http://127.0.0.1:9/v1", "--tier", "process"],
            "nobody answers",
        ),
        (["--model", "cook=gpt-4.1"], "unknown model role 'cook'"),
        (["--store", "mysql://x/y"], "unknown store URL scheme"),
        (["--tier", "vm"], "'tier' 'vm'"),
        (["--config", "none.yaml"], "cannot be read"),
        (["--set", "wrokers=2"], "Did you mean 'workers'"),
        (["--samples", "0"], "samples"),
    ],
)
def test_collect_refuses_before_anything_is_written(
    options: list[str], hint: str, blazer: Blazer, tmp_path: Path
) -> None:
    answer = blazer("collect", *options)
    assert answer.code == 2 and answer.out == ""
    assert hint in answer.err and answer.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
