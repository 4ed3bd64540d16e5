"""A percentile says nothing where there are too few samples, and fails where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from blazer.core.errors import SandboxError
from blazer.eval.samples import least, percentile


def test_two_samples_lie_beyond_each_percentile() -> None:
    assert [least(percent) for percent in (50, 95, 99)] == [4, 40, 200]


@pytest.mark.parametrize("percent", [50, 95, 99])
def test_it_is_the_usual_one(percent: float) -> None:
    samples = list(np.random.default_rng(3).exponential(size=301))
    assert percentile(samples, percent, "x") == pytest.approx(np.percentile(samples, percent), abs=1e-3)


@pytest.mark.parametrize("percent", [50, 95, 99])
def test_too_few_say_nothing(percent: float) -> None:
    assert percentile([1.0] * (least(percent) - 1), percent, "x") is None
    assert percentile([1.0] * least(percent), percent, "x") == 1.0


def test_none_is_an_error_and_not_nought() -> None:
    with pytest.raises(SandboxError, match="no sample of round trips"):
        percentile([], 50, "round trips")
