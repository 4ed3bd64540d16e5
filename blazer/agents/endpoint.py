"""A chat model behind an OpenAI-compatible endpoint, asked through `langchain-openai`.

The SDK's own retries are off, so that there is one policy: exponential backoff with jitter from a
named stream, `Retry-After` honoured, a time-out over the whole try. An answer that is not a chat
completion is a fault of the endpoint and is retried like one; it is never read as a program.
`langchain_openai` takes most of a second to import and is loaded on first use.
"""

from __future__ import annotations

import asyncio
import email.utils
import math
import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import structlog
from pydantic import SecretStr

from blazer.agents.chat import ChatReply, ChatRequest
from blazer.agents.errors import ModelRefused, ModelUnavailable
from blazer.core.digest import digest
from blazer.core.errors import ConfigError
from blazer.core.records import Record
from blazer.core.rng import stream

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage
    from openai import APIStatusError

log = structlog.get_logger(__name__)

FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 60.0
LONGEST_RETRY_AFTER_S = 300.0
RETRIED_STATUS = frozenset({408, 409, 425, 429})
NO_KEY = "none"
HOSTED = ("api.openai.com", "openai.azure.com")
PROBE_S = 10.0
PROXY_VARIABLES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "https_proxy", "http_proxy")
"""With a proxy, a direct connection says nothing."""


class EndpointSettings(Record):
    """How an endpoint is asked; the fields of `RoleConfig` that concern it."""

    model: str
    base_url: str | None = None
    api_key_env: str = "OPENAI_API_KEY"
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    timeout_s: float = 120.0
    max_tries: int = 6
    seed: int | None = None


class Backoff(NamedTuple):
    """Delays between tries.

    Attributes:
        first_s: Before the second try; doubled each time.
        longest_s: Cap of the doubling.
    """

    first_s: float = FIRST_DELAY_S
    longest_s: float = LONGEST_DELAY_S


class Failure(NamedTuple):
    """What became of a try that failed.

    Attributes:
        text: One line for people.
        retry: Worth another try.
        retry_after_s: What the endpoint asked for, if it did; infinite where that is too long.
    """

    text: str
    retry: bool
    retry_after_s: float | None = None


class MalformedAnswer(Exception):
    """The endpoint answered with something that is not a chat completion."""


class EndpointModel:
    """A model behind HTTP.

    Args:
        role: For messages.
        settings: Model, endpoint, sampling and patience.
        backoff: Delays between tries.

    Raises:
        ConfigError: if the hosted endpoint is meant and its key is not set.
    """

    def __init__(self, role: str, settings: EndpointSettings, backoff: Backoff | None = None) -> None:
        self.name = settings.model
        self._role, self._settings = role, settings
        self._backoff = backoff or Backoff()
        self._key = os.environ.get(settings.api_key_env, "")
        self._clients: dict[int | None, Any] = {}
        self._http: Any = None
        if not self._key and settings.base_url is None:
            raise ConfigError(
                f"{role} = {settings.model!r} needs a key: set the environment variable "
                f"{settings.api_key_env}, or give the base URL of a local endpoint"
            )

    @property
    def _where(self) -> str:
        return self._settings.base_url or "the OpenAI endpoint"

    async def aclose(self) -> None:
        """Close the connections. Safe to call twice."""
        if self._http is not None:
            await self._http.aclose()

    async def probe(self) -> None:
        """Open a connection to an endpoint given by its URL, and close it again.

        Raises:
            ModelUnavailable: if nobody listens there.
        """
        url = urlsplit(self._settings.base_url or "")
        if not url.hostname or any(os.environ.get(name) for name in PROXY_VARIABLES):
            return
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            async with asyncio.timeout(PROBE_S):
                _, writer = await asyncio.open_connection(url.hostname, port)
        except (OSError, TimeoutError) as error:
            raise ModelUnavailable(
                f"nobody answers at {self._settings.base_url} ({_one_line(error) or 'no answer'}); "
                "start the model server or correct the base URL"
            ) from error
        writer.close()

    async def reply(self, request: ChatRequest) -> ChatReply:
        """The model's answer, after retries where they help.

        Raises:
            ModelUnavailable: after every try.
            ModelRefused: if the endpoint refused for good.
        """
        name = digest([message.content for message in request.messages])
        jitter = stream(self._settings.seed or 0, "backoff", self._role, name, request.sample)
        failure = Failure("no try was made", retry=True)
        for number in range(1, self._settings.max_tries + 1):
            outcome = await self._try(request)
            if isinstance(outcome, ChatReply):
                return outcome
            failure = outcome
            if not failure.retry:
                raise ModelRefused(f"{self._role} model {self.name!r} at {self._where}: {failure.text}")
            if number == self._settings.max_tries or failure.retry_after_s == math.inf:
                break
            doubled_s = min(self._backoff.longest_s, self._backoff.first_s * 2.0 ** (number - 1))
            delay_s = doubled_s * (0.5 + 0.5 * float(jitter.random()))
            if failure.retry_after_s is not None:
                delay_s = max(delay_s, failure.retry_after_s)
            log.info(
                "model_retry", role=self._role, model=self.name, number=number, delay_s=round(delay_s, 2),
                why=failure.text,
            )  # fmt: skip
            await asyncio.sleep(delay_s)
        raise ModelUnavailable(
            f"{self._role} model {self.name!r} at {self._where} gave no answer in "
            f"{number} tries; last: {failure.text}"
        )

    async def _try(self, request: ChatRequest) -> ChatReply | Failure:
        import openai  # noqa: PLC0415  (heavy; see the module docstring)

        client = self._client(request.sample)
        messages = [(message.role, message.content) for message in request.messages]
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return _read(await client.ainvoke(messages))
        except openai.APIStatusError as error:
            return _status_failure(error)
        except (TimeoutError, openai.APITimeoutError):
            return Failure(f"no answer within {self._settings.timeout_s:g} s", retry=True)
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            return Failure(f"connection failed: {cause or type(cause).__name__}", retry=True)
        except (
            MalformedAnswer,
            openai.OpenAIError,
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
        ) as error:
            # The SDK and LangChain read the answer without checking it first; what they stumble
            # over is as varied as broken answers are.
            return Failure(f"malformed answer: {type(error).__name__}: {_one_line(error)}", retry=True)

    def _client(self, sample: int) -> Any:
        seed = None if self._settings.seed is None else self._settings.seed + sample
        if seed not in self._clients:
            from langchain_openai import ChatOpenAI  # noqa: PLC0415  (heavy; see the module docstring)
            from openai import DefaultAsyncHttpxClient  # noqa: PLC0415

            settings = self._settings
            self._http = self._http or DefaultAsyncHttpxClient()
            limit: dict[str, Any] = {}
            if settings.max_tokens is not None:
                if wants_completion_tokens(settings.base_url):
                    limit = {"max_completion_tokens": settings.max_tokens}
                else:
                    limit = {"extra_body": {"max_tokens": settings.max_tokens}}
            self._clients[seed] = ChatOpenAI(
                model=settings.model,
                base_url=settings.base_url,
                api_key=SecretStr(self._key or NO_KEY),
                temperature=settings.temperature,
                top_p=settings.top_p,
                seed=seed,
                timeout=settings.timeout_s,
                max_retries=0,
                use_responses_api=False,
                http_async_client=self._http,
                **limit,
            )
        return self._clients[seed]


def wants_completion_tokens(base_url: str | None) -> bool:
    """Whether the limit on a reply is called `max_completion_tokens` there, not `max_tokens`.

    The hosted service's newer models refuse the old name; other servers know only that, or both.
    """
    host = urlsplit(base_url).hostname or "" if base_url else HOSTED[0]
    return any(host == name or host.endswith(f".{name}") for name in HOSTED)


def _read(message: AIMessage) -> ChatReply:
    """The reply in LangChain's message.

    Raises:
        MalformedAnswer: if it holds no text.
    """
    if not isinstance(message.content, str):
        raise MalformedAnswer(f"content of type {type(message.content).__name__} instead of text")
    reason = str(message.response_metadata.get("finish_reason") or "")
    if not message.content and reason not in {"stop", "length", "content_filter"}:
        raise MalformedAnswer("no text and no finish reason")
    usage = message.usage_metadata or {"input_tokens": 0, "output_tokens": 0}
    return ChatReply(
        text=message.content,
        prompt_tokens=int(usage["input_tokens"]),
        completion_tokens=int(usage["output_tokens"]),
        finish_reason=reason or "stop",
    )


def _status_failure(error: APIStatusError) -> Failure:
    status = error.status_code
    line = f"HTTP {status}: {_one_line(error.message)}"
    if error.code == "insufficient_quota":
        return Failure(f"{line} (insufficient_quota: the account has no credit left)", retry=False)
    if status not in RETRIED_STATUS and status < 500:
        advice = {401: "check the key", 403: "check the key's rights", 404: "check model name and base URL"}
        return Failure(f"{line} ({advice.get(status, 'the request will not be repeated')})", retry=False)
    wait_s = retry_after_s(error.response.headers.get("retry-after"))
    if wait_s is not None and wait_s > LONGEST_RETRY_AFTER_S:
        # Waiting longer than that is a person's decision; the run can be resumed.
        return Failure(
            f"{line} (asks to wait {wait_s:.0f} s; run the same command again later)",
            retry=True,
            retry_after_s=math.inf,
        )
    return Failure(line, retry=True, retry_after_s=wait_s)


def retry_after_s(value: str | None) -> float | None:
    """Seconds to wait of a `Retry-After` header: a number or an HTTP date; None if it says nothing."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _one_line(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 300 else text[:297] + "..."
