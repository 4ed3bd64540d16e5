"""How long a row is, in characters or in a tokenizer's tokens. Rows that are too long are left out whole.

Tokens are counted as the chat template renders prompt and answer, since that is what a trainer sees.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from blazer.core.errors import ConfigError
from blazer.training.rows import LeftOut, Row, Split
from blazer.training.settings import Kind, LengthSettings

CountTokens = Callable[[Sequence[Mapping[str, str]]], int]


def characters(row: Row) -> int:
    """Of the prompt and the longest answer."""
    prompt = sum(len(message.content) for message in row.prompt)
    return prompt + max((len(text) for text in row.answers()), default=0)


def token_counter(directory: Path) -> CountTokens:
    """Counts the tokens of a chat as a tokenizer of that directory renders it.

    Raises:
        ConfigError: transformers is not installed, there is no tokenizer, or it has no chat template.
    """
    try:
        transformers: Any = import_module("transformers")
    except ModuleNotFoundError:
        raise ConfigError(
            "counting tokens needs transformers: pip install 'blazer-agents[train]', or use max_chars"
        ) from None
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(directory), local_files_only=True)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"no tokenizer can be read from {directory}: {' '.join(str(error).split())}"
        ) from None
    if not tokenizer.chat_template:
        raise ConfigError(f"the tokenizer in {directory} has no chat template; give one that has")

    def count(chat: Sequence[Mapping[str, str]]) -> int:
        return len(tokenizer.apply_chat_template(list(chat), tokenize=True, return_dict=True)["input_ids"])

    return count


class Ruler:
    """Measures rows against the settings."""

    def __init__(self, settings: LengthSettings) -> None:
        self._settings = settings
        self._count = token_counter(settings.tokenizer) if settings.tokenizer is not None else None

    def too_long(self, row: Row) -> str:
        """What is too long about a row; "" if nothing is."""
        limit = self._settings.max_chars
        if limit is not None and (length := characters(row)) > limit:
            return f"{length} characters, {limit} allowed"
        limit = self._settings.max_tokens
        if self._count is None or limit is None:
            return ""
        prompt = [message.model_dump() for message in row.prompt]
        chats = [[*prompt, {"role": "assistant", "content": text}] for text in row.answers()] or [prompt]
        longest = max(self._count(chat) for chat in chats)
        return f"{longest} tokens, {limit} allowed" if longest > limit else ""

    def fitting(self, rows: Sequence[Row], kind: Kind, split: Split) -> tuple[list[Row], list[LeftOut]]:
        """The rows that are short enough, and a note of the others."""
        kept: list[Row] = []
        left: list[LeftOut] = []
        for row in rows:
            detail = self.too_long(row)
            if not detail:
                kept.append(row)
                continue
            note = {"task": row.task, "seed": row.seed, "trace_ids": row.trace_ids}
            left.append(LeftOut(kind=kind, split=split, reason="too_long", detail=detail, **note))
        return kept, left
