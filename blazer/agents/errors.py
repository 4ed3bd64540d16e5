"""The model branch of the error tree.

ModelError
  ModelUnavailable   kept failing after every retry; an infrastructure fault, tried again on resume
  ModelRefused       refused for good (key, model name, request); stops the run at once
  BudgetExceeded     a cap was met; stops the run cleanly
  AnswerPending      the answer comes from a batch file that is not there yet; not a fault
"""

from __future__ import annotations

from blazer.core.errors import ModelError


class ModelUnavailable(ModelError):
    """The endpoint could not be reached, or kept failing after every retry."""


class ModelRefused(ModelError):
    """The endpoint refused the request for good: key, model name, quota, or the request itself."""


class BudgetExceeded(ModelError):
    """A cap on calls, tokens or money was met."""


class AnswerPending(ModelError):
    """The request was written down for a batch; its answer is not known yet."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"request {key} waits for its answer; export the batch, then import the answers")
