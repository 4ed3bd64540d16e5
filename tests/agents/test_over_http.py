"""The whole loop against a real chat server, faults included; and addresses where nobody answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blazer.agents import endpoint
from blazer.agents.collect import CHECKPOINTS_FILE, collect
from blazer.agents.errors import ModelRefused, ModelUnavailable
from blazer.agents.models import RoleConfig
from blazer.agents.run import CollectConfig
from blazer.core.errors import ConfigError, StoreError
from blazer.core.outcomes import Outcome
from tests.agents.chat_server import ChatServer, chat_server, completion
from tests.agents.fakes import MemorySink, program, workplace


@pytest.fixture(autouse=True)
def quick_and_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint.Backoff, "__new__", lambda cls, *_: tuple.__new__(cls, (0.01, 0.02)))
    for name in ("OPENAI_API_KEY", *endpoint.PROXY_VARIABLES):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


def config(url: str | None, **values: Any) -> CollectConfig:
    role = RoleConfig(
        model="m",
        base_url=url,
        max_tries=3,
        timeout_s=60.0,
        usd_per_million_prompt=1e6,
        usd_per_million_completion=0.0,
    )
    roles = {"planner": role, "coder": role}
    return CollectConfig(**{"tasks": ("lift_block",), "seed_stop": 1, "roles": roles, "workers": 1, **values})


async def test_an_episode_over_http_with_every_passing_fault(server: ChatServer) -> None:
    plan, first, second = (
        completion("1. Pick."),
        completion(program("collision")),
        completion(program("success")),
    )
    server.script = [429, plan, 500, "cut", first, "garbage", completion(choices=[]), second]
    sink = MemorySink()
    report = await collect(config(server.url, concurrency=1), workplace(sink=sink))
    assert [trace.outcome for trace in sink.added] == [Outcome.COLLISION, Outcome.SUCCESS]
    assert len(server.requests) == 8
    assert report.usage.calls == 3
    assert report.usage.cost_usd == pytest.approx(33.0)
    first_trace = sink.added[0]
    sent = [request["messages"] for request in server.requests]
    assert [m.model_dump() for m in first_trace.calls[0].messages] == sent[0] == sent[1]
    assert first_trace.models == {"planner": "m", "coder": "m"}


async def test_a_reply_that_was_cut_off_is_a_format_fault(server: ChatServer) -> None:
    server.script = [completion("1. Pick."), completion("```python\npick(", finish="length")]
    sink = MemorySink()
    await collect(config(server.url, repairs=0), workplace(sink=sink))
    (trace,) = sink.added
    assert trace.outcome is Outcome.FORMAT_FAULT
    assert trace.execution.fault is not None
    assert "token limit" in trace.execution.fault.message


async def test_one_stubborn_prompt_is_an_infra_error_and_the_run_goes_on(server: ChatServer) -> None:
    good = [completion("1. Pick."), completion(program("success"))]
    server.script = [*good, 500, 500, 500, *good]
    sink = MemorySink()
    report = await collect(config(server.url, seed_stop=3, concurrency=1), workplace(sink=sink))
    assert (report.done_now, report.infra_errors, report.stopped) == (2, 1, "")


async def test_an_endpoint_that_stops_answering_stops_the_run(server: ChatServer) -> None:
    good = [completion("1. Pick."), completion(program("success"))]
    server.script = [*good, *[500] * 100]
    sink = MemorySink()
    with pytest.raises(ModelUnavailable, match="HTTP 500"):
        await collect(config(server.url, seed_stop=20, concurrency=1), workplace(sink=sink))
    outcomes = [trace.outcome for trace in sink.added]
    assert outcomes.count(Outcome.SUCCESS) == 1
    assert len(outcomes) < 5


async def test_a_wrong_key_is_one_line_and_nothing_is_written(server: ChatServer) -> None:
    server.script = [401] * 10
    sink = MemorySink()
    with pytest.raises(ModelRefused, match=r"HTTP 401.*check the key") as caught:
        await collect(config(server.url, seed_stop=5), workplace(sink=sink))
    assert "\n" not in str(caught.value)
    assert sink.added == []


async def test_nobody_there_and_no_key_are_told_before_anything_starts() -> None:
    with chat_server() as gone:
        url = gone.url
    sink = MemorySink()
    with pytest.raises(ModelUnavailable, match=re.escape(url)):
        await collect(config(url), workplace(sink=sink))
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        await collect(config(None), workplace(sink=sink))
    assert sink.added == []


async def test_damaged_checkpoints_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / CHECKPOINTS_FILE).write_bytes(b"no database at all" * 500)
    with pytest.raises(StoreError, match=r"checkpoints\.sqlite.*delete the file"):
        await collect(CollectConfig(tasks=("lift_block",)), workplace(state_dir=tmp_path))
