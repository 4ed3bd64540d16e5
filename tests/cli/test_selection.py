"""What people type is read as meant, or refused with the form that works."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazer.cli.selection import (
    MAX_SEED,
    expand_tasks,
    parse_outcomes,
    parse_pairs,
    parse_seeds,
    split_names,
)
from blazer.core.errors import UnknownNameError, UsageError
from blazer.core.outcomes import Outcome

POOLS = {"train": ["a", "b"], "ood": ["c"], "all": ["a", "b", "c"]}


@given(st.integers(0, MAX_SEED - 1), st.integers(1, 1000))
def test_ranges_read_back(start: int, count: int) -> None:
    stop = min(start + count, MAX_SEED)
    assert parse_seeds(f"{start}:{stop}") == (start, stop)
    assert parse_seeds(str(start)) == (start, start + 1)


@pytest.mark.parametrize(
    "text", ["", "a", "5:5", "5:2", "-3:2", "0:1:2", "1.5", "0:", ":5", "²:3", f"0:{2**40}"]
)
def test_bad_ranges_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError, match="seed") as caught:
        parse_seeds(text)
    assert "\n" not in str(caught.value)


def test_names_split_and_pools_expand_once_in_order() -> None:
    assert split_names(" a, b,,c ") == ("a", "b", "c")
    assert expand_tasks(("c", "train", "a"), ["a", "b", "c"], POOLS) == ("c", "a", "b")
    with pytest.raises(UnknownNameError, match=r"unknown task 'trian'. Did you mean 'train'\?"):
        expand_tasks(("trian",), ["a", "b", "c"], POOLS)
    with pytest.raises(UsageError, match="no task is named"):
        expand_tasks((), ["a"], POOLS)


def test_outcomes() -> None:
    assert parse_outcomes("success, timeout") == (Outcome.SUCCESS, Outcome.TIMEOUT)
    assert parse_outcomes(None) == ()
    with pytest.raises(UnknownNameError, match="goal_not_met"):
        parse_outcomes("fail")


def test_pairs() -> None:
    assert parse_pairs(["a=1", "b= x=y "], "--set") == {"a": "1", "b": "x=y"}
    for bad in (["a"], ["=1"], ["a=1", "a=2"]):
        with pytest.raises(UsageError, match="--set"):
            parse_pairs(bad, "--set")
