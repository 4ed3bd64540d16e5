"""Asking by role: cache, budget, usage, roles."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from blazer.agents.budget import Budget, Meter
from blazer.agents.cache import ResponseCache
from blazer.agents.chat import ChatReply
from blazer.agents.errors import BudgetExceeded
from blazer.agents.models import ModelSuite, RoleConfig
from blazer.agents.run import CollectConfig
from blazer.core.errors import ConfigError, StoreError, UnknownNameError
from blazer.core.records import Message, Usage
from tests.agents.fakes import FakeModel

LIVE = RoleConfig(
    model="m", base_url="http://127.0.0.1:9/v1", usd_per_million_prompt=10.0, usd_per_million_completion=100.0
)
HELLO = (Message(role="user", content="hello"),)


def suite(cache: ResponseCache, fake: FakeModel, budget: Budget | None = None, run: str = "r") -> ModelSuite:
    meter = Meter(budget or Budget(), cache.spent(run))
    return ModelSuite(
        run, {"planner": LIVE, "coder": LIVE}, cache, meter, models={"planner": fake, "coder": fake}
    )


async def ask(models: ModelSuite, text: str = "hello", sample: int = 0, role: str = "coder") -> Any:
    messages = (Message(role="user", content=text),)
    call, _ = await models.ask(role, messages, sample=sample, prompt_digest="p")
    return call


async def test_an_answer_is_paid_once_and_kept_across_processes(tmp_path: Path) -> None:
    fake = FakeModel("yes")
    with ResponseCache(tmp_path / "a.sqlite") as cache:
        first = await ask(suite(cache, fake))
    with ResponseCache(tmp_path / "a.sqlite") as cache:
        again = await ask(suite(cache, fake))
        assert cache.spent("r") == Usage(calls=1, prompt_tokens=100, completion_tokens=10, cost_usd=0.002)
    assert len(fake.asked) == 1
    assert (first.usage.cost_usd, first.usage.cached_calls) == (0.002, 0)
    assert (again.usage.cost_usd, again.usage.cached_calls, again.reply) == (0.0, 1, "yes")
    assert (again.messages, again.prompt_digest, again.role) == (HELLO, "p", "coder")


async def test_another_run_gets_an_answer_of_its_own() -> None:
    fake = FakeModel("yes")
    with ResponseCache() as cache:
        await ask(suite(cache, fake))
        other = await ask(suite(cache, fake, run="other"))
        assert cache.spent("other").calls == 1
    assert (len(fake.asked), other.usage.cached_calls) == (2, 0)


async def test_without_reuse_every_question_is_asked() -> None:
    fake = FakeModel("yes")
    with ResponseCache() as cache:
        await ask(suite(cache, fake))
        roles = {"planner": LIVE, "coder": LIVE}
        models = ModelSuite("r", roles, cache, Meter(Budget()), models={"coder": fake}, reuse=False)
        for _ in range(2):
            assert (await ask(models)).usage.cached_calls == 0
    assert len(fake.asked) == 3


async def test_what_nobody_knows_the_price_of_is_not_free(tmp_path: Path) -> None:
    fake = FakeModel("yes")
    unknown = LIVE.model_copy(update={"usd_per_million_completion": None})
    with ResponseCache(tmp_path / "a.sqlite") as cache:
        roles = {"planner": LIVE, "coder": unknown}
        models = ModelSuite("r", roles, cache, Meter(Budget()), models={"planner": fake, "coder": fake})
        assert (await ask(models)).usage.unpriced_calls == 1
        assert (await ask(models)).usage.unpriced_calls == 0, "of the cache: paid before"
        assert (await ask(models, role="planner", text="plan")).usage.unpriced_calls == 0
        assert (cache.spent("r").unpriced_calls, cache.spent("r").cost_usd) == (1, 0.002)
    assert RoleConfig().priced, "the built-in model is free"


def test_spending_of_a_file_of_before_prices_were_asked_for_is_kept(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection, connection:
        connection.execute(
            "CREATE TABLE spending (run_id TEXT PRIMARY KEY, calls INTEGER NOT NULL, "
            "prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, cost_usd REAL NOT NULL)"
        )
        connection.execute("INSERT INTO spending VALUES ('r', 3, 20, 10, 0.5)")
    with ResponseCache(tmp_path / "a.sqlite") as cache:
        cache.spend("r", Usage(calls=1, unpriced_calls=1))
        assert cache.spent("r") == Usage(
            calls=4, prompt_tokens=20, completion_tokens=10, cost_usd=0.5, unpriced_calls=1
        )


def test_a_budget_in_money_needs_prices() -> None:
    unknown = {"planner": RoleConfig(), "coder": LIVE.model_copy(update={"usd_per_million_prompt": None})}
    with pytest.raises(ValidationError, match=r"none is given for coder; give --price coder=IN/OUT"):
        CollectConfig(tasks=("a",), roles=unknown, budget=Budget(max_cost_usd=1.0))
    CollectConfig(tasks=("a",), budget=Budget(max_cost_usd=1.0))
    CollectConfig(tasks=("a",), roles={"planner": LIVE, "coder": LIVE}, budget=Budget(max_cost_usd=1.0))


async def test_what_changes_an_answer_changes_its_key() -> None:
    fake = FakeModel("yes")
    with ResponseCache() as cache:
        models = suite(cache, fake)
        for text, sample in (("hello", 0), ("hello", 1), ("hello!", 0), ("hello", 0)):
            await ask(models, text, sample)
        hot = ModelSuite(
            "r",
            {"planner": LIVE, "coder": LIVE.model_copy(update={"temperature": 1.0})},
            cache,
            Meter(Budget()),
            models={"planner": fake, "coder": fake},
        )
        await ask(hot)
    assert len(fake.asked) == 4


@pytest.mark.parametrize(
    ("budget", "calls", "text"),
    [
        (Budget(max_calls=2), 2, "2 of 2 model calls spent; raise --budget-calls"),
        (Budget(max_tokens=150), 2, "tokens spent .calls under way.* are finished.*--budget-tokens"),
        (Budget(max_cost_usd=0.003), 2, "USD spent .*--budget-usd"),
        (Budget(max_calls=0), 0, "model calls"),
    ],
)
async def test_caps_stop_before_the_next_call(budget: Budget, calls: int, text: str) -> None:
    fake = FakeModel("yes")
    with ResponseCache() as cache:
        models = suite(cache, fake, budget)
        with pytest.raises(BudgetExceeded, match=text):
            for number in range(9):
                await ask(models, str(number))
    assert len(fake.asked) == calls


async def test_a_cached_answer_costs_no_budget() -> None:
    fake = FakeModel("yes")
    with ResponseCache() as cache:
        await ask(suite(cache, fake))
        await ask(suite(cache, fake, Budget(max_calls=1)))
    assert len(fake.asked) == 1


async def test_a_failed_call_gives_its_reservation_back() -> None:
    def fail(request: object) -> str:
        raise RuntimeError("broken")

    with ResponseCache() as cache:
        models = suite(cache, FakeModel(fail), Budget(max_calls=1))
        for _ in range(3):
            with pytest.raises(RuntimeError):
                await ask(models)


def test_a_damaged_cache_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(StoreError, match=r"a\.sqlite.*move the file away"):
        ResponseCache(path)


def test_the_first_answer_stays() -> None:
    with ResponseCache() as cache:
        assert cache.put("k", "m", ChatReply(text="one"))
        assert not cache.put("k", "m", ChatReply(text="two"))
        kept = cache.get("k")
        assert kept is not None
        assert kept.text == "one"


def test_unknown_and_missing_roles_are_refused() -> None:
    with ResponseCache() as cache:
        with pytest.raises(UnknownNameError, match=r"critc.*Did you mean 'critic'"):
            ModelSuite("r", {"planner": LIVE, "coder": LIVE, "critc": LIVE}, cache, Meter(Budget()))
        with pytest.raises(ConfigError, match="coder"):
            ModelSuite("r", {"planner": LIVE}, cache, Meter(Budget()))


@pytest.mark.parametrize(
    "values",
    [
        {"temperatur": 1.0},
        {"temperature": 3.0},
        {"temperature": -0.1},
        {"temperature": math.nan},
        {"temperature": math.inf},
        {"top_p": math.nan},
        {"top_p": 0.0},
        {"max_tokens": 0},
        {"timeout_s": -1},
        {"timeout_s": math.inf},
        {"max_tries": 0},
        {"model": ""},
        {"model": " "},
        {"usd_per_million_prompt": -1.0},
        {"usd_per_million_prompt": math.nan},
    ],
)
def test_wrong_role_settings_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RoleConfig(**values)


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_wrong_caps_are_refused(value: float) -> None:
    with pytest.raises(ValidationError):
        Budget(max_cost_usd=value)


@pytest.mark.parametrize(
    "values",
    [
        {"seed_start": 5, "seed_stop": 5},
        {"tasks": ()},
        {"tasks": ("a", "a")},
        {"samples": 0},
        {"run_id": "no/slashes"},
        {"unknown": 1},
    ],
)
def test_wrong_run_settings_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CollectConfig(**{"tasks": ("a",), **values})


def test_config_survives_json() -> None:
    config = CollectConfig(tasks=("a",), roles={"planner": LIVE, "coder": LIVE}, budget=Budget(max_calls=3))
    assert CollectConfig.model_validate_json(config.model_dump_json()) == config
