"""A model that has seen what it is asked is caught, through every data set before it."""

from __future__ import annotations

import pytest

from blazer.eval.evaluation.errors import SeedLeak
from blazer.eval.evaluation.leak import check_seeds, summary_of, trained_tasks
from blazer.eval.evaluation.settings import EvalModel
from tests.eval.evaluation.fakes import card, data

STUDENT = EvalModel(name="sft", spec="hf:models/sft")
SEEDS = (2_000_000, 2_000_100)


def test_held_out_seeds_are_said_to_be_unseen() -> None:
    text = check_seeds(STUDENT, card(data(seeds=(0, 999_999))), ("a", "b"), SEEDS)
    assert text == "none of 200 pairs of task and seed seen in training (data sets: round1 digest-round1)"


@pytest.mark.parametrize("seed", [2_000_000, 2_000_099])
def test_an_evaluated_seed_in_training_is_an_error(seed: int) -> None:
    with pytest.raises(SeedLeak, match=rf"lift_block, seeds {seed}, in data set round1"):
        check_seeds(STUDENT, card(data(seeds=(0, seed))), ("lift_block",), SEEDS)


def test_a_leak_of_an_earlier_model_is_inherited() -> None:
    lineage = (data(seeds=(2_000_050,), name="base"), data(name="round1"))
    with pytest.raises(SeedLeak, match="data set base"):
        check_seeds(STUDENT, card(*lineage), ("lift_block",), SEEDS)


def test_any_seed_kept_for_evaluation_is_an_error() -> None:
    with pytest.raises(SeedLeak, match="2500000"):
        check_seeds(STUDENT, card(data("other_task", (2_500_000,))), ("lift_block",), SEEDS)


def test_of_a_model_without_a_card_nothing_is_claimed() -> None:
    assert "nothing is known" in check_seeds(STUDENT, None, ("a",), SEEDS)
    assert "not trained" in check_seeds(EvalModel(name="t", spec="scripted"), None, ("a",), SEEDS)
    assert trained_tasks(None) == frozenset()


def test_training_on_does_not_make_a_past_known() -> None:
    trained_on = card(data()).model_copy(update={"unknown_before": ("org/name",)})
    text = check_seeds(STUDENT, trained_on, ("a",), SEEDS)
    assert "nothing is known of what org/name had seen before" in text


def test_the_summary_counts_seeds_without_listing_them() -> None:
    (seen,) = summary_of(card(data(seeds=(4, 7, 5)))).data
    assert (seen.seeds, seen.seed_low, seen.seed_high) == (3, 4, 7)
    assert trained_tasks(card(data("a"), data("b"))) == {"a", "b"}
