"""Which limits can be asked for."""

from __future__ import annotations

from math import inf, nan

import pytest
from pydantic import ValidationError

from blazer.sandbox.limits import Limits


@pytest.mark.parametrize("name", Limits.model_fields)
@pytest.mark.parametrize("value", [0, -1, inf, nan, 10**10, 1e12])
def test_what_is_no_limit_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(ValidationError, match=name):
        Limits.model_validate({name: value})


def test_more_cannot_be_kept_than_stops_the_program() -> None:
    with pytest.raises(ValidationError, match=r"output_kb is 9, but .* output_stop_kb, 8"):
        Limits(output_kb=9, output_stop_kb=8)
    with pytest.raises(ValidationError, match="stop later"):
        Limits(output_kb=5000)
    assert Limits(output_kb=8, output_stop_kb=8).output_kb == 8


def test_an_early_stop_alone_lowers_what_is_kept() -> None:
    limits = Limits(output_stop_kb=8)
    assert (limits.output_kb, limits.output_stop_kb) == (8, 8)
    assert Limits.model_validate(limits.model_dump()) == limits
    assert Limits.model_validate_json(Limits().model_dump_json()) == Limits()
