"""Choosing the next token, row by row. Imports torch: only loaded to serve.

`generate` draws a whole batch from one generator, so that an answer would depend on who else is in
the batch. Here every request brings a stream of its own, which gives one number a token: the token
at which the cumulated probability passes that number is chosen (inversion). Temperature and top-p
are the library's own. What is left of the neighbours are rounding errors: another batch size sums
in another order, and where two tokens are equal to seven digits the choice may differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from transformers import LogitsProcessor, LogitsProcessorList, StoppingCriteria
from transformers.generation.logits_process import TemperatureLogitsWarper, TopPLogitsWarper


class DrawnTokens(LogitsProcessor):  # type: ignore[misc]
    """Leaves to every row the one token that its own stream draws.

    Args:
        draws: A stream for every row, at the row's next token.
        temperature: Larger than 0.
        top_p: None for all tokens.
    """

    def __init__(self, draws: Sequence[np.random.Generator], temperature: float, top_p: float | None) -> None:
        self._draws = list(draws)
        self._warpers = LogitsProcessorList([TemperatureLogitsWarper(temperature)])
        if top_p is not None and top_p < 1.0:
            self._warpers.append(TopPLogitsWarper(top_p))

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows alone."""
        self._draws = [self._draws[row] for row in rows]

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """Scores in which the drawn token is the best by far."""
        shares = torch.softmax(self._warpers(input_ids, scores).double(), dim=-1).cumsum(dim=-1)
        numbers = torch.tensor([draw.random() for draw in self._draws], dtype=torch.float64)
        # Of the row's own sum, which rounding leaves next to 1: a number above it would choose no token.
        marks = numbers.to(shares.device).unsqueeze(1) * shares[:, -1:]
        chosen = torch.searchsorted(shares, marks, right=True).clamp(max=shares.shape[1] - 1)
        return torch.full_like(scores, -torch.inf).scatter(1, chosen, 0.0)


class Stopping(StoppingCriteria):  # type: ignore[misc]
    """Ends rows at their own limits, and all rows when nobody waits any more.

    Args:
        limits: Tokens of every row's answer, at most.
        begun: Length of the padded prompts.
        wanted: Whether anybody still waits for any of the answers.
    """

    def __init__(self, limits: Sequence[int], begun: int, wanted: Callable[[], bool]) -> None:
        self._limits, self._begun, self._wanted = torch.tensor(limits), begun, wanted

    def __call__(self, input_ids: torch.LongTensor, scores: object, **more: object) -> torch.BoolTensor:
        """Which rows are done."""
        if not self._wanted():
            done = torch.ones(input_ids.shape[0], dtype=torch.bool)
        else:
            done = self._limits <= input_ids.shape[1] - self._begun
        return done.to(input_ids.device)
