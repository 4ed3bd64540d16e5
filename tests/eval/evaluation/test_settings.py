"""What cannot be evaluated is refused before anything runs."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from blazer.eval.evaluation.settings import EvalModel, EvalSettings

A, B, C = (EvalModel(name=name, spec="scripted") for name in "abc")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seeds": (0, 100)}, "trained on"),
        ({"seeds": (1_999_999, 2_000_010)}, "trained on"),
        ({"seeds": (2_999_990, 3_000_001)}, "trained on"),
        ({"seeds": (2_000_010, 2_000_010)}, "hold none"),
        ({"models": (A, A)}, "named twice"),
        ({"models": ()}, "at least 1"),
        ({"tasks": ()}, "at least 1"),
        ({"tasks": ("put_block", "put_block")}, "named twice"),
        ({"compare": (("a", "z"),)}, "'z'"),
        ({"compare": (("a", "a"),)}, "itself"),
        ({"samples": 0}, "greater than or equal to 1"),
        ({"temperature": 0.0}, "greater than 0"),
        ({"sample": 3}, "Extra inputs"),
    ],
)
def test_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        EvalSettings(**{"models": (A, B), "tasks": ("put_block",), **changes})


def test_a_url_for_a_model_without_an_endpoint_is_refused() -> None:
    with pytest.raises(ValidationError, match="behind an endpoint"):
        EvalModel(name="a", spec="hf:models/sft", base_url="http://localhost:8000/v1")


@pytest.mark.parametrize("name", ["", "a b", "a/b", "-a", "x" * 41])
def test_names_are_for_tables_and_files(name: str) -> None:
    with pytest.raises(ValidationError):
        EvalModel(name=name, spec="scripted")


def test_pairs_are_with_the_first_and_with_the_one_before() -> None:
    settings = EvalSettings(models=(A, B, C), tasks=("put_block",))
    assert settings.pairs == (("a", "b"), ("a", "c"), ("b", "c"))
    assert EvalSettings(models=(A, B, C), tasks=("t",), compare=(("c", "a"),)).pairs == (("c", "a"),)
    assert EvalSettings(models=(A,), tasks=("t",)).pairs == ()
