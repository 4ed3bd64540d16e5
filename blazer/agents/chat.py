"""What a chat model is here: one request in, one reply out.

Smaller than LangChain's chat models on purpose: no streaming, no tools, no callbacks, so that the
scripted model, a batch file and an endpoint are the same thing to the graph. The endpoint wraps
LangChain's `ChatOpenAI` behind it.
"""

from __future__ import annotations

from typing import Protocol

from blazer.core.digest import digest
from blazer.core.records import Message, Record


class ChatRequest(Record):
    """What is asked of a model.

    `sample` makes candidates differ: it is part of the request's key, and the seed of models that
    take one.
    """

    role: str
    messages: tuple[Message, ...]
    sample: int = 0


class ChatReply(Record):
    """What came back."""

    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    finish_reason: str = "stop"
    """`length` when the reply was cut off at the token limit."""


class ChatModel(Protocol):
    """Answers requests."""

    name: str

    async def reply(self, request: ChatRequest) -> ChatReply:
        """The model's answer.

        Raises:
            ModelUnavailable: after every retry.
            ModelRefused: for good.
            AnswerPending: from a batch model whose answers have not come.
        """


def request_key(request: ChatRequest, parameters: dict[str, object], run_id: str) -> str:
    """A stable name of a run's request to a model with these parameters: the cache's key."""
    return digest(
        {
            "run": run_id,
            "parameters": parameters,
            "messages": [message.model_dump() for message in request.messages],
            "sample": request.sample,
        }
    )
