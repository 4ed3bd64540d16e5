"""Which model plays which role, and the one way to ask it: budget, cache, usage around the call.

Roles are `planner`, `coder` and `critic`; a proposer comes later. The critic may be left out: the
failure report then goes back to the coder without a diagnosis. Seeds and samples are part of a
request's key, so a cached answer is never handed to another candidate; and so is the run, because
who begins another run wants fresh answers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from blazer.agents.budget import Meter
from blazer.agents.cache import PendingRequest, ResponseCache
from blazer.agents.chat import ChatModel, ChatReply, ChatRequest, request_key
from blazer.agents.endpoint import EndpointModel, EndpointSettings
from blazer.agents.errors import AnswerPending
from blazer.agents.local.model import LocalEngine, LocalModel
from blazer.agents.local.settings import GREEDY, LocalSettings, Manner
from blazer.agents.local.source import ModelSource, find_model, is_local
from blazer.agents.scripted.model import SCRIPTED, ScriptedModel
from blazer.core.errors import ConfigError, UnknownNameError
from blazer.core.records import Message, ModelCall, Record, Usage
from blazer.prompts.students import Style

ROLES = ("planner", "coder", "critic")
REQUIRED_ROLES = ("planner", "coder")


class RoleConfig(Record):
    """The model of one role and how it is asked."""

    model: str = Field(default=SCRIPTED, pattern=r"\S")
    """`scripted`, a model name that the endpoint knows, or `hf:DIR` or `hf:org/name` for one that is
    served in this process."""
    base_url: str | None = None
    """OpenAI-compatible endpoint, such as http://localhost:8000/v1; the hosted one when None."""
    api_key_env: str = "OPENAI_API_KEY"
    """Environment variable that holds the key; endpoints given by `base_url` may go without."""
    temperature: float | None = Field(default=None, ge=0.0, le=2.0, allow_inf_nan=False)
    """Not sent when None: some models refuse it. In this process, None and 0 are the likeliest token."""
    top_p: float | None = Field(default=None, gt=0.0, le=1.0, allow_inf_nan=False)
    max_tokens: int | None = Field(default=4096, gt=0)
    timeout_s: float = Field(default=120.0, gt=0.0, allow_inf_nan=False)
    """For one try, from request to last byte."""
    max_tries: int = Field(default=6, ge=1)
    seed: int | None = None
    """Sent with the sample added, where the endpoint takes one."""
    style: Style | None = None
    """Of the coder's prompts. None is what `run.json` beside the weights says, and else `full`."""
    local: LocalSettings = LocalSettings()
    """For models that are served in this process."""
    usd_per_million_prompt: float | None = Field(default=None, ge=0.0, allow_inf_nan=False)
    """Not known when None, and what is spent is not known then either."""
    usd_per_million_completion: float | None = Field(default=None, ge=0.0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _consistent(self) -> RoleConfig:
        if self.local_model and self.base_url is not None:
            raise ValueError(
                f"{self.model} is served in this process and {self.base_url} elsewhere; leave out the base "
                "URL, or give the name that the endpoint knows the model by"
            )
        if self.built_in and self.style not in (None, "full"):
            raise ValueError(f"{SCRIPTED} reads prompts of the style full alone; leave out the style")
        return self

    @property
    def built_in(self) -> bool:
        """No language model: its programs come from this package."""
        return self.model == SCRIPTED

    @property
    def local_model(self) -> bool:
        """Served in this process."""
        return is_local(self.model)

    @property
    def priced(self) -> bool:
        """Whether it is known what its answers cost; those made in this process cost nothing."""
        if self.built_in or self.local_model:
            return True
        return None not in (self.usd_per_million_prompt, self.usd_per_million_completion)

    @property
    def greedy(self) -> bool:
        """Whether it gives equal answers to equal requests, whatever the sample."""
        return self.local_model and not self.temperature

    def source(self) -> ModelSource | None:
        """The files of a model that is served in this process.

        Raises:
            LocalModelMissing: there are none.
        """
        return find_model(self.model) if self.local_model else None

    def prompt_style(self) -> str:
        """Style of the coder's prompts.

        Raises:
            As `source`.
        """
        if self.style is not None:
            return self.style
        source = self.source()
        return source.card.style if source is not None and source.card is not None else "full"

    def parameters(self) -> dict[str, object]:
        """All that changes an answer: part of the request's key, and of the run's identity.

        Raises:
            As `source`.
        """
        names = ("model", "base_url", "temperature", "top_p", "max_tokens", "seed")
        found: dict[str, object] = {name: getattr(self, name) for name in names}
        style, source = self.prompt_style(), self.source()
        if style != "full":
            found["style"] = style
        if source is not None:
            found |= {"weights": source.digest, "dtype": self.local.dtype}
        return found

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


def unpriced_roles(roles: Mapping[str, RoleConfig]) -> tuple[str, ...]:
    """Roles whose answers cost nobody knows what."""
    return tuple(role for role, config in sorted(roles.items()) if not config.priced)


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
        reuse: Whether an answer that this run has paid for is used again when the same is asked,
            as a run that was killed does.
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
        reuse: bool = True,
    ) -> None:
        check_roles(roles)
        self._batch, self._reuse = answers == "batch", reuse
        self._parameters = {role: config.parameters() for role, config in roles.items()}
        """As they were at the start: weights that change on disk are not the loaded ones."""
        self._engines: dict[tuple[str, LocalSettings], LocalEngine] = {}
        self._run_id, self._roles, self._cache, self._meter = run_id, dict(roles), cache, meter
        self.answered = False
        """Whether any model has answered in this process."""
        self._models: dict[str, ChatModel] = {}
        for role, config in self._roles.items():
            if models and role in models:
                self._models[role] = models[role]
            elif config.built_in:
                self._models[role] = ScriptedModel()
            elif config.local_model:
                self._models[role] = self._local(role, config)
            elif answers == "live":
                self._models[role] = EndpointModel(role, config.settings())

    def _local(self, role: str, config: RoleConfig) -> LocalModel:
        """Roles that ask the same weights in the same way share them."""
        source = config.source()
        if self._batch or source is None:
            raise ConfigError(
                f"{role} = {config.model!r} is served in this process, so there is nothing to ask in a batch "
                "file; run `blazer collect` with it"
            )
        key = (source.digest, config.local)
        if key not in self._engines:
            self._engines[key] = LocalEngine(source, config.local)
        manner = Manner(config.temperature, config.top_p) if config.temperature else GREEDY
        return LocalModel(self._engines[key], manner, config.max_tokens, config.seed or 0)

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

    def style(self, role: str) -> str:
        """Prompt style of the model that plays `role`."""
        return str(self._parameters[role].get("style", "full"))

    async def aclose(self) -> None:
        """Close every endpoint's connections, end the threads of local models, and free their memory."""
        for model in self._models.values():
            if isinstance(model, EndpointModel):
                await model.aclose()
        for engine in self._engines.values():
            await engine.aclose()

    async def probe(self) -> None:
        """Knock at every endpoint, so that a wrong address is told at once; nothing is loaded.

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
        key = request_key(request, self._parameters[role], self._run_id)
        started = time.monotonic()
        looks = (self._reuse or self._batch) and not config.built_in
        cached = self._cache.get(key) if looks else None
        reply = cached or await self._fresh(request, key, config)
        usage = _usage(reply, config, paid=cached is None or self._batch)
        usage = usage.model_copy(update={"cached_calls": 1 if cached else 0})
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
        usage = _usage(reply, config, paid=True)
        self.answered = True
        self._meter.settle(usage)
        self._cache.spend(self._run_id, usage)
        if self._reuse and not config.built_in:
            self._cache.put(key, config.model, reply)
        return reply


def _usage(reply: ChatReply, config: RoleConfig, *, paid: bool) -> Usage:
    prompt = reply.prompt_tokens * (config.usd_per_million_prompt or 0.0)
    completion = reply.completion_tokens * (config.usd_per_million_completion or 0.0)
    return Usage(
        calls=1,
        prompt_tokens=reply.prompt_tokens,
        completion_tokens=reply.completion_tokens,
        cost_usd=(prompt + completion) / 1e6 if paid and config.priced else 0.0,
        unpriced_calls=1 if paid and not config.priced else 0,
    )


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
