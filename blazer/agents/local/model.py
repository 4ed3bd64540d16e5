"""A chat model served in this process.

One `LocalEngine` holds the weights, however many roles ask it. They are loaded by the first
request, so that looking whether a model is there costs nothing. What a request draws depends on its
role's seed, its messages and its sample, and on nothing else: not on the run, not on the neighbours
in the batch.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import structlog

from blazer.agents.chat import ChatReply, ChatRequest
from blazer.agents.errors import LocalModelMissing
from blazer.agents.local.batcher import Batcher
from blazer.agents.local.settings import GREEDY, LocalSettings, Manner, Question
from blazer.agents.local.source import NO_EXTRA, ModelSource

if TYPE_CHECKING:
    from blazer.agents.local.loading import Loaded
    from blazer.agents.local.serving import Reply

log = structlog.get_logger(__name__)


class LocalEngine:
    """The weights of one model, and the thread that they work on.

    Args:
        source: Where they are.
        settings: How they are served.

    Raises:
        LocalModelMissing: without the extra that brings torch.
    """

    def __init__(self, source: ModelSource, settings: LocalSettings) -> None:
        wanted = ("torch", "transformers") + (("peft",) if source.base is not None else ())
        if any(importlib.util.find_spec(name) is None for name in wanted):
            raise LocalModelMissing(f"{source.name}: {NO_EXTRA}")
        self.source, self._settings = source, settings
        self._loaded: Loaded | None = None
        self._batcher: Batcher[Question, ChatReply] | None = None
        self._threads_before: int | None = None

    @property
    def batches(self) -> tuple[int, ...]:
        """Sizes of the batches so far."""
        return tuple(self._batcher.sizes) if self._batcher else ()

    @property
    def is_loaded(self) -> bool:
        """Whether the weights are in memory."""
        return self._loaded is not None

    async def answer(self, question: Question) -> ChatReply:
        """One answer, generated together with others.

        Raises:
            As `LocalModel.reply`.
        """
        if self._batcher is None:
            settings = self._settings
            self._batcher = Batcher("blazer-local-model", self._work, settings.max_batch, settings.max_wait_s)
        size = sum(len(message.content) for message in question.request.messages)
        return await self._batcher.ask(question, kind=question.manner, size=size)

    def _work(self, questions: Sequence[Question], wanted: Callable[[], bool]) -> Sequence[Reply]:
        """On the model's thread."""
        from blazer.agents.local.serving import reply_all  # noqa: PLC0415  (imports torch)

        if self._loaded is None:
            self._loaded = self._load()
        return reply_all(self._loaded, self.source.name, questions, wanted)

    def _load(self) -> Loaded:
        import torch  # noqa: PLC0415

        from blazer.agents.local.loading import load  # noqa: PLC0415  (imports torch)

        self._threads_before = torch.get_num_threads()
        began_s = time.monotonic()
        loaded = load(self.source, self._settings)
        log.info(
            "model_loaded", model=self.source.name, digest=self.source.digest,
            device=str(loaded.model.device), wall_s=round(time.monotonic() - began_s, 2),
        )  # fmt: skip
        return loaded

    async def aclose(self) -> None:
        """End the thread and give the memory back. Safe to call twice."""
        if self._batcher is not None:
            await self._batcher.aclose()
            self._batcher = None
        if self._loaded is not None:
            self._loaded = None
            await asyncio.to_thread(_free, self._threads_before)


def _free(threads: int | None) -> None:
    import torch  # noqa: PLC0415  (loaded long since)

    if threads is not None:
        torch.set_num_threads(threads)  # what threads that are yet to come begin with
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


class LocalModel:
    """One role's way to ask an engine.

    Args:
        engine: The model; whoever made it closes it.
        manner: How tokens are chosen.
        max_tokens: Of an answer; None for all that the context holds.
        seed: The role's.
    """

    def __init__(
        self, engine: LocalEngine, manner: Manner = GREEDY, max_tokens: int | None = None, seed: int = 0
    ) -> None:
        self.name = engine.source.name
        self._engine = engine
        self._manner, self._max_tokens, self._seed = manner, max_tokens, seed

    async def reply(self, request: ChatRequest) -> ChatReply:
        """The model's answer.

        Raises:
            PromptTooLong: the context leaves no room for an answer.
            LocalModelMissing: the model cannot be loaded.
            ModelRefused: its chat template does not take such messages.
            ModelUnavailable: generation failed, or there is no room for the model.
        """
        return await self._engine.answer(Question(request, self._manner, self._max_tokens, self._seed))
