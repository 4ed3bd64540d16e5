"""Numbers against brute force, hand calculation and published values."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazer.eval.evaluation.statistics import (
    effective_n,
    ks_of,
    paired_bootstrap,
    pass_at_k,
    sign_test,
    wilson_effective,
)
from blazer.eval.intervals import wilson


@given(st.integers(1, 7).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))
def test_pass_at_k_is_the_share_of_subsets_with_a_success(case: tuple[int, int, int]) -> None:
    n, successes, k = case
    marks = [index < successes for index in range(n)]
    subsets = list(combinations(marks, k))
    assert pass_at_k(n, successes, k) == pytest.approx(sum(map(any, subsets)) / len(subsets))


def test_pass_at_k_is_unbiased() -> None:
    # The mean over all outcomes of 6 independent programs is the true chance that one of k succeeds.
    chance, n = 0.3, 6
    for k in range(1, n + 1):
        weights = [comb(n, c) * chance**c * (1 - chance) ** (n - c) for c in range(n + 1)]
        mean = sum(w * pass_at_k(n, c, k) for c, w in enumerate(weights))
        assert mean == pytest.approx(1 - (1 - chance) ** k)


@pytest.mark.parametrize(("n", "successes", "k"), [(3, 1, 4), (3, 1, 0), (3, 4, 1), (3, -1, 1), (0, 0, 1)])
def test_pass_at_k_of_nothing_is_refused(n: int, successes: int, k: int) -> None:
    with pytest.raises(ValueError, match="samples"):
        pass_at_k(n, successes, k)


def test_which_k_are_shown() -> None:
    assert [ks_of(n) for n in (1, 2, 3, 4, 10)] == [(1,), (1, 2), (1, 2, 3), (1, 2, 4), (1, 2, 4, 8, 10)]


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [
        # By hand: twice the lower tail of Binomial(n, 1/2).
        (0, 0, 1.0),
        (0, 1, 1.0),
        (1, 5, 2 * (1 + 6) / 64),
        (0, 8, 2 / 256),
        (2, 8, 2 * (1 + 10 + 45) / 1024),
        (5, 5, 1.0),
    ],
)
def test_mcnemars_exact_test_by_hand(one: int, other: int, p: float) -> None:
    assert sign_test(one, other) == pytest.approx(p)
    assert sign_test(other, one) == sign_test(one, other)


def test_mcnemars_exact_test_of_a_published_table() -> None:
    # Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13:91 (2013): airway
    # hyper-responsiveness before and after transplantation, 1 and 7 discordant pairs, exact p 0.0703.
    assert sign_test(1, 7) == pytest.approx(0.0703, abs=5e-5)


def test_many_pairs_do_not_overflow() -> None:
    assert 0 <= sign_test(2000, 3000) < 1e-40
    assert sign_test(5000, 5000) == 1.0


def test_negative_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be"):
        sign_test(-1, 2)


def test_effective_number() -> None:
    assert effective_n([1, 0, 1], [1, 1, 1]) == 3, "one sample a layout is independent"
    assert effective_n([4, 0, 4, 0], [4, 4, 4, 4]) < 4, "samples that always agree are worth one"
    assert effective_n([2, 2, 2, 2], [4, 4, 4, 4]) == 16, "never more than there are"
    assert effective_n([4, 4], [4, 4]) == 2, "no spread to be seen"
    assert effective_n([3], [4]) == 1
    with pytest.raises(ValueError, match="clusters"):
        effective_n([], [])


def test_wilson_of_an_effective_number_is_wilsons_where_all_are_independent() -> None:
    found, known = wilson_effective(17 / 20, 20.0), wilson(17, 20)
    assert (found.low, found.high) == (known.low, known.high)
    wider = wilson_effective(17 / 20, 10.0)
    assert wider.low < found.low and found.high < wider.high


def test_clustered_intervals_hold_the_truth_as_often_as_they_say() -> None:
    # Ten layouts, eight samples each, whose chance of success differs widely from layout to layout.
    rng = np.random.default_rng(5)
    held = plain = 0
    for _ in range(400):
        chances = rng.beta(0.8, 0.8, size=10)
        counts = rng.binomial(8, chances)
        rate = float(counts.sum() / 80)
        bounds = wilson_effective(rate, effective_n(counts.tolist(), [8] * 10))
        held += bounds.low <= 0.5 <= bounds.high
        naive = wilson(int(counts.sum()), 80)
        plain += naive.low <= 0.5 <= naive.high
    assert held / 400 > 0.9
    assert plain / 400 < 0.75, "episodes counted as if independent claim too much"


DIFFERENCES: dict[str, list[float]] = {"a": [0, 1, 0, 1, -1, 1, 0, 1], "b": [0.0, 0.0, 1.0, 0.0]}


def test_the_bootstrap_is_reproducible_and_its_streams_are_named() -> None:
    first = paired_bootstrap(DIFFERENCES, 3, "x", "y", resamples=500)
    assert first == paired_bootstrap(dict(reversed(DIFFERENCES.items())), 3, "x", "y", resamples=500)
    assert first.low < 0.5 * (3 / 8 + 1 / 4) < first.high


def test_other_seeds_and_names_draw_otherwise() -> None:
    values = {"a": [(i / 16) ** 3 for i in range(17)]}
    found = {
        paired_bootstrap(values, seed, *names, resamples=200)
        for seed, names in ((0, ("x", "y")), (1, ("x", "y")), (0, ("y", "x")), (0, ("x", "z")))
    }
    assert len(found) == 4


def test_a_resample_keeps_every_tasks_number() -> None:
    # A task whose layouts all agree adds no spread, and weighs as much as another, however few its layouts.
    low, high = paired_bootstrap({"a": [1.0] * 50, "b": [0.0, 0.0]}, 0, resamples=200)
    assert (low, high) == (0.5, 0.5)


def test_bootstrap_of_known_spread() -> None:
    rng = np.random.default_rng(0)
    values = rng.choice([-1, 0, 1], size=400, p=[0.1, 0.6, 0.3]).tolist()
    low, high = paired_bootstrap({"a": values}, 0, resamples=4000)
    mean, error = float(np.mean(values)), float(np.std(values) / 20)
    assert low == pytest.approx(mean - 1.96 * error, abs=0.01)
    assert high == pytest.approx(mean + 1.96 * error, abs=0.01)


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = paired_bootstrap(DIFFERENCES, 0, resamples=300)
    monkeypatch.setattr("blazer.eval.evaluation.statistics._BLOCK", 16)
    assert paired_bootstrap(DIFFERENCES, 0, resamples=300) == whole


@pytest.mark.parametrize("differences", [{}, {"a": []}, {"a": [1.0], "b": []}])
def test_differences_of_nothing_are_refused(differences: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match="nothing"):
        paired_bootstrap(differences, 0)
