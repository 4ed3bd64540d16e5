"""The model branch of the error tree.

ModelError
  ModelUnavailable   kept failing after every retry; an infrastructure fault, tried again on resume
  ModelRefused       refused for good (key, model name, request); stops the run at once
  BudgetExceeded     a cap was met; stops the run cleanly
  AnswerPending      the answer comes from a batch file that is not there yet; not a fault
  LocalModelMissing  no such model on this machine, or not all of it; also a UsageError
  PromptTooLong      the model cannot take this one request; the attempt is recorded as failed
"""

from __future__ import annotations

from blazer.core.errors import ModelError, UsageError


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


class LocalModelMissing(ModelError, UsageError):
    """A model to be served in this process is not there, or cannot be served as it is."""


class PromptTooLong(ModelError):
    """The prompt leaves no room for an answer in the model's context."""

    def __init__(self, role: str, model: str, tokens: int, context: int) -> None:
        self.tokens, self.context = tokens, context
        super().__init__(
            f"the {role}'s prompt has {tokens} tokens and {model} takes {context}, answer included"
        )
