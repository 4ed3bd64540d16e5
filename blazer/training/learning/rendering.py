"""A row as the chat template renders it: measured, and held against how the student will be asked.

A student is asked with the template's generation prompt and stops at an end token. A trainer takes
the loss over what follows the prompt in the rendered dialogue. Where the two differ, as with
templates of reasoning models that open a thought only when they ask, training would go on without
a word and teach an answer that nobody asks for; so that is refused here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from blazer.core.errors import UsageError
from blazer.training.learning.libraries import library

_MEND = "mend the chat_template.jinja beside its tokenizer, or take another model"


class Rendering:
    """Renders prompts and answers of one model.

    Args:
        tokenizer: With a chat template.
        stops: Ids at which serving ends an answer.
        model: What it is called in messages.
    """

    def __init__(self, tokenizer: Any, stops: Collection[int], model: str) -> None:
        self._tokenizer, self._stops, self._model = tokenizer, frozenset(stops), model

    def longest(self, prompt: Sequence[Mapping[str, str]], answers: Sequence[str]) -> int:
        """Tokens of a prompt with the longest of its answers.

        Raises:
            UsageError: the template takes no such messages, asks otherwise than it renders, or renders
                an answer without an end.
        """
        asked = self._ids(prompt, asking=True)
        return max(self._measured(prompt, asked, answer) for answer in answers)

    def _measured(self, prompt: Sequence[Mapping[str, str]], asked: list[int], answer: str) -> int:
        ids = self._ids([*prompt, {"role": "assistant", "content": answer}], asking=False)
        if ids[: len(asked)] != asked:
            place = next((n for n, (a, b) in enumerate(zip(asked, ids, strict=False)) if a != b), len(ids))
            raise UsageError(
                f"the chat template of {self._model} asks with {self._text(asked[place:])!r} and renders "
                f"answers after {self._text(ids[place : len(asked)])!r}: a student would be trained on "
                f"another prompt than it is asked with; {_MEND}, so that what add_generation_prompt renders "
                "is the beginning of the dialogue with its answer"
            )
        if self._stops.isdisjoint(ids[len(asked) :]):
            names = ", ".join(repr(self._text([stop])) for stop in sorted(self._stops))
            raise UsageError(
                f"the chat template of {self._model} ends an answer with none of the model's end tokens "
                f"({names}), so a student would never learn to stop; {_MEND}, so that an end token follows "
                "each answer"
            )
        return len(ids)

    def _ids(self, messages: Sequence[Mapping[str, str]], *, asking: bool) -> list[int]:
        refused = library("jinja2").TemplateError
        try:
            rendered = self._tokenizer.apply_chat_template(
                [dict(message) for message in messages],
                tokenize=True,
                return_dict=True,
                add_generation_prompt=asking,
            )
        except refused as error:
            roles = ", ".join(message["role"] for message in messages)
            raise UsageError(
                f"the chat template of {self._model} does not take these messages ({roles}): {error}; build "
                f"the data set with another --style, or {_MEND}"
            ) from error
        ids: list[int] = rendered["input_ids"]
        return ids

    def _text(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(list(ids)))


def stops_of(model: Any, tokenizer: Any) -> tuple[int, ...]:
    """Ids that end an answer when this model is served."""
    listed = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    own = [listed] if isinstance(listed, int) else list(listed or ())
    return tuple(dict.fromkeys([*own, tokenizer.eos_token_id]))
