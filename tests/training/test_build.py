"""The directory: whole or not there, the same again, readable, and refused where something else is."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from blazer.core.errors import UsageError
from blazer.core.outcomes import Outcome
from blazer.core.seeds import EVALUATION_SEED_RANGE
from blazer.store.errors import StoreCorrupt
from blazer.store.store import Store
from blazer.training.build import build_dataset
from blazer.training.errors import DatasetDamaged, DatasetError, DatasetExists, EmptyDataset, LeakError
from blazer.training.files import entry_of, write_rows
from blazer.training.manifest import Manifest
from blazer.training.reading import check_dataset, check_files, read_instances, read_manifest, read_rows
from blazer.training.rows import ROW_TYPES
from blazer.training.settings import DatasetSettings
from tests.training.builders import good, store_of, trace, varied

BRIEF: dict[str, Any] = {"style": "brief", "split": {"val_fraction": 0.25}}
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of varied traces."""
    return store_of(tmp_path_factory.mktemp("store") / "traces.sqlite", varied())


def _build(store: Path, directory: Path, force: bool = False, **values: Any) -> tuple[Manifest, bool]:
    with Store.open(store, create=False) as opened:
        return build_dataset(opened, directory, DatasetSettings.model_validate(BRIEF | values), force=force)


def _contents(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_manifest_and_files_agree(filled: Path, tmp_path: Path) -> None:
    manifest, fresh = _build(filled, tmp_path / "data")
    assert fresh
    assert read_manifest(tmp_path / "data") == manifest
    assert check_dataset(tmp_path / "data", manifest).problems == ()
    for kind, splits in manifest.counts.items():
        for split, counts in splits.items():
            rows = list(read_rows(tmp_path / "data", manifest, kind, split))
            assert counts.rows == len(rows) == sum(counts.tasks.values())
            assert counts.tasks == Counter(row.task for row in rows)
            assert counts.trace_ids == tuple(sorted({name for row in rows for name in row.trace_ids}))
            assert counts.seeds == {
                task: tuple(sorted({row.seed for row in rows if row.task == task})) for task in counts.tasks
            }
            instances = read_instances(tmp_path / "data", manifest)
            assert {row.instance for row in rows} <= set(instances)
            assert all(instances[row.instance]["seed"] == row.seed for row in rows)
    left = [json.loads(line) for line in (tmp_path / "data/left_out.jsonl").read_text().split("\n") if line]
    assert Counter(f"{item['kind']} {item['reason']}" for item in left) == manifest.left_out
    assert manifest.evaluation_seeds == EVALUATION_SEED_RANGE
    with Store.open(filled) as store:
        assert manifest.source.traces == store.count()


def test_parquet_and_json_lines_hold_the_same(filled: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    manifest, _ = _build(filled, tmp_path / "data", dialogue=True)
    for kind, splits in manifest.counts.items():
        for split in splits:
            table = parquet.read_table(tmp_path / f"data/{kind}/{split}.parquet")
            assert table.column_names == list(ROW_TYPES[kind].model_fields)
            rows = [
                row.model_dump(mode="json") for row in read_rows(tmp_path / "data", manifest, kind, split)
            ]
            assert table.to_pylist() == rows


def test_datasets_loads_every_config_with_its_splits(filled: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    manifest, _ = _build(
        filled, tmp_path / "data", split={"val_seeds": (0, 3), "held_out_tasks": ("put_block",)}
    )
    for kind, splits in manifest.counts.items():
        loaded = datasets.load_dataset(str(tmp_path / "data"), kind, cache_dir=str(tmp_path / "cache"))
        assert {split: loaded[split].num_rows for split in loaded} == {s: c.rows for s, c in splits.items()}
        first = next(iter(read_rows(tmp_path / "data", manifest, kind, "train")))
        assert loaded["train"][0] == first.model_dump(mode="json")


def test_datasets_does_not_answer_with_rows_that_it_loaded_before(filled: Path, tmp_path: Path) -> None:
    """Its cache goes by the card alone: neither by the place nor by what the files hold."""
    datasets = pytest.importorskip("datasets")
    tasks: tuple[tuple[str, ...], ...] = ((), ("close_jar",))
    for place in (tmp_path / "data", tmp_path / "elsewhere" / "data"):
        for some in tasks:
            manifest, _ = _build(filled, place, force=True, tasks=some)
            loaded = datasets.load_dataset(str(place), "sft", cache_dir=str(tmp_path / "cache"))
            assert loaded["train"].num_rows == manifest.counts["sft"]["train"].rows
            assert set(loaded["train"]["task"]) == set(manifest.counts["sft"]["train"].tasks)


def test_the_same_store_and_settings_give_the_same_bytes(filled: Path, tmp_path: Path) -> None:
    one, _ = _build(filled, tmp_path / "one" / "data")
    other, _ = _build(filled, tmp_path / "other" / "data")
    assert one.digest == other.digest
    first, second = _contents(tmp_path / "one/data"), _contents(tmp_path / "other/data")
    assert first.pop("manifest.json")
    assert second.pop("manifest.json")
    assert first == second
    same = {"created_at": ""}
    assert one.model_copy(update=same) == other.model_copy(update=same)


def test_traces_stored_in_another_order_give_the_same_bytes(tmp_path: Path) -> None:
    traces = varied(("close_jar",), range(6))
    # An episode's repair is never stored before what it repairs.
    other = sorted(traces, key=lambda item: (-item.seed, -item.sample, item.attempt))
    stores = [store_of(tmp_path / "a.sqlite", traces), store_of(tmp_path / "b.sqlite", other)]
    digests = {_build(store, tmp_path / store.stem / "data")[0].digest for store in stores}
    assert len(digests) == 1


def test_another_seed_gives_another_order_of_the_same_rows(filled: Path, tmp_path: Path) -> None:
    fixed = {"split": {"val_seeds": (0, 3)}, "balance": {"policy": "none"}}
    one, _ = _build(filled, tmp_path / "one", seed=1, **fixed)
    other, _ = _build(filled, tmp_path / "other", seed=2, **fixed)
    rows = [
        [r.id for r in read_rows(tmp_path / d, m, "sft", "train")]
        for d, m in (("one", one), ("other", other))
    ]
    assert rows[0] != rows[1]
    assert sorted(rows[0]) == sorted(rows[1])


# --- what is there already ---------------------------------------------------------------------


def test_building_the_same_again_leaves_it_as_it_is(filled: Path, tmp_path: Path) -> None:
    _build(filled, tmp_path / "data")
    before = (tmp_path / "data/manifest.json").stat().st_mtime_ns
    _, fresh = _build(filled, tmp_path / "data")
    assert not fresh
    assert (tmp_path / "data/manifest.json").stat().st_mtime_ns == before


def test_another_data_set_is_replaced_only_by_force(filled: Path, tmp_path: Path) -> None:
    _build(filled, tmp_path / "data")
    before = _contents(tmp_path / "data")
    with pytest.raises(DatasetExists, match="--force"):
        _build(filled, tmp_path / "data", dialogue=True)
    assert _contents(tmp_path / "data") == before
    manifest, fresh = _build(filled, tmp_path / "data", dialogue=True, force=True)
    assert fresh
    assert read_manifest(tmp_path / "data") == manifest
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_damaged_one_is_no_same_one(filled: Path, tmp_path: Path) -> None:
    _build(filled, tmp_path / "data")
    (tmp_path / "data/sft/train.jsonl").write_text("")
    with pytest.raises(DatasetExists):
        _build(filled, tmp_path / "data")
    manifest, _ = _build(filled, tmp_path / "data", force=True)
    assert check_dataset(tmp_path / "data", manifest).problems == ()


@pytest.mark.parametrize("force", [False, True])
def test_a_directory_of_something_else_is_never_touched(filled: Path, tmp_path: Path, force: bool) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.tex").write_text("precious")
    (tmp_path / "file").write_text("precious")
    for name in ("mine", "file"):
        with pytest.raises(DatasetExists, match="--out"):
            _build(filled, tmp_path / name, force=force)
    assert _contents(tmp_path / "mine").keys() == {"thesis.tex"}
    (tmp_path / "empty").mkdir()
    assert _build(filled, tmp_path / "empty")[1]


# --- stores ------------------------------------------------------------------------------------


def test_a_store_without_traces_says_so(tmp_path: Path) -> None:
    store = store_of(tmp_path / "empty.sqlite", [])
    with pytest.raises(EmptyDataset, match="blazer collect"):
        _build(store, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_damaged_trace_stops_the_build_and_nothing_is_written(tmp_path: Path) -> None:
    store = store_of(tmp_path / "traces.sqlite", varied(("close_jar",), range(4)))
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE traces SET body = x'00' WHERE row_id = 3")
    connection.close()
    with pytest.raises(StoreCorrupt):
        _build(store, tmp_path / "data")
    assert not [path for path in tmp_path.iterdir() if "data" in path.name]


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_place_that_cannot_be_written_is_an_error(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(UsageError, match="--out"):
        _build(filled, tmp_path / "locked/data")


def test_a_file_in_the_way_of_the_directory_is_an_error(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="--out"):
        _build(filled, tmp_path / "file" / "data")


def test_a_store_that_cannot_be_written_is_read(tmp_path: Path) -> None:
    store = store_of(tmp_path / "in" / "traces.sqlite", varied(("close_jar",), range(6)))
    store.chmod(0o400)
    store.parent.chmod(0o500)
    try:
        manifest, _ = _build(store, tmp_path / "data")
    finally:
        store.parent.chmod(0o700)
    assert manifest.counts["sft"]["train"].rows


@pytest.mark.parametrize("values", [{"runs": ("nope",)}, {"tasks": ("nope",)}])
def test_names_that_the_store_does_not_hold_are_errors(
    filled: Path, tmp_path: Path, values: dict[str, Any]
) -> None:
    with pytest.raises(UsageError, match="there are"):
        _build(filled, tmp_path / "data", **values)


def test_runs_and_tasks_restrict(tmp_path: Path) -> None:
    more = [trace(seed=EVALUATION_SEED_RANGE[0], run_id="held-out")]
    store = store_of(tmp_path / "traces.sqlite", [*varied(), *more])
    with pytest.raises(LeakError):
        _build(store, tmp_path / "data")
    manifest, _ = _build(store, tmp_path / "data", runs=("run-a",), tasks=("put_block",))
    assert [run.run_id for run in manifest.source.runs] == ["run-a"]
    assert set(manifest.counts["sft"]["train"].tasks) == {"put_block"}


def test_only_the_last_try_of_an_attempt_counts(tmp_path: Path) -> None:
    base = varied(("close_jar",), range(6))
    lost = trace(seed=9, program=good(7), outcome=Outcome.INFRA_ERROR)
    again = trace(seed=9, program=good(7))
    store = store_of(tmp_path / "traces.sqlite", [*base, lost, again])
    manifest, _ = _build(store, tmp_path / "data", split={"val_seeds": (0, 2)})
    assert again.trace_id in manifest.counts["sft"]["train"].trace_ids
    text = (tmp_path / "data/left_out.jsonl").read_text()
    # Of a lone success no pair can be made; nothing else keeps it out of anything.
    reasons = [
        (item["kind"], item["reason"])
        for item in map(json.loads, text.splitlines())
        if again.trace_id in item["trace_ids"]
    ]
    assert reasons == [("dpo", "no_pair")]


def test_programs_of_any_script_survive(tmp_path: Path) -> None:
    odd = 'größe = "\u2028\u0085 ☃ \U0001f916 \\\\ \\"quoted\\" \u202e"  # 瓶\nsay(größe)\n'
    traces = [trace(seed=seed, program=odd + f"turn({seed})\n") for seed in range(8)]
    store = store_of(tmp_path / "traces.sqlite", traces)
    manifest, _ = _build(store, tmp_path / "data", kinds=("sft", "kto"))
    kept = [
        row
        for split in ("train", "validation")
        for row in read_rows(tmp_path / "data", manifest, "sft", split)
    ]  # type: ignore[arg-type]
    assert len(kept) == 8
    assert all(odd in row.answers()[0] for row in kept)
    assert check_dataset(tmp_path / "data", manifest).problems == ()


# --- killed ------------------------------------------------------------------------------------

_BUILD = """
import os, signal, sys
from pathlib import Path
import blazer.training.build as build
from blazer.store.store import Store
from blazer.training.settings import DatasetSettings

moment, store, target, force = sys.argv[1:]
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
count = 0
real = build.write_lines
def late(root, path, lines):
    global count
    count += 1
    if path == moment:
        die()
    return real(root, path, lines)
build.write_lines = late
if moment == "move":
    build._move = die
with Store.open(store, create=False) as opened:
    wanted = DatasetSettings.model_validate({"style": "brief", "split": {"val_fraction": 0.25}})
    build.build_dataset(opened, Path(target), wanted, force=force == "force")
"""


@pytest.mark.parametrize(
    ("moment", "force"),
    [("instances.jsonl", ""), ("manifest.json", "force"), ("move", ""), ("move", "force")],
)
def test_a_build_that_is_killed_leaves_no_half_data_set(
    filled: Path, tmp_path: Path, moment: str, force: str
) -> None:
    target = tmp_path / "data"
    if force:
        _build(filled, target, dialogue=True)
    before = _contents(target)
    command = [sys.executable, "-c", _BUILD, moment, str(filled), str(target), force]
    done = subprocess.run(command, cwd=ROOT, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL
    assert _contents(target) == before
    left = [path.name for path in tmp_path.iterdir() if path != target]
    assert len(left) == 1
    manifest, fresh = _build(filled, target, force=bool(force))
    assert fresh
    assert check_dataset(target, manifest).problems == ()
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


# --- reading -----------------------------------------------------------------------------------


def test_what_was_altered_is_named(filled: Path, tmp_path: Path) -> None:
    manifest, _ = _build(filled, tmp_path / "data")
    path = tmp_path / "data/dpo/train.jsonl"
    path.write_bytes(path.read_bytes().replace(b"red", b"rot", 1))
    (tmp_path / "data/kto/train.parquet").unlink()
    (tmp_path / "data/sft/more.parquet").write_text("")
    problems = check_dataset(tmp_path / "data", manifest).problems
    assert sorted(text.split()[0] for text in problems) == [
        "dpo/train.jsonl",
        "kto/train.parquet",
        "sft/more.parquet",
    ]


def _as_if_built(root: Path, path: str) -> Manifest:
    """The manifest as somebody would edit it who has edited a file; and its digest as he would forget it."""
    manifest = read_manifest(root)
    files = tuple(
        entry_of(root, path, old.rows).model_copy(update={"kind": old.kind, "split": old.split})
        if old.path == path
        else old
        for old in manifest.files
    )
    return manifest.model_copy(update={"files": files})


def test_data_that_was_altered_with_its_manifest_is_other_data(filled: Path, tmp_path: Path) -> None:
    _build(filled, tmp_path / "data")
    path = tmp_path / "data/sft/train.jsonl"
    path.write_bytes(path.read_bytes().replace(b"red", b"rot", 1))
    (problem,) = check_files(tmp_path / "data", _as_if_built(tmp_path / "data", "sft/train.jsonl"))
    assert "digest" in problem


def test_both_formats_hold_the_same_rows(filled: Path, tmp_path: Path) -> None:
    manifest, _ = _build(filled, tmp_path / "data")
    rows = list(read_rows(tmp_path / "data", manifest, "sft", "train"))
    write_rows(
        tmp_path / "other", "sft", "train", [rows[0].model_copy(update={"seed": 2_000_005}), *rows[1:]]
    )
    (tmp_path / "other/sft/train.parquet").replace(tmp_path / "data/sft/train.parquet")
    altered = _as_if_built(tmp_path / "data", "sft/train.parquet")
    problems = check_dataset(tmp_path / "data", altered).problems
    assert problems == ("sft/train.parquet holds other rows than the JSON lines beside it",)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("sft/validation.parquet", "sft/train.parquet", "is not the card of this"),
        ("split: validation", "split: test", "is not the card of this"),
        ("description: digest", "description: other", "is not the card of this"),
        ("configs:", "configurations:", "does not say which files"),
        ("---", "", "does not say which files"),
    ],
)
def test_a_card_that_sends_readers_to_other_files_is_named(
    filled: Path, tmp_path: Path, old: str, new: str, words: str
) -> None:
    manifest, _ = _build(filled, tmp_path / "data")
    path = tmp_path / "data/README.md"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    (problem,) = check_dataset(tmp_path / "data", manifest).problems
    assert words in problem


def test_a_card_with_words_of_its_owner_is_still_one(filled: Path, tmp_path: Path) -> None:
    manifest, _ = _build(filled, tmp_path / "data")
    path = tmp_path / "data/README.md"
    path.write_text(path.read_text().replace("tags:", "license: mit\ntags:") + "\nAsk me.\n")
    assert check_dataset(tmp_path / "data", manifest).problems == ()


def test_what_a_manifest_says_of_its_rows_is_counted_again(filled: Path, tmp_path: Path) -> None:
    manifest, _ = _build(filled, tmp_path / "data")
    leaks = manifest.leak_check.model_copy(update={"answers_shared": 99})
    counts = manifest.counts["sft"]["train"].model_copy(update={"instances": 99})
    claimed = manifest.model_copy(
        update={
            "leak_check": leaks,
            "counts": manifest.counts | {"sft": manifest.counts["sft"] | {"train": counts}},
        }
    )
    problems = check_dataset(tmp_path / "data", claimed).problems
    assert [text.split()[0] for text in problems] == ["counts", "leak_check"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m | {"unknown": 1}, "unknown"),
        (lambda m: m | {"schema_version": 2}, "schema_version"),
        (lambda m: {k: v for k, v in m.items() if k != "source"}, "source"),
    ],
)
def test_a_manifest_that_is_none_is_damage(filled: Path, tmp_path: Path, change: Any, words: str) -> None:
    _build(filled, tmp_path / "data")
    path = tmp_path / "data/manifest.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(DatasetDamaged, match=words):
        read_manifest(tmp_path / "data")
    path.unlink()
    with pytest.raises(UsageError, match="dataset build"):
        read_manifest(tmp_path / "data")


def test_a_row_with_an_unknown_column_is_damage(filled: Path, tmp_path: Path) -> None:
    manifest, _ = _build(filled, tmp_path / "data")
    path = tmp_path / "data/sft/train.jsonl"
    first, _, rest = path.read_text().partition("\n")
    path.write_text(json.dumps(json.loads(first) | {"more": 1}) + "\n" + rest)
    with pytest.raises(DatasetDamaged, match="line 1: more"):
        list(read_rows(tmp_path / "data", manifest, "sft", "train"))


def test_errors_are_of_one_family() -> None:
    for error in (EmptyDataset, DatasetExists, DatasetDamaged, LeakError):
        assert issubclass(error, DatasetError)
