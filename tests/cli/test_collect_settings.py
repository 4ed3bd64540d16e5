"""Options, environment and files of `collect` become one configuration."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from blazer.cli.collect_settings import CollectSettings, Options, settings_of
from blazer.cli.output import DEFAULT_STORE
from blazer.core.errors import ConfigError, UnknownNameError, UsageError
from blazer.tasks.library import task_names


def _settings(environment: dict[str, str] | None = None, **options: Any) -> CollectSettings:
    return settings_of(Options(**options), environment or {})


def test_bare_collect_is_nine_tasks_ten_seeds_scripted() -> None:
    settings = _settings()
    config = settings.run_config()
    assert config.tasks == task_names("train") and len(config.tasks) == 9
    assert (config.seed_start, config.seed_stop, config.samples) == (0, 10, 1)
    assert {role: item.model for role, item in config.roles.items()} == {
        "planner": "scripted",
        "coder": "scripted",
    }
    assert settings.store == DEFAULT_STORE


def test_every_option_arrives() -> None:
    config = _settings(
        tasks="close_jar,stack_blocks", seeds="5:50", samples=4, workers=3, concurrency=9, tier="process",
        repairs=2, verify_seeds=3, model=["coder=gpt-4.1", "planner=small", "critic=gpt-4.1"],
        base_url=["http://localhost:8000/v1"],
        api_key_env="MY_KEY", temperature=0.5, price=["coder=2/8", "planner=1/4", "critic=0/0"],
        cache=False, budget_usd=1.5, budget_tokens=1000, budget_calls=10,
        store="x.sqlite", run="mine",
    ).run_config()  # fmt: skip
    assert config.tasks == ("close_jar", "stack_blocks")
    assert (config.seed_start, config.seed_stop) == (5, 50)
    assert (config.samples, config.workers, config.concurrency) == (4, 3, 9)
    assert (config.tier, config.repairs, config.verify_seeds, config.run_id) == ("process", 2, 3, "mine")
    assert {role: item.model for role, item in config.roles.items()} == {
        "coder": "gpt-4.1",
        "planner": "small",
        "critic": "gpt-4.1",
    }
    for item in config.roles.values():
        assert (item.base_url, item.api_key_env, item.temperature) == (
            "http://localhost:8000/v1",
            "MY_KEY",
            0.5,
        )
    prices = {r: (c.usd_per_million_prompt, c.usd_per_million_completion) for r, c in config.roles.items()}
    assert prices == {"coder": (2.0, 8.0), "planner": (1.0, 4.0), "critic": (0.0, 0.0)}
    assert config.cache is False
    assert config.budget.model_dump() == {"max_cost_usd": 1.5, "max_tokens": 1000, "max_calls": 10}


def test_a_budget_in_money_needs_prices_unless_all_is_built_in() -> None:
    assert _settings(budget_usd=1.0).budget.max_cost_usd == 1.0
    priced = _settings(model=["gpt-x"], budget_usd=1.0, price=["2/8"])
    assert all(role.priced for role in priced.roles.values())


def test_the_planner_follows_the_coder_unless_named() -> None:
    assert _settings(model=["coder=big"]).roles["planner"].model == "big"
    assert _settings(model=["coder=big", "planner=scripted"]).roles["planner"].model == "scripted"
    assert _settings(model=["big"]).roles["coder"].model == "big"
    assert _settings({"BLAZER_ROLES__CODER__MODEL": "big"}).roles["planner"].model == "big"


def test_urls_may_differ_by_role_and_leave_scripted_alone() -> None:
    roles = _settings(
        model=["coder=big", "planner=scripted", "critic=small"],
        base_url=["coder=http://a/v1", "critic=http://b/v1?x=y"],
    ).roles
    assert roles["coder"].base_url == "http://a/v1"
    assert roles["critic"].base_url == "http://b/v1?x=y"
    assert roles["planner"].base_url is None
    one_for_all = _settings(model=["coder=big", "planner=scripted"], base_url=["http://a/v1?key=v"]).roles
    assert one_for_all["coder"].base_url == "http://a/v1?key=v" and one_for_all["planner"].base_url is None


def test_a_file_holds_all_of_it_and_options_win(tmp_path: Path) -> None:
    path = tmp_path / "run.yaml"
    path.write_text(
        "tasks: close_jar,put_block\nseeds: 3:6\nsamples: 2\nstore: file.sqlite\nbudget: {max_calls: 7}\n"
        "roles:\n  coder: {model: big, base_url: http://a/v1, top_p: 0.9}\n"
    )
    settings = _settings(config=path, samples=5, set=["budget.max_tokens=99"])
    assert settings.tasks == ("close_jar", "put_block")
    assert (settings.seed_start, settings.seed_stop, settings.samples) == (3, 6, 5)
    assert settings.store == "file.sqlite"
    assert (settings.budget.max_calls, settings.budget.max_tokens) == (7, 99)
    assert (settings.roles["coder"].model, settings.roles["coder"].top_p) == ("big", 0.9)


@pytest.mark.parametrize(
    ("options", "error", "hint"),
    [
        ({"model": ["codr=x"]}, UnknownNameError, "unknown model role 'codr'.*'coder'"),
        ({"model": ["a", "b"]}, UsageError, "not NAME=VALUE"),
        ({"base_url": ["http://a/v1"]}, UsageError, "name one, such as --model"),
        ({"base_url": ["critic=http://a/v1"], "model": ["coder=x"]}, UsageError, "none is named for critic"),
        ({"base_url": ["localhost:8000"], "model": ["coder=x"]}, UsageError, "no URL"),
        ({"tier": "vm"}, ConfigError, "'tier' 'vm'.*--tier"),
        ({"workers": 0}, ConfigError, "'workers' 0.*--workers"),
        ({"samples": 0}, ConfigError, "'samples' 0"),
        ({"repairs": -1}, ConfigError, "'repairs' -1"),
        ({"seeds": "9:3"}, UsageError, "holds no seed"),
        ({"set": ["roles.coder.modle=x"]}, ConfigError, "unknown setting 'roles.coder.modle'.*'model'"),
        ({"set": ["nonsense"]}, UsageError, "not NAME=VALUE"),
        ({"model": ["coder="]}, UsageError, "--model names no model for coder"),
        ({"model": [""]}, UsageError, "--model names no model"),
        ({"model": ["x"], "temperature": math.nan}, ConfigError, "temperature' nan .from --temperature"),
        ({"model": ["x"], "temperature": math.inf}, ConfigError, "temperature' inf"),
        ({"model": ["x"], "temperature": -1.0}, ConfigError, "temperature' -1.0"),
        ({"model": ["x"], "set": ["roles.coder.top_p=NaN"]}, ConfigError, "top_p' nan"),
        ({"model": ["x"], "set": ["roles.coder.top_p=0"]}, ConfigError, "top_p' 0"),
        ({"temperature": 0.5}, UsageError, "--temperature is for language models"),
        ({"price": ["2/8"]}, UsageError, "--price is for language models"),
        ({"model": ["x"], "price": ["cheap"]}, UsageError, "such as 2.00/8.00"),
        ({"model": ["x"], "price": ["nan/1"]}, ConfigError, "usd_per_million_prompt' nan"),
        ({"model": ["coder=x", "planner=scripted"], "price": ["planner=1/1"]}, UsageError, "none is named"),
        ({"budget_usd": -1.0}, ConfigError, "max_cost_usd' -1.0.*--budget-usd"),
        ({"budget_usd": math.nan}, ConfigError, "max_cost_usd' nan"),
        ({"model": ["x"], "budget_usd": 1.0}, ConfigError, "give --price coder=IN/OUT"),
        (
            {"model": ["x"], "budget_usd": 1.0, "price": ["coder=2/8"]},
            ConfigError,
            "none is given for planner;",
        ),
        ({"run": "a/b"}, ConfigError, "'run_id' 'a/b'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    options: dict[str, Any], error: type[Exception], hint: str
) -> None:
    with pytest.raises(error, match=hint) as caught:
        _settings(**options)
    assert "\n" not in str(caught.value)


def test_an_unknown_variable_of_ours_is_an_error_and_others_are_not() -> None:
    assert _settings({"BLAZER_SAMPLES": "3", "SAMPLES": "9", "BLAZER_REQUIRE": "docker"}).samples == 3
    with pytest.raises(ConfigError, match="unknown setting 'sampels'"):
        _settings({"BLAZER_SAMPELS": "3"})


def test_unknown_tasks_are_named() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown task 'close_jra'. Did you mean 'close_jar'\?"):
        _settings(tasks="close_jra").run_config()
    assert len(_settings(tasks="all").run_config().tasks) == 15
