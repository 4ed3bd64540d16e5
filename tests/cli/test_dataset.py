"""`blazer dataset build`, `show` and `stats` as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from blazer.cli.main import run
from blazer.training.manifest import Manifest
from tests.cli.conftest import Blazer
from tests.training.builders import store_of, varied

pytest.importorskip("pyarrow")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store of varied traces."""
    return str(store_of(tmp_path_factory.mktemp("store") / "traces.sqlite", varied()))


@pytest.fixture(scope="module")
def data(store: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A data set of them."""
    target = str(tmp_path_factory.mktemp("data") / "set")
    assert run(["dataset", "build", "--store", store, "--style", "brief", "-o", target, "--seed", "1"]) == 0
    return target


def test_options_file_and_set_make_the_settings_that_the_manifest_keeps(
    store: str, blazer: Blazer, tmp_path: Path
) -> None:
    (tmp_path / "data.yaml").write_text(
        "style: brief\nmin_pass_rate: 0.5\nkinds: sft,dpo\nsplit: {val_seeds: 2:4}\n"
    )
    answer = blazer(
        "dataset", "build", "--store", store, "--config", "data.yaml", "--set", "dpo.per_instance=2",
        "--set", "balance.policy=none", "--balance", "cap", "--min-pass-rate", "0.75", "--json",
        "--held-out-tasks", "put_block", "-o", "out", "--set", "refers=property,name",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    manifest = Manifest.model_validate(answer.json["manifest"])
    assert answer.json["fresh"] is True
    settings = manifest.settings
    assert (settings.style, settings.kinds, settings.min_pass_rate) == ("brief", ("sft", "dpo"), 0.75)
    assert (settings.dpo.per_instance, settings.balance.policy) == (2, "cap")
    assert (settings.split.val_seeds, settings.split.held_out_tasks) == ((2, 4), ("put_block",))
    assert settings.refers == ("property", "name")
    assert set(manifest.counts["sft"]) == {"train", "validation", "held_out"}
    again = blazer("dataset", "build", "--store", store, "--style", "brief", "-o", "out")
    assert again.code == 2
    assert "--force" in again.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "dpo.per_instanc=2"), "Did you mean 'per_instance'"),
        (("--set", "nope=1"), "unknown setting 'nope'"),
        (("--style", "long"), "--style"),
        (("--kinds", "sft,ppo"), "--kinds"),
        (("--min-pass-rate", "2"), "--min-pass-rate"),
        (("--val-seeds", "5:2"), "holds no seed"),
        (("--val-seeds", "2000000:2000001"), "kept for evaluation"),
        (("--set", "length.max_tokens=10"), "tokenizer"),
        (("--set", "balance.per_task=3"), "cap"),
        (("--tasks", "nope"), "there are: close_jar"),
        (("--runs", "nope"), "there are: run-a"),
        (("--max-chars", "10"), "too_long"),
        (("--val-seeds", "900:901"), "no row for validation"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    store: str, blazer: Blazer, arguments: tuple[str, ...], words: str
) -> None:
    answer = blazer("dataset", "build", "--store", store, "--style", "brief", "-o", "out", *arguments)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert words in answer.err
    assert not Path("out").exists()


def test_a_missing_store_is_no_new_one(blazer: Blazer) -> None:
    answer = blazer("dataset", "build", "--store", "nowhere.sqlite")
    assert answer.code == 2
    assert not Path("nowhere.sqlite").exists()


def test_build_tells_what_was_left_out_and_how_to_load(store: str, blazer: Blazer) -> None:
    answer = blazer("dataset", "build", "--store", store, "--style", "brief", "-o", "out")
    assert answer.code == 0
    assert "duplicate: the same solution is there already" in answer.out
    assert 'load_dataset("out", "sft")' in answer.out
    again = blazer("dataset", "build", "--store", store, "--style", "brief", "-o", "out")
    assert again.code == 0
    assert "left as it is" in again.out


@pytest.mark.parametrize(
    ("kind", "words"),
    [("sft", "[completion]"), ("dpo", "[rejected ("), ("kto", "desirable]"), ("rl", "answers were right")],
)
def test_show_prints_whole_rows(data: str, blazer: Blazer, kind: str, words: str) -> None:
    answer = blazer("dataset", "show", data, "--kind", kind, "--n", "2", "--task", "put_block")
    assert answer.code == 0
    assert words in answer.out
    assert answer.out.count("close the red jar of put_block") == 2
    rows = blazer("dataset", "show", data, "--kind", kind, "-n", "2", "--json").json
    assert [set(row) >= {"prompt", "task", "seed", "instance"} for row in rows] == [True, True]


@pytest.mark.parametrize("arguments", [("--kind", "ppo"), ("--split", "test"), ("--task", "nope")])
def test_show_names_what_there_is(data: str, blazer: Blazer, arguments: tuple[str, ...]) -> None:
    answer = blazer("dataset", "show", data, *arguments)
    assert answer.code == 2
    assert "Known: " in answer.err


@pytest.mark.parametrize("command", ["show", "stats", "verify"])
def test_a_directory_without_a_data_set_is_an_error(blazer: Blazer, command: str, tmp_path: Path) -> None:
    answer = blazer("dataset", command, str(tmp_path))
    assert answer.code == 2
    assert "dataset build" in answer.err


def test_stats_add_up_to_the_manifest(data: str, blazer: Blazer) -> None:
    stats = blazer("dataset", "stats", data, "--json").json
    manifest = json.loads(Path(data, "manifest.json").read_text())
    for kind, splits in manifest["counts"].items():
        for split, counts in splits.items():
            assert stats[kind][split]["rows"] == counts["rows"]
            assert {task: some["rows"] for task, some in stats[kind][split]["tasks"].items()} == counts[
                "tasks"
            ]
            assert stats[kind][split]["lessons"] == counts["lessons"]
    dpo = stats["dpo"]["train"]
    assert sum(dpo["strata"].values()) == dpo["rows"]
    assert stats["sft"]["train"]["refers"].keys() == {"property", "pasted"}


def test_stats_are_drawn(data: str, blazer: Blazer) -> None:
    pytest.importorskip("matplotlib")
    answer = blazer("dataset", "stats", data, "--plot", "deep/plot.png")
    assert answer.code == 0
    assert Path("deep/plot.png").read_bytes().startswith(b"\x89PNG")
    wrong = blazer("dataset", "stats", data, "--plot", "plot.docx")
    assert wrong.code == 2
    assert "plot.docx" in wrong.err
