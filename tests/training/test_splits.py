"""Splits by seed and by task, balance, and the leak check."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazer.agents.nodes.execute import verify_seeds
from blazer.core.errors import UsageError
from blazer.core.records import Record
from blazer.core.seeds import (
    EVALUATION_SEED_RANGE,
    VERIFY_SEED_RANGE,
    evaluation_seeds_in,
    is_evaluation_seed,
)
from blazer.tasks.library import task_names
from blazer.training.assemble import Assembled, assemble
from blazer.training.balance import balanced, ordered
from blazer.training.errors import LeakError
from blazer.training.leaks import check_leaks
from blazer.training.rows import RlRow, Row, SftRow
from blazer.training.settings import BalanceSettings, DatasetSettings, SplitSettings
from blazer.training.splits import validation_seeds, with_named_tasks
from tests.training.builders import attempts_of, good, message, state_of, trace, varied

TASKS = ("close_jar", "put_block", "stack_blocks")
OUTSIDE = task_names("ood")[0]


def _made(**values: Any) -> Assembled:
    wanted = DatasetSettings.model_validate({"style": "brief", **values})
    return assemble(attempts_of(varied(TASKS)), wanted)


def _row(task: str = "close_jar", seed: int = 0, program: str = good(), **changes: Any) -> SftRow:
    fields: dict[str, Any] = {
        "id": f"{task}{seed}",
        "prompt": (message(f"do it\n\n{state_of(task, seed)}"),),
        "completion": (message(f"```python\n{program}```", "assistant"),),
        "task": task,
        "seed": seed,
        "instance": f"{task}/{seed}",
        "form": "answer",
        "repaired": False,
        "pass_rate": None,
        "layouts": 0,
        "refers": "property",
        "model": "scripted",
        "trace_id": f"t{task}{seed}",
    }
    return SftRow.model_validate(fields | changes)


# --- splits ------------------------------------------------------------------------------------


def test_no_seed_of_a_task_is_on_two_sides() -> None:
    made = _made(split={"val_fraction": 0.3, "held_out_tasks": ("stack_blocks",)})
    for splits in made.rows.values():
        seen: dict[tuple[str, int], str] = {}
        for split, rows in splits.items():
            for row in rows:
                assert seen.setdefault((row.task, row.seed), split) == split
                assert (row.task == "stack_blocks") == (split == "held_out")
        assert set(splits) == {"train", "validation", "held_out"}


def test_validation_seeds_are_the_same_for_every_task_and_kind() -> None:
    made = _made(split={"val_seeds": (3, 5)})
    for splits in made.rows.values():
        assert {row.seed for row in splits["validation"]} == {3, 4}
        assert not {row.seed for row in splits["train"]} & {3, 4}


@given(st.sets(st.integers(0, 10_000), min_size=40), st.sets(st.integers(0, 10_000)), st.integers(0, 5))
def test_a_store_that_grows_moves_no_seed(seeds: set[int], more: set[int], root: int) -> None:
    split = SplitSettings(val_fraction=0.3)
    before = validation_seeds(seeds, split, root)
    after = validation_seeds(seeds | more, split, root)
    assert before == after & seeds
    assert before


@given(st.sets(st.integers(0, 10_000), min_size=2, max_size=9))
def test_where_a_share_is_asked_for_there_is_one_seed_at_least(seeds: set[int]) -> None:
    assert validation_seeds(seeds, SplitSettings(val_fraction=0.01), 0)
    assert not validation_seeds(seeds, SplitSettings(val_fraction=0.0), 0)


def test_an_unknown_held_out_task_is_an_error() -> None:
    with pytest.raises(UsageError, match="there are: close_jar"):
        _made(split={"held_out_tasks": ("nope",)})


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        (("train",), TASKS),
        (("ood",), (OUTSIDE,)),
        (("put_block", "ood", "put_block"), ("put_block", OUTSIDE)),
        ((), ()),
        (("nope",), ("nope",)),
    ],
)
def test_a_group_stands_for_those_of_its_tasks_that_there_are(
    wanted: tuple[str, ...], held: tuple[str, ...]
) -> None:
    given = DatasetSettings.model_validate({"split": {"held_out_tasks": wanted}})
    attempts = attempts_of([trace(task) for task in (*TASKS, OUTSIDE)])
    found = with_named_tasks(given, attempts).split.held_out_tasks
    assert sorted(found) == sorted(held)


def test_a_task_of_that_name_is_meant_before_the_group_and_an_empty_group_is_refused() -> None:
    given = DatasetSettings.model_validate({"split": {"held_out_tasks": ("ood",)}})
    own = attempts_of([trace("ood"), trace(OUTSIDE)])
    assert with_named_tasks(given, own).split.held_out_tasks == ("ood",)
    with pytest.raises(UsageError, match=r"group 'ood' .* there are: close_jar"):
        with_named_tasks(given, attempts_of([trace()]))


def test_the_ranges_of_seeds_never_meet() -> None:
    assert VERIFY_SEED_RANGE[1] <= EVALUATION_SEED_RANGE[0]
    state: Any = {"task": "close_jar", "seed": 3}
    drawn = verify_seeds(state, 200)
    assert not any(is_evaluation_seed(seed) for seed in drawn)
    assert all(VERIFY_SEED_RANGE[0] <= seed < VERIFY_SEED_RANGE[1] for seed in drawn)


# --- balance -----------------------------------------------------------------------------------


def _tasks(made: Assembled, kind: str = "sft") -> Counter[str]:
    return Counter(row.task for row in made.rows[kind]["train"])  # type: ignore[index]


def _uneven(policy: str, **values: Any) -> Assembled:
    traces = [*varied(("close_jar",), range(8)), *varied(("put_block",), range(2))]
    settings_ = {"style": "brief", "kinds": ("sft", "dpo", "kto", "rl"), "split": {"val_fraction": 0}}
    wanted = {**settings_, "balance": {"policy": policy, **values}}
    return assemble(attempts_of(traces), DatasetSettings.model_validate(wanted))


@pytest.mark.parametrize("kind", ["sft", "dpo", "kto"])
def test_a_cap_makes_tasks_equal_and_says_what_it_left_out(kind: str) -> None:
    plain, capped = _uneven("none"), _uneven("cap")
    least = min(_tasks(plain, kind).values())
    assert set(_tasks(capped, kind).values()) == {least}
    left = sum(item.reason == "balance" and item.kind == kind for item in capped.left_out)
    assert left == sum(_tasks(plain, kind).values()) - 2 * least
    rows = capped.rows[kind]["train"]  # type: ignore[index]
    assert len({row.instance for row in rows if row.task == "close_jar"}) == min(8, least)


@pytest.mark.parametrize("copies", [1, 2, 4, 100])
def test_oversampling_repeats_evenly_and_no_row_too_often(copies: int) -> None:
    plain, made = _tasks(_uneven("none")), _uneven("oversample", max_copies=copies)
    most = max(plain.values())
    assert _tasks(made) == {task: min(most, count * copies) for task, count in plain.items()}
    repeated = Counter(
        row.id.partition("#")[0] for row in made.rows["sft"]["train"] if row.task == "put_block"
    )
    assert max(repeated.values()) <= copies
    assert max(repeated.values()) - min(repeated.values()) <= 1
    ids = [row.id for row in made.rows["sft"]["train"]]
    assert len(set(ids)) == len(ids)


def test_validation_and_prompts_are_left_as_they_are() -> None:
    made = _made(split={"val_fraction": 0.3}, balance={"policy": "oversample"})
    rows = [*made.rows["sft"]["validation"], *made.rows["rl"]["train"]]
    assert not [row for row in rows if "#" in row.id]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40)), unique=True, min_size=1),
    st.integers(0, 9),
)
def test_every_prefix_holds_the_tasks_in_their_shares(keys: list[tuple[str, int]], seed: int) -> None:
    rows = ordered([_row(task, number) for task, number in keys], seed)
    assert sorted(row.id for row in rows) == sorted(f"{task}{number}" for task, number in keys)
    total = Counter(row.task for row in rows)
    for length in range(1, len(rows) + 1):
        part = Counter(row.task for row in rows[:length])
        for task, count in total.items():
            assert abs(part[task] - count * length / len(rows)) <= len(total)


def test_balancing_nothing_gives_nothing() -> None:
    assert balanced([], BalanceSettings(policy="cap"), "sft", "train", 0) == ([], [])


# --- leaks -------------------------------------------------------------------------------------


def _check(train: Row, other: Row, split: str = "validation", held: tuple[str, ...] = ()) -> Record:
    return check_leaks({"sft": {"train": [train], split: [other]}}, held)  # type: ignore[dict-item]


def _pasted(task: str, seed: int) -> str:
    x, y, z = state_of(task, seed).partition("position (")[2].partition(")")[0].split(", ")
    return f"move_gripper(({x}, {y}, {z}))\n"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (_row(seed=1, instance="close_jar/0"), "same instance"),
        (_row(seed=0, instance="another"), "same task and seed"),
        (_row(seed=1, prompt=_row().prompt), "same prompt"),
        (_row(seed=1, program=_pasted("close_jar", 0)), "program with its instance's numbers"),
        (_row(seed=EVALUATION_SEED_RANGE[0]), "kept for evaluation"),
        (_row(seed=EVALUATION_SEED_RANGE[1] - 1), "kept for evaluation"),
    ],
)
def test_a_leak_is_an_error_that_names_it(other: Row, words: str) -> None:
    train = _row(program=_pasted("close_jar", 0)) if "numbers" in words else _row()
    with pytest.raises(LeakError, match=words):
        _check(train, other)


def test_a_leak_is_found_between_kinds_too() -> None:
    row = _row()
    prompt = RlRow(
        id="r",
        prompt=row.prompt,
        task=row.task,
        seed=0,
        instance=row.instance,
        attempts=1,
        successes=1,
        trace_id="t",
    )
    with pytest.raises(LeakError):
        check_leaks({"sft": {"train": [row]}, "rl": {"validation": [prompt]}})


def test_a_held_out_task_in_train_is_a_leak_and_so_is_another_among_the_held_out() -> None:
    with pytest.raises(LeakError, match="held-out tasks"):
        _check(_row(), _row("put_block", 1), "held_out", ("close_jar", "put_block"))
    with pytest.raises(LeakError, match="held-out tasks"):
        _check(_row(), _row("put_block", 1), "held_out", ())


def test_a_program_by_property_may_be_on_both_sides_and_is_counted() -> None:
    report = _check(_row(), _row(seed=1)).model_dump()
    assert (report["answers_shared"], report["answers_outside"]) == (1, 1)
    report = _check(_row(program=_pasted("close_jar", 0)), _row(seed=1, program=_pasted("close_jar", 1)))
    assert report.model_dump()["answers_shared"] == 0


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (("b", "a"), "run b have seeds .2000005. .* --runs a$"),
        (("b", "a", "c"), "run b .* --runs a,c$"),
        (("a", "b", "b"), "run a .* --runs b$"),
        (("b",), "no other run"),
    ],
)
def test_traces_on_evaluation_seeds_stop_the_build_and_their_run_is_named(
    runs: tuple[str, ...], words: str
) -> None:
    first, *others = runs
    traces = [trace(seed=EVALUATION_SEED_RANGE[0] + 5, run_id=first)]
    traces += [trace(seed=number, run_id=run) for number, run in enumerate(others)]
    wanted = DatasetSettings.model_validate({"kinds": ("sft",), "split": {"val_fraction": 0}})
    with pytest.raises(LeakError, match=words):
        assemble(attempts_of(traces, "full", bare=False), wanted)


@pytest.mark.parametrize(
    ("seeds", "kept"),
    [((0, 10), None), ((1_999_999, 2_000_000), None), ((1_999_999, 2_000_001), (2_000_000, 2_000_001)),
     ((2_999_999, 3_000_005), (2_999_999, 3_000_000)), ((3_000_000, 3_000_001), None)],
)  # fmt: skip
def test_which_seeds_of_a_range_are_kept(seeds: tuple[int, int], kept: tuple[int, int] | None) -> None:
    assert evaluation_seeds_in(*seeds) == kept


@settings(max_examples=6, deadline=None)
@given(st.floats(0.05, 0.6), st.integers(0, 50), st.sampled_from(((), ("put_block",))))
def test_whatever_is_built_has_no_leak(fraction: float, seed: int, held: tuple[str, ...]) -> None:
    made = _made(split={"val_fraction": fraction, "held_out_tasks": held}, seed=seed)
    check_leaks(made.rows, held)
