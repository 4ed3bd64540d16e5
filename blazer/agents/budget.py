"""Caps on what a run may spend, and the meter that counts it.

Calls are reserved before they are made, so their cap is exact. Tokens and money are known only
afterwards: the cap stops further calls, while those in flight may still finish, so a run can go
over by at most one reply for each episode in flight.
"""

from __future__ import annotations

from pydantic import Field

from blazer.agents.errors import BudgetExceeded
from blazer.core.records import Record, Usage


class Budget(Record):
    """Caps for one run, over all its resumes; None is no cap."""

    max_calls: int | None = Field(default=None, ge=0)
    max_tokens: int | None = Field(default=None, ge=0)
    """Prompt and completion together."""
    max_cost_usd: float | None = Field(default=None, ge=0.0, allow_inf_nan=False)
    """Needs the models' prices."""


class Meter:
    """Counts a run's spending against its caps.

    Args:
        budget: The caps.
        spent: What the run has spent before, in earlier processes.
    """

    def __init__(self, budget: Budget, spent: Usage | None = None) -> None:
        self._budget = budget
        self._in_flight = 0
        self.spent = spent or Usage()

    def reserve(self) -> None:
        """Ask for one more call; `settle` or `release` must follow.

        Raises:
            BudgetExceeded: naming the cap, what was spent, and what to raise.
        """
        budget, spent = self._budget, self.spent
        if budget.max_calls is not None and spent.calls + self._in_flight >= budget.max_calls:
            raise BudgetExceeded(self._text("model calls", spent.calls, budget.max_calls, "--budget-calls"))
        tokens = spent.prompt_tokens + spent.completion_tokens
        if budget.max_tokens is not None and tokens >= budget.max_tokens:
            raise BudgetExceeded(self._text("tokens", tokens, budget.max_tokens, "--budget-tokens"))
        if budget.max_cost_usd is not None and spent.cost_usd >= budget.max_cost_usd:
            raise BudgetExceeded(
                self._text("USD", round(spent.cost_usd, 6), budget.max_cost_usd, "--budget-usd")
            )
        self._in_flight += 1

    def settle(self, usage: Usage) -> None:
        """The reserved call was made and cost `usage`."""
        self._in_flight -= 1
        self.spent = self.spent.plus(usage)

    def release(self) -> None:
        """The reserved call was not made."""
        self._in_flight -= 1

    @staticmethod
    def _text(what: str, spent: float, cap: float, option: str) -> str:
        over = (
            "" if option == "--budget-calls" else " (calls under way when a cap is met are finished and paid)"
        )
        return (
            f"budget met: {spent} of {cap} {what} spent{over}; "
            f"raise {option} and run the same command to go on"
        )
