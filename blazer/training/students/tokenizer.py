"""The tokenizer of students from scratch: byte-level BPE of a thousand tokens, and their chat template.

Two choices make a small model's life easier. A word is the same token wherever it stands, after a
space, a quote or a bracket, because copying "red" from the instruction into `color="red"` is then
copying one token. And digits are cut in pairs, so that a number is few tokens and always the same ones.
"""

from __future__ import annotations

import builtins
import keyword
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from blazer.training.learning.libraries import library

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

PAD, END, USER, ASSISTANT, SYSTEM = "<pad>", "<end>", "<user>", "<assistant>", "<system>"
SPECIAL = (PAD, END, USER, ASSISTANT, SYSTEM)
PIECES = r" x | ?-?\d\.|\d{1,2}|[A-Za-z_]+|\n *| ?[^\sA-Za-z_\d]+ ?| +|\s+"
"""What is cut before pairs are merged: no token reaches over these borders."""
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message.role == 'assistant' %}"
    "<assistant>{% generation %}{{ message.content }}<end>{% endgeneration %}"
    "{% else %}<{{ message.role }}>{{ message.content }}<end>{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
"""`generation` marks what a trainer of dialogues takes the loss over."""
MAX_TOKENS = 2048
"""Positions that students are made for."""
_REPEATS = 50
"""Words of Python weigh as much as words that the texts hold so often."""


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """Merge the pairs of these texts and of Python's words, most frequent first.

    Args:
        texts: What students read and write.
        vocab_size: At most so many tokens; fewer where the texts have no more words.
    """
    fast: Any = library("tokenizers")
    byte_level = fast.pre_tokenizers.ByteLevel
    inner = fast.Tokenizer(fast.models.BPE())
    inner.pre_tokenizer = fast.pre_tokenizers.Sequence(
        [
            fast.pre_tokenizers.Split(fast.Regex(PIECES), "isolated"),
            byte_level(add_prefix_space=False, use_regex=False),
        ]
    )
    inner.decoder = fast.decoders.ByteLevel()
    trainer = fast.trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(byte_level.alphabet()),
        show_progress=False,
    )
    inner.train_from_iterator([*texts, *_python_words() * _REPEATS], trainer)
    tokenizer: PreTrainedTokenizerFast = library("transformers").PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=[USER, ASSISTANT, SYSTEM],
        clean_up_tokenization_spaces=False,
        model_max_length=MAX_TOKENS,
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


def _python_words() -> list[str]:
    """Words and marks that any Python program may hold; no program."""
    words = [*keyword.kwlist, *(name for name in dir(builtins) if name.islower() and name[0] != "_")]
    words += [name for name in dir(math) if name[0] != "_"]
    words += ["math", "time", "index", "append", "key", "```", "python"]
    marks = [
        "(",
        ")",
        "((",
        "))",
        ")[",
        '("',
        '")',
        '="',
        '")[',
        "[",
        "]",
        "],",
        "]:",
        " = ",
        " + ",
        " * ",
        " / ",
    ]
    marks += ["):", ", ", ": ", ".", "# ", "\n    ", "\n        ", "\n", "-", " - ", '", ', "[:", " == "]
    return words + marks
