"""Shapes are those of the models whose names they bear."""

from __future__ import annotations

from typing import Any

import pytest

from blazer.core.errors import UnknownNameError
from blazer.training.students.architecture import SHAPES, make_student
from blazer.training.throughput.shapes import shape_named, shape_names, student_shape

PUBLISHED = {"1b": 1_235_814_400, "3b": 3_212_749_824, "8b": 8_030_261_248}
"""Parameters as the model cards' safetensors listing has them."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_llama_has_as_many_parameters_as_the_published_one(name: str) -> None:
    assert shape_named(name).params == PUBLISHED[name]


def test_an_unknown_shape_names_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="8b"):
        shape_named("80b")
    assert {f"tiny-{size}" for size in SHAPES} | set(PUBLISHED) == set(shape_names())


@pytest.mark.parametrize("size", SHAPES)
def test_a_student_is_the_one_that_is_trained(size: Any) -> None:
    pytest.importorskip("torch", reason="models need the extra `train`")
    drawn = pytest.importorskip("blazer.training.throughput.drawn")
    tokenizer = drawn.tokenizer_of_nothing()
    shape = student_shape(size).model_copy(update={"vocab_size": len(tokenizer)})
    student = make_student(size, tokenizer)
    assert shape.params == sum(part.numel() for part in student.parameters())
    ours, theirs = drawn.llama_config(shape), student.config
    same = (
        "hidden_size",
        "num_attention_heads",
        "num_key_value_heads",
        "head_dim",
        "max_position_embeddings",
    )
    assert {name: getattr(ours, name) for name in same} == {name: getattr(theirs, name) for name in same}
    assert ours.rope_parameters["rope_theta"] == theirs.rope_parameters["rope_theta"]
