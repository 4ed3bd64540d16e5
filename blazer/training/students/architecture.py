"""The student itself: a Llama model, small enough to be trained on two cores.

Two layers, because copying needs two (one looks one word back, the next finds the same word again)
and more make it come later; heads of 64, because with 32 it comes later too. Sizes differ in width.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from blazer.training.learning.libraries import library
from blazer.training.students.tokenizer import MAX_TOKENS

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

Size = Literal["s", "m", "l"]
HEAD = 64
"""Dimensions of an attention head."""


class Shape(NamedTuple):
    """Of a Llama model.

    Attributes:
        width: Of the residual stream.
        layers: How many.
        inner: Width inside the feed-forward layers.
    """

    width: int
    layers: int
    inner: int


SHAPES: dict[Size, Shape] = {"s": Shape(64, 2, 192), "m": Shape(128, 2, 384), "l": Shape(192, 2, 512)}


def make_student(size: Size, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A student with weights drawn from torch's generator, as it stands."""
    transformers = library("transformers")
    shape = SHAPES[size]
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.width,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.width // HEAD,
        max_position_embeddings=MAX_TOKENS,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    student: LlamaForCausalLM = transformers.LlamaForCausalLM(config)
    return student
