"""The endpoint against a real HTTP server that misbehaves in the ways endpoints do."""

from __future__ import annotations

import asyncio
import email.utils
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from blazer.agents.chat import ChatRequest
from blazer.agents.endpoint import (
    Backoff,
    EndpointModel,
    EndpointSettings,
    retry_after_s,
    wants_completion_tokens,
)
from blazer.agents.errors import ModelRefused, ModelUnavailable
from blazer.core.errors import ConfigError
from blazer.core.records import Message
from tests.agents.chat_server import ChatServer, chat_server, completion

QUICK = Backoff(first_s=0.01, longest_s=0.05)
REQUEST = ChatRequest(role="coder", messages=(Message(role="user", content="hi"),))


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a key nor a proxy of the person who runs the tests is used."""
    for name in (
        "OPENAI_API_KEY",
        "ALL_PROXY",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "all_proxy",
        "https_proxy",
        "http_proxy",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


class Opened(list[EndpointModel]):
    """The models of a test; closed at its end."""

    def __call__(self, server: ChatServer, **settings: Any) -> EndpointModel:
        values = {"model": "test-model", "base_url": server.url, "max_tries": 3, "timeout_s": 5.0, **settings}
        self.append(EndpointModel("coder", EndpointSettings(**values), QUICK))
        return self[-1]


@pytest.fixture
async def model() -> AsyncIterator[Opened]:
    opened = Opened()
    yield opened
    for item in opened:
        await item.aclose()


async def test_a_good_answer_is_read_whole(model: Opened, server: ChatServer) -> None:
    server.script = [completion("```python\npass\n```")]
    reply = await model(server, temperature=0.7, max_tokens=99, seed=5, top_p=0.9).reply(
        REQUEST.model_copy(update={"sample": 2})
    )
    assert (reply.text, reply.prompt_tokens, reply.completion_tokens) == ("```python\npass\n```", 11, 7)
    assert reply.finish_reason == "stop"
    (sent,) = server.requests
    assert sent["messages"] == [{"role": "user", "content": "hi"}]
    assert (sent["temperature"], sent["top_p"], sent["max_tokens"], sent["seed"]) == (0.7, 0.9, 99, 7)
    assert not sent.get("stream")


async def test_what_is_not_configured_is_not_sent(model: Opened, server: ChatServer) -> None:
    await model(server).reply(REQUEST)
    assert not {"temperature", "top_p", "seed", "max_tokens"} & set(server.requests[0])


async def test_a_reply_cut_at_the_token_limit_says_so(model: Opened, server: ChatServer) -> None:
    server.script = [completion("```python\npi", finish="length")]
    assert (await model(server).reply(REQUEST)).finish_reason == "length"


@pytest.mark.parametrize(
    "fault",
    [
        429,
        500,
        502,
        503,
        408,
        "garbage",
        "html",
        "cut",
        completion(choices=[]),
        completion(choices=None),
        {"object": "error", "message": "out of memory"},
        completion(choices=[{"index": 0}]),
    ],
    ids=str,
)
async def test_passing_faults_are_retried(model: Opened, server: ChatServer, fault: Any) -> None:
    server.script = [fault, fault]
    assert (await model(server).reply(REQUEST)).text == "hello"
    assert len(server.requests) == 3, "our retries are the only ones"


@pytest.mark.parametrize("fault", [500, "garbage", "cut", completion(choices=[])], ids=str)
async def test_lasting_faults_end_as_unavailable(model: Opened, server: ChatServer, fault: Any) -> None:
    server.script = [fault] * 9
    with pytest.raises(ModelUnavailable, match=r"coder model 'test-model' .* in 3 tries; last: ") as caught:
        await model(server).reply(REQUEST)
    assert len(server.requests) == 3
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_refusals_are_not_repeated(model: Opened, server: ChatServer, status: int) -> None:
    server.script = [status]
    with pytest.raises(ModelRefused, match=f"HTTP {status}") as caught:
        await model(server).reply(REQUEST)
    assert len(server.requests) == 1
    assert "\n" not in str(caught.value)


async def test_exhausted_quota_is_a_refusal(model: Opened, server: ChatServer) -> None:
    server.script = [(429, {}, "insufficient_quota")]
    with pytest.raises(ModelRefused, match="insufficient_quota"):
        await model(server).reply(REQUEST)
    assert len(server.requests) == 1


async def test_retry_after_is_honoured(model: Opened, server: ChatServer) -> None:
    server.script = [(429, {"retry-after": "1"})]
    await model(server).reply(REQUEST)
    assert server.times[1] - server.times[0] >= 1.0


async def test_a_slow_answer_counts_as_none(model: Opened, server: ChatServer) -> None:
    server.script = [("slow", 600.0)]
    assert (await model(server, timeout_s=1.0).reply(REQUEST)).text == "hello"
    assert len(server.requests) > 1


async def test_an_answer_that_drips_does_not_outlast_the_time_out(model: Opened, server: ChatServer) -> None:
    server.script = [("drip", 20.0)] * 3  # a byte now and then
    async with asyncio.timeout(60):
        with pytest.raises(ModelUnavailable, match=r"no answer within 0\.3 s"):
            await model(server, timeout_s=0.3).reply(REQUEST)


async def test_nobody_listening_is_told_at_once(model: Opened) -> None:
    with chat_server() as server:
        gone = model(server)
    with pytest.raises(ModelUnavailable, match=r"nobody answers at http://127\.0\.0\.1"):
        await gone.probe()
    with pytest.raises(ModelUnavailable, match="connection failed"):
        await gone.reply(REQUEST)


async def test_a_local_endpoint_needs_no_key_and_gets_none(model: Opened, server: ChatServer) -> None:
    await model(server).probe()
    await model(server).reply(REQUEST)
    assert server.headers_seen[0]["authorization"] == "Bearer none"


async def test_the_key_comes_from_the_named_variable(
    model: Opened, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "abc")
    await model(server, api_key_env="MY_KEY").reply(REQUEST)
    assert server.headers_seen[0]["authorization"] == "Bearer abc"


def test_the_hosted_endpoint_without_a_key_is_refused_before_any_request() -> None:
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        EndpointModel("planner", EndpointSettings(model="gpt-4.1"))


def test_retry_after_reads_seconds_and_dates_and_survives_nonsense() -> None:
    assert retry_after_s("3") == 3.0
    assert retry_after_s("-3") == 0.0
    assert retry_after_s(None) is retry_after_s("soon") is None
    soon = retry_after_s(email.utils.formatdate(time.time() + 30, usegmt=True))
    assert soon is not None
    assert 25 < soon <= 31


async def test_a_wait_of_hours_is_left_to_a_person(model: Opened, server: ChatServer) -> None:
    server.script = [(429, {"retry-after": "7200"})]
    with pytest.raises(ModelUnavailable, match="asks to wait 7200 s"):
        await model(server).reply(REQUEST)
    assert len(server.requests) == 1


async def test_the_hosted_service_gets_the_limit_by_its_new_name(
    model: Opened, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Newer models there refuse `max_tokens`; the variable is the SDK's own way to another host."""
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    await model(server, base_url=None, max_tokens=99).reply(REQUEST)
    (sent,) = server.requests
    assert sent["max_completion_tokens"] == 99 and "max_tokens" not in sent


@pytest.mark.parametrize(
    ("url", "new"),
    [
        (None, True),
        ("https://api.openai.com/v1", True),
        ("https://mine.openai.azure.com/openai/v1", True),
        ("http://localhost:8000/v1", False),
        ("https://notapi.openai.com.example.org/v1", False),
    ],
)
def test_which_servers_know_the_new_name(url: str | None, new: bool) -> None:
    assert wants_completion_tokens(url) is new
