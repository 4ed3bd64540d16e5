"""Which model plays which role, and the one way to ask it: budget, cache, usage around the call.

Roles are `planner`, `coder` and `critic`; a proposer comes later. The critic may be left out: the
failure report then goes back to the coder without a diagnosis. Seeds and samples are part of a
request's key, so a cached answer is never handed to another candidate.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from blazer.agents.budget import Meter
from blazer.agents.cache import PendingRequest, ResponseCache
from blazer.agents.chat import ChatModel, ChatReply, ChatRequest, request_key
from blazer.agents.endpoint import EndpointModel, EndpointSettings
from blazer.agents.errors import AnswerPending
from blazer.agents.scripted.model import SCRIPTED, ScriptedModel
from blazer.core.errors import ConfigError, UnknownNameError
from blazer.core.records import Message, ModelCall, Record, Usage

ROLES = ("planner", "coder", "critic")
REQUIRED_ROLES = ("planner", "coder")


class RoleConfig(Record):
    """The model of one role and how it is asked."""

    model: str = SCRIPTED
    """`scripted`, or a model name that the endpoint knows."""
    base_url: str | None = None
    """OpenAI-compatible endpoint, such as http://localhost:8000/v1; the hosted one when None."""
    api_key_env: str = "OPENAI_API_KEY"
    """Environment variable that holds the key; endpoints given by `base_url` may go without."""
    temperature: float | None = Field(default=None, ge=0.0, le=2.0)
    """Not sent when None: some models refuse it."""
    top_p: float | None = Field(default=None, gt=0.0, le=1.0)
    max_tokens: int | None = Field(default=4096, gt=0)
    timeout_s: float = Field(default=120.0, gt=0.0)
    """For one try, from request to last byte."""
    max_tries: int = Field(default=6, ge=1)
    seed: int | None = None
    """Sent with the sample added, where the endpoint takes one."""
    usd_per_million_prompt: float = Field(default=0.0, ge=0.0)
    usd_per_million_completion: float = Field(default=0.0, ge=0.0)

    @property
    def built_in(self) -> bool:
        """No language model: its programs come from this package."""
        return self.model == SCRIPTED

    def parameters(self) -> dict[str, object]:
        """All that changes an answer: part of the request's key."""
        names = ("model", "base_url", "temperature", "top_p", "max_tokens", "seed")
        return {name: getattr(self, name) for name in names}

    def settings(self) -> EndpointSettings:
        """What the endpoint needs to know."""
        fields = set(EndpointSettings.model_fields)
        return EndpointSettings(**{k: v for k, v in self.model_dump().items() if k in fields})


def check_roles(roles: Mapping[str, RoleConfig]) -> None:
    """Refuse roles that do not exist and roles that are missing.

    Raises:
        UnknownNameError: with the roles that exist.
        ConfigError: if a required role has no model.
    """
    for role in roles:
        if role not in ROLES:
            raise UnknownNameError("model role", role, ROLES)
    for role in REQUIRED_ROLES:
        if role not in roles:
            raise ConfigError(f"role {role!r} has no model; give one, such as {role}=scripted")


def needs_isolation(roles: Mapping[str, RoleConfig]) -> bool:
    """Whether any program comes from a language model."""
    return any(not config.built_in for config in roles.values())


class ModelSuite:
    """Asks models by role.

    Args:
        run_id: The run that spending and pending requests belong to.
        roles: Role -> model.
        cache: Where answers are kept.
        meter: What may be spent.
        answers: `live` asks endpoints; `batch` only knows answers that were imported, and writes
            down what it would have asked.
        models: Ready models by role, instead of the ones that `roles` describe.
    """

    def __init__(
        self,
        run_id: str,
        roles: Mapping[str, RoleConfig],
        cache: ResponseCache,
        meter: Meter,
        *,
        answers: Literal["live", "batch"] = "live",
        models: Mapping[str, ChatModel] | None = None,
    ) -> None:
        check_roles(roles)
        self._run_id, self._roles, self._cache, self._meter = run_id, dict(roles), cache, meter
        self.answered = False
        """Whether any model has answered in this process."""
        self._models: dict[str, ChatModel] = {}
        for role, config in self._roles.items():
            if models and role in models:
                self._models[role] = models[role]
            elif config.built_in:
                self._models[role] = ScriptedModel()
            elif answers == "live":
                self._models[role] = EndpointModel(role, config.settings())

    @property
    def names(self) -> dict[str, str]:
        """Role -> model name."""
        return {role: config.model for role, config in self._roles.items()}

    @property
    def spent(self) -> Usage:
        """What the run has spent so far."""
        return self._meter.spent

    def has(self, role: str) -> bool:
        """Whether the role has a model."""
        return role in self._roles

    async def aclose(self) -> None:
        """Close every endpoint's connections."""
        for model in self._models.values():
            if isinstance(model, EndpointModel):
                await model.aclose()

    async def probe(self) -> None:
        """Knock at every endpoint, so that a wrong address is told at once.

        Raises:
            ModelUnavailable: naming the address that nobody answers at.
        """
        for model in self._models.values():
            if isinstance(model, EndpointModel):
                await model.probe()

    async def ask(
        self, role: str, messages: tuple[Message, ...], *, sample: int, prompt_digest: str
    ) -> tuple[ModelCall, ChatReply]:
        """One answer of the model that plays `role`, with the record of the call.

        Raises:
            BudgetExceeded: before anything is sent.
            ModelUnavailable: after every retry.
            ModelRefused: for good.
            AnswerPending: if the answer is to come from a batch.
        """
        config = self._roles[role]
        request = ChatRequest(role=role, messages=messages, sample=sample)
        key = request_key(request, config.parameters())
        started = time.monotonic()
        cached = None if config.built_in else self._cache.get(key)
        reply = cached or await self._fresh(request, key, config)
        usage = Usage(
            calls=1,
            cached_calls=1 if cached else 0,
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
            cost_usd=0.0 if cached else _cost(reply, config),
        )
        call = ModelCall(
            role=role,
            model=config.model,
            messages=messages,
            reply=reply.text,
            usage=usage,
            wall_s=time.monotonic() - started,
            prompt_digest=prompt_digest,
        )
        return call, reply

    async def _fresh(self, request: ChatRequest, key: str, config: RoleConfig) -> ChatReply:
        model = self._models.get(request.role)
        if model is None:
            body = json.dumps(request_body(request, config), ensure_ascii=False)
            self._cache.await_answer(
                PendingRequest(key=key, run_id=self._run_id, role=request.role, body=body)
            )
            raise AnswerPending(key)
        self._meter.reserve()
        try:
            reply = await model.reply(request)
        except BaseException:
            self._meter.release()
            raise
        usage = Usage(
            calls=1,
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
            cost_usd=_cost(reply, config),
        )
        self.answered = True
        self._meter.settle(usage)
        self._cache.spend(self._run_id, usage)
        if not config.built_in:
            self._cache.put(key, config.model, reply)
        return reply


def _cost(reply: ChatReply, config: RoleConfig) -> float:
    prompt = reply.prompt_tokens * config.usd_per_million_prompt
    return (prompt + reply.completion_tokens * config.usd_per_million_completion) / 1e6


def request_body(request: ChatRequest, config: RoleConfig) -> dict[str, Any]:
    """The body of the chat completion request, as a batch file holds it."""
    body: dict[str, Any] = {
        "model": config.model,
        "messages": [message.model_dump() for message in request.messages],
    }
    if config.max_tokens is not None:
        body["max_completion_tokens"] = config.max_tokens
    for name in ("temperature", "top_p"):
        if getattr(config, name) is not None:
            body[name] = getattr(config, name)
    if config.seed is not None:
        body["seed"] = config.seed + request.sample
    return body
