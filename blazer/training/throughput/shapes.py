"""Architectures that are measured by name: this project's students, and Llamas as published.

Weights are drawn, so nothing is fetched and no licence asked; speed and memory depend on the shape.
Numbers were read off each model's `config.json`; that they give the parameter counts of the model
cards, to the last one, is a test.
"""

from __future__ import annotations

from blazer.core.errors import UnknownNameError
from blazer.training.students.architecture import HEAD, SHAPES, Size
from blazer.training.students.settings import BaseSettings
from blazer.training.students.tokenizer import MAX_TOKENS
from blazer.training.throughput.flops import Shape

_LLAMAS = (
    Shape(
        name="1b",
        source="meta-llama/Llama-3.2-1B, config.json",
        vocab_size=128256,
        hidden_size=2048,
        intermediate_size=8192,
        layers=16,
        heads=32,
        kv_heads=8,
        head_dim=64,
        rope_theta=500000.0,
        max_positions=131072,
        tied=True,
    ),
    Shape(
        name="3b",
        source="meta-llama/Llama-3.2-3B, config.json",
        vocab_size=128256,
        hidden_size=3072,
        intermediate_size=8192,
        layers=28,
        heads=24,
        kv_heads=8,
        head_dim=128,
        rope_theta=500000.0,
        max_positions=131072,
        tied=True,
    ),
    Shape(
        name="8b",
        source="meta-llama/Meta-Llama-3-8B, config.json",
        vocab_size=128256,
        hidden_size=4096,
        intermediate_size=14336,
        layers=32,
        heads=32,
        kv_heads=8,
        head_dim=128,
        rope_theta=500000.0,
        max_positions=8192,
        tied=False,
    ),
)

_ROPE_THETA = 10000.0
"""What transformers takes for a Llama that names none, as the students do."""


def student_shape(size: Size) -> Shape:
    """A student of `blazer train base`, with as many tokens as its tokenizer may have."""
    made = SHAPES[size]
    heads = made.width // HEAD
    return Shape(
        name=f"tiny-{size}",
        source="blazer.training.students.architecture",
        vocab_size=BaseSettings().vocabulary,
        hidden_size=made.width,
        intermediate_size=made.inner,
        layers=made.layers,
        heads=heads,
        kv_heads=heads,
        head_dim=HEAD,
        rope_theta=_ROPE_THETA,
        max_positions=MAX_TOKENS,
        tied=True,
    )


_SHAPES = {shape.name: shape for shape in (*map(student_shape, SHAPES), *_LLAMAS)}


def shape_names() -> tuple[str, ...]:
    """Every name there is, small to large."""
    return tuple(_SHAPES)


def shape_named(name: str) -> Shape:
    """The shape of that name.

    Raises:
        UnknownNameError: there is none.
    """
    try:
        return _SHAPES[name]
    except KeyError:
        raise UnknownNameError("shape", name, shape_names()) from None
