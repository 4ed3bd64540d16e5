"""Answers to a batch of prompts. Imports torch: only loaded to serve.

The work is `generate`'s; here prompts are padded on the left, and generation is interrupted every
`SEGMENT` tokens to drop the rows that are done from the batch and its cache: the longest answer of
a batch would otherwise cost as much as if all were as long. Where memory runs out the batch is
halved, down to one prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import structlog
import torch
from transformers import LogitsProcessorList, StoppingCriteriaList

from blazer.agents.errors import ModelUnavailable
from blazer.agents.local.loading import Loaded, out_of_memory
from blazer.agents.local.sampling import DrawnTokens, Stopping
from blazer.agents.local.settings import GREEDY, Manner

log = structlog.get_logger(__name__)

SEGMENT = 32


class Asked(NamedTuple):
    """One prompt.

    Attributes:
        tokens: Its ids.
        limit: Tokens of the answer, at most.
        draw: The answer's own stream; unused where the manner draws nothing.
    """

    tokens: tuple[int, ...]
    limit: int
    draw: np.random.Generator


class Answered(NamedTuple):
    """One answer.

    Attributes:
        tokens: Its ids, the end token included.
        ended: With an end token, and not at its limit.
    """

    tokens: tuple[int, ...]
    ended: bool


Outcome: TypeAlias = Answered | ModelUnavailable


def answer_all(
    loaded: Loaded,
    batch: Sequence[Asked],
    manner: Manner = GREEDY,
    wanted: Callable[[], bool] = lambda: True,
) -> list[Outcome]:
    """Answer every prompt; in halves where memory runs out.

    Args:
        loaded: The model.
        batch: The prompts.
        manner: How tokens are chosen.
        wanted: Asked now and then; once it says no, what there is so far is handed back.
    """
    streams = [item.draw.bit_generator.state for item in batch]
    try:
        return list(generate(loaded, batch, manner, wanted))
    except (RuntimeError, MemoryError, IndexError) as error:
        if not out_of_memory(error):
            failed = ModelUnavailable(f"generation failed: {type(error).__name__}: {_first_line(error)}")
            return [failed] * len(batch)
        reason = _first_line(error)
    # Outside of the handler, whose traceback would hold on to the tensors.
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if len(batch) == 1:
        return [_no_room(batch[0], reason)]
    for item, state in zip(batch, streams, strict=True):
        item.draw.bit_generator.state = state
    middle = len(batch) // 2
    log.warning("generation_halved", batch=len(batch), now=middle, why=reason)
    halves = (batch[:middle], batch[middle:])
    return [outcome for half in halves for outcome in answer_all(loaded, half, manner, wanted)]


def _no_room(item: Asked, reason: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"memory ran out on a single prompt of {len(item.tokens)} tokens with up to {item.limit} to come "
        f"({reason}); lower max_tokens, set local.dtype=bfloat16, choose a smaller model, "
        "or serve it elsewhere and give --base-url"
    )


def generate(
    loaded: Loaded,
    batch: Sequence[Asked],
    manner: Manner = GREEDY,
    wanted: Callable[[], bool] = lambda: True,
    *,
    use_cache: bool = True,
    segment: int = SEGMENT,
) -> list[Answered]:
    """One batch, as it is.

    Raises:
        RuntimeError: of torch, out of memory among them.
    """
    rows = _Rows(loaded, batch, manner, use_cache=use_cache, segment=segment)
    with torch.inference_mode():
        while rows.left and wanted():
            rows.advance(wanted)
    return rows.answers()


class _Rows:
    """A batch on its way: the rows that are not done, and what has become of the others."""

    def __init__(
        self, loaded: Loaded, batch: Sequence[Asked], manner: Manner, *, use_cache: bool, segment: int
    ) -> None:
        self._loaded, self._batch = loaded, batch
        self._segment = segment
        padded = loaded.tokenizer.pad(
            {"input_ids": [list(item.tokens) for item in batch]}, padding_side="left", return_tensors="pt"
        ).to(loaded.model.device)
        self._ids, self._mask = padded["input_ids"], padded["attention_mask"]
        self._begun = self._ids.shape[1]
        self._cache: Any = None
        self._use_cache = use_cache
        self._drawn = (
            DrawnTokens([item.draw for item in batch], manner.temperature, manner.top_p)
            if manner.temperature > 0.0
            else None
        )
        self.left = list(range(len(batch)))
        self._answers: dict[int, Answered] = {}

    def advance(self, wanted: Callable[[], bool]) -> None:
        """Some more tokens for every row that is left."""
        limits = [self._batch[row].limit for row in self.left]
        so_far = self._ids.shape[1] - self._begun
        given = {} if self._cache is None else {"past_key_values": self._cache}
        result = self._loaded.model.generate(
            input_ids=self._ids,
            attention_mask=self._mask,
            max_new_tokens=min(self._segment, max(limits) - so_far),
            logits_processor=LogitsProcessorList([self._drawn] if self._drawn else []),
            stopping_criteria=StoppingCriteriaList([Stopping(limits, self._begun, wanted)]),
            use_cache=self._use_cache,
            return_dict_in_generate=True,
            **given,
        )
        self._ids = result.sequences
        self._cache = result.past_key_values if self._use_cache else None
        self._drop_done()

    def _drop_done(self) -> None:
        texts = self._ids[:, self._begun :].tolist()
        kept = []
        for place, (row, tokens) in enumerate(zip(self.left, texts, strict=True)):
            answer = _cut(tokens, self._batch[row].limit, self._loaded.stops)
            self._answers[row] = answer
            if not answer.ended and len(answer.tokens) < self._batch[row].limit:
                kept.append(place)
        if len(kept) < len(self.left):
            self._keep(kept)
        new = self._ids.shape[1] - self._mask.shape[1]
        self._mask = torch.nn.functional.pad(self._mask, (0, new), value=1)

    def _keep(self, places: list[int]) -> None:
        self.left = [self.left[place] for place in places]
        index = torch.tensor(places, device=self._ids.device, dtype=torch.long)
        self._ids, self._mask = self._ids[index], self._mask[index]
        if self._drawn is not None:
            self._drawn.keep(places)
        if self._cache is not None and places:
            self._cache.batch_select_indices(index)

    def answers(self) -> list[Answered]:
        """In the order of the batch."""
        return [self._answers.get(row, Answered((), ended=False)) for row in range(len(self._batch))]


def _cut(tokens: Sequence[int], limit: int, stops: tuple[int, ...]) -> Answered:
    """Up to the first end token, or to the limit."""
    for place, token in enumerate(tokens[:limit]):
        if token in stops:
            return Answered(tuple(tokens[: place + 1]), ended=True)
    return Answered(tuple(tokens[:limit]), ended=False)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200]
