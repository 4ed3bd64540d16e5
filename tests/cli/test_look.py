"""Listing, showing and exporting what a store holds."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from blazer.cli.traces_show import short
from blazer.core.records import Trace
from blazer.store.store import Store
from tests.cli.conftest import Blazer
from tests.store.builders import make_trace


def test_traces_list_as_json_is_the_rows(blazer: Blazer, filled: str) -> None:
    rows = blazer("traces", "list", "--json", "--store", filled).json
    assert [(row["task"], row["seed"], row["outcome"]) for row in rows] == [
        ("close_jar", 0, "success"),
        ("close_jar", 1, "goal_not_met"),
        ("close_jar", 2, "grasp_missed"),
        ("close_jar", 2, "success"),
        ("stack_blocks", 0, "infra_error"),
    ]


def test_traces_list_filters_and_says_how_many_there_are(blazer: Blazer, filled: str) -> None:
    def count(*options: str) -> int:
        return len(blazer("traces", "list", "--json", "--store", filled, *options).json)

    assert count("--task", "stack_blocks") == 1
    assert count("--outcome", "success,grasp_missed") == 3
    assert count("--seeds", "1:3") == 3
    assert count("--final") == 4
    assert count("-n", "2") == 2
    answer = blazer("traces", "list", "--store", filled, "-n", "2")
    assert "the newest 2 of 5" in answer.out and answer.err == ""


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--outcome", "failed"], "unknown outcome 'failed'"),
        (["--run", "zzz"], "no run 'zzz'"),
        (["--task", "zzz"], "is of a task 'zzz'; there are: close_jar, stack_blocks"),
        (["--task", "zzz", "--json"], "is of a task 'zzz'"),
        (["--seeds", "x"], "seed range"),
    ],
)
def test_traces_list_refuses_in_one_line(options: list[str], hint: str, blazer: Blazer, filled: str) -> None:
    answer = blazer("traces", "list", "--store", filled, *options)
    assert answer.code == 2 and answer.out == ""
    assert hint in answer.err and answer.err.count("\n") == 1


def test_the_store_may_come_from_the_environment(
    blazer: Blazer, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLAZER_STORE", filled)
    assert len(blazer("traces", "list", "--json").json) == 5


def test_without_a_store_the_way_to_one_is_named(blazer: Blazer, tmp_path: Path) -> None:
    for command in (
        ["traces", "list"],
        ["traces", "show", "abc"],
        ["runs"],
        ["export"],
        ["verify"],
        ["replay", "a"],
    ):
        answer = blazer(*command)
        assert answer.code == 2 and "blazer collect" in answer.err, command
    assert list(tmp_path.iterdir()) == []


def test_traces_show_says_everything_asked_of_it(blazer: Blazer, filled: str) -> None:
    trace = make_trace(seed=1)
    answer = blazer("traces", "show", trace.trace_id[:6], "--store", filled)
    assert answer.code == 0
    for part in (
        "goal_not_met", "close the red jar", "red jar jar0", "pick it", 'pick("jar0")', "pick(name=jar0)",
        "distance_m 0.004", "<= 0.01", "hello", "digests:",
    ):  # fmt: skip
        assert part in answer.out, part
    assert "☃" not in answer.out, "model calls only when asked for"
    assert "☃" in blazer("traces", "show", trace.trace_id, "--calls", "--store", filled).out
    shown = blazer("traces", "show", trace.trace_id, "--json", "--store", filled).out
    assert Trace.model_validate_json(shown).seed == 1


def test_markup_in_a_program_is_shown_and_not_obeyed(blazer: Blazer, tmp_path: Path) -> None:
    nasty = make_trace(
        program='print("[bold red]x[/bold red] [/nope]")\n', instruction="[link=http://x]go[/link]"
    )
    with Store.open(tmp_path / "n.sqlite") as store:
        store.add_trace(nasty)
    answer = blazer("traces", "show", nasty.trace_id, "--store", "n.sqlite")
    assert answer.code == 0
    assert "[bold red]x[/bold red] [/nope]" in answer.out and "[link=http://x]go[/link]" in answer.out


def test_an_unknown_trace_is_one_line(blazer: Blazer, filled: str) -> None:
    answer = blazer("traces", "show", "zzz", "--store", filled)
    assert (answer.code, answer.err.count("\n")) == (2, 1)


def test_runs_show_rates(blazer: Blazer, filled: str) -> None:
    (run,) = blazer("runs", "--json", "--store", filled).json
    assert (run["run_id"], run["episodes"], run["traces"]) == ("run-a", 3, 5)
    (close_jar, stack_blocks) = run["summary"]["tasks"]
    assert (close_jar["strict"]["successes"], close_jar["strict"]["n"]) == (2, 3)
    assert (stack_blocks["episodes"], stack_blocks["undecided"]) == (0, 1)
    assert "67 %" in blazer("runs", "--store", filled).out
    table = blazer("runs", "run-a", "--store", filled).out
    assert "close_jar" in table and "1 undecided" in table and "goal_not_met 1" in table
    assert blazer("runs", "nope", "--store", filled).code == 2


def test_export_writes_the_traces_and_a_manifest(blazer: Blazer, filled: str, tmp_path: Path) -> None:
    manifest = blazer("export", "--out", "out/t.jsonl", "--json", "--final", "--store", filled).json
    lines = (tmp_path / "out" / "t.jsonl").read_text().splitlines()
    assert manifest["traces"] == len(lines) == 4
    assert all(Trace.model_validate_json(line).is_final for line in lines)


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--format", "parquet"], "unknown export format"),
        (["--task", "nope"], "is of a task 'nope'; there are: close_jar, stack_blocks"),
        (["--out", "."], "is a directory"),
        (["--out", "/dev/null/x.jsonl"], "cannot write /dev/null/x.jsonl"),
        (["--out", "/proc/x.jsonl"], "choose a place that can be written with --out"),
    ],
)
def test_export_refuses_and_leaves_nothing(
    options: list[str], hint: str, blazer: Blazer, filled: str, tmp_path: Path
) -> None:
    before = sorted(tmp_path.iterdir())
    answer = blazer("export", "--store", filled, *options)
    assert answer.code == 2 and hint in answer.err and answer.err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_corrupt_store_is_one_line_for_every_reader(blazer: Blazer, tmp_path: Path) -> None:
    (tmp_path / "bad.sqlite").write_text("no database " * 400)
    for command in (["traces", "list"], ["runs"], ["verify"], ["collect", "--tasks", "close_jar"]):
        answer = blazer(*command, "--store", "bad.sqlite")
        assert answer.code == 2 and "not a Blazer store" in answer.err and answer.err.count("\n") == 1


def test_short_values() -> None:
    assert short([0.123456, True, None, "x"]) == "[0.1235, True, None, x]"
    assert short("x" * 99).endswith("…") and len(short("x" * 99)) == 60


def test_graph_is_mermaid_of_the_code(blazer: Blazer) -> None:
    answer = blazer("graph")
    assert answer.code == 0 and "graph TD" in answer.out and "coder" in answer.out


def test_doctor_names_everything_and_how_to_get_it(blazer: Blazer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "s3cret")
    answer = blazer("doctor", "--json")
    findings = {item["name"]: item for item in json.loads(answer.out)}
    assert {
        "python",
        "packages",
        "docker",
        "landlock",
        "seccomp",
        "graphics",
        "ffmpeg",
        "keys",
        "disk",
        "store",
    } <= set(findings)
    assert all(item["remedy"] for item in findings.values() if item["status"] != "ok")
    assert "SOME_API_KEY" in findings["keys"]["detail"] and "s3cret" not in answer.out


def test_doctor_fails_only_over_what_is_broken(blazer: Blazer, tmp_path: Path) -> None:
    (tmp_path / "bad.sqlite").write_text("no database " * 400)
    answer = blazer("doctor", "--store", "bad.sqlite")
    assert answer.code == 1 and "broken" in answer.out


def test_vocabulary_says_what_a_new_task_may_be_made_of(blazer: Blazer) -> None:
    known = blazer("tasks", "--vocabulary", "--json").json
    assert {"jar", "screw_cap"} <= set(known["types"])
    assert known["predicates"]["upright"]["params"]
    assert "predicates" in blazer("tasks", "--vocabulary").out


def test_a_store_of_no_version_is_one_line(blazer: Blazer, filled: str) -> None:
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("UPDATE meta SET value = '0'")
    answer = blazer("traces", "list", "--store", filled)
    assert (answer.code, answer.out) == (2, "")
    assert "version 0, which no Blazer made" in answer.err and answer.err.count("\n") == 1


@pytest.mark.parametrize("command", [("collect",), ("batch", "export", "--model", "gpt-x")])
def test_a_variable_of_ours_that_nobody_knows_is_refused(
    command: tuple[str, ...], blazer: Blazer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLAZER_NOPE", "3")
    answer = blazer(*command)
    assert (answer.code, answer.out) == (2, "")
    assert "unknown setting 'nope' (from environment variable BLAZER_NOPE)" in answer.err
    assert answer.err.count("\n") == 1 and list(tmp_path.iterdir()) == []


def test_a_script_gets_every_trace_and_a_person_a_page(
    blazer: Blazer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "many.sqlite")
    with Store.open(path) as store:
        store.begin_run("run-a", {"tasks": ["close_jar"]})
        store.add_traces([make_trace(seed=seed) for seed in range(3)])
    monkeypatch.setattr("blazer.cli.traces_list.PAGE", 2)
    assert len(blazer("traces", "list", "--store", path, "--json").json) == 3
    assert len(blazer("traces", "list", "--store", path, "--json", "--limit", "1").json) == 1
    assert "newest 2 of 3" in blazer("traces", "list", "--store", path).out
