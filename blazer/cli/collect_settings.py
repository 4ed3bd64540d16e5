"""The settings of `blazer collect`: options, file and environment to one `CollectConfig` and a store."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from blazer.agents.models import ROLES, RoleConfig, unpriced_roles
from blazer.agents.run import CollectConfig
from blazer.cli.output import DEFAULT_STORE
from blazer.cli.selection import parse_pairs, parse_seeds, split_names
from blazer.cli.settings import Layer, env_layers, file_layer, resolve, set_layers
from blazer.cli.task_choice import chosen_tasks
from blazer.core.errors import UnknownNameError, UsageError
from blazer.store.records import RunInfo
from blazer.tasks.library import task_names


class CollectSettings(CollectConfig):
    """What a config file of `blazer collect` may hold: the run's settings and where its traces go."""

    tasks: tuple[str, ...] = ("train",)
    """Names of tasks and of pools (train, ood, all), and task files (.json)."""
    store: str = DEFAULT_STORE

    def run_config(self) -> CollectConfig:
        """The run's settings alone, pools replaced by their tasks.

        Raises:
            UnknownNameError: for an unknown task.
            ConfigError: for a file that is no task.
            UsageError: for two different tasks of one name.
        """
        if self.specs:
            raise UsageError("`specs` is no setting; name task files in `tasks`")
        values: dict[str, Any] = {name: getattr(self, name) for name in CollectConfig.model_fields}
        chosen = chosen_tasks(self.tasks)
        shipped = set(task_names())
        specs = {name: spec for name, spec in chosen.items() if name not in shipped}
        return CollectConfig(**(values | {"tasks": tuple(chosen), "specs": specs}))


class Options(NamedTuple):
    """What was typed; None and empty where nothing was."""

    tasks: str | None = None
    seeds: str | None = None
    samples: int | None = None
    workers: int | None = None
    concurrency: int | None = None
    model: Sequence[str] = ()
    base_url: Sequence[str] = ()
    api_key_env: str | None = None
    style: str | None = None
    temperature: float | None = None
    price: Sequence[str] = ()
    cache: bool | None = None
    tier: str | None = None
    repairs: int | None = None
    verify_seeds: int | None = None
    budget_usd: float | None = None
    budget_tokens: int | None = None
    budget_calls: int | None = None
    store: str | None = None
    run: str | None = None
    config: Path | None = None
    set: Sequence[str] = ()


_PLAIN = {
    "samples": ("--samples", ("samples",)),
    "workers": ("--workers", ("workers",)),
    "concurrency": ("--concurrency", ("concurrency",)),
    "tier": ("--tier", ("tier",)),
    "repairs": ("--repairs", ("repairs",)),
    "verify_seeds": ("--verify-seeds", ("verify_seeds",)),
    "budget_usd": ("--budget-usd", ("budget", "max_cost_usd")),
    "budget_tokens": ("--budget-tokens", ("budget", "max_tokens")),
    "budget_calls": ("--budget-calls", ("budget", "max_calls")),
    "store": ("--store", ("store",)),
    "run": ("--run", ("run_id",)),
    "cache": ("--no-cache", ("cache",)),
}


def settings_of(options: Options, environment: Mapping[str, str] = os.environ) -> CollectSettings:
    """The settings that file, environment, `--set` and options make, options winning.

    Raises:
        ConfigError: for an unknown key or a bad value, naming where it comes from.
        UnknownNameError: for an unknown role.
        UsageError: for a seed range or a pair that cannot be read.
    """
    layers = [file_layer(options.config)] if options.config else []
    layers += env_layers(environment)
    layers += set_layers(options.set)
    layers = [_with_lists(layer) for layer in layers]
    layers += _option_layers(options)
    layers += _role_layers(options, layers)
    return resolve(CollectSettings, layers)


def _with_lists(layer: Layer) -> Layer:
    """`tasks: a,b` and `seeds: 0:50` are as welcome in a file as on the command line."""
    values = dict(layer.values)
    if isinstance(values.get(("tasks",)), str):
        values["tasks",] = split_names(values["tasks",])
    if ("seeds",) in values:
        start, stop = parse_seeds(str(values.pop(("seeds",))))
        values |= {("seed_start",): start, ("seed_stop",): stop}
    return Layer(layer.source, values)


def _option_layers(options: Options) -> list[Layer]:
    layers = []
    for field, (name, key) in _PLAIN.items():
        value = getattr(options, field)
        if value is not None:
            layers.append(Layer(name, {key: value}))
    if options.tasks is not None:
        layers.append(Layer("--tasks", {("tasks",): split_names(options.tasks)}))
    if options.seeds is not None:
        start, stop = parse_seeds(options.seeds)
        layers.append(Layer("--seeds", {("seed_start",): start, ("seed_stop",): stop}))
    return layers


def _role_layers(options: Options, lower: Sequence[Layer]) -> list[Layer]:
    """`--model`, `--base-url` and the options that hold for every language model.

    A planner that nobody named is the coder's model: a built-in plan in front of a language
    model's program would be neither's work.
    """
    layers: list[Layer] = []
    named = {key[1]: value for layer in lower for key, value in layer.values.items() if _names_model(key)}
    for role, model in _by_role(options.model, "--model", ("planner", "coder")).items():
        if not model.strip():
            raise UsageError(f"--model names no model for {role}; write it such as --model {role}=gpt-4.1")
        named[role] = model
        layers.append(Layer(f"--model {role}={model}", {("roles", role, "model"): model}))
    if "coder" in named and "planner" not in named:
        named["planner"] = named["coder"]
    for role in ("planner", "coder"):
        layers.append(Layer("defaults", {("roles", role, "model"): named.get(role, "scripted")}))
    language = [role for role, model in named.items() if model != "scripted"]
    if not language:
        _refuse_language_options(options)
    layers += _url_layers(options.base_url, language)
    if options.style is not None:
        layers.append(Layer("--style", {("roles", "coder", "style"): options.style}))
    for role in language:
        for value, name in ((options.api_key_env, "api_key_env"), (options.temperature, "temperature")):
            if value is not None:
                layers.append(Layer(f"--{name.replace('_', '-')}", {("roles", role, name): value}))
    return layers + _price_layers(options.price, language)


def _refuse_language_options(options: Options) -> None:
    """An option that would be without effect is a mistake."""
    for name in ("base_url", "api_key_env", "style", "temperature", "price"):
        if getattr(options, name) not in (None, (), []):
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} is for language models; name one, such as --model coder=gpt-4.1")


def _url_layers(items: Sequence[str], language: Sequence[str]) -> list[Layer]:
    layers = []
    for role, url in _by_role(items, "--base-url", language).items():
        if not url.startswith(("http://", "https://")):
            raise UsageError(f"--base-url {url!r} is no URL; write it such as http://localhost:8000/v1")
        if role not in language:
            raise UsageError(f"--base-url is for language models, and none is named for {role}; give --model")
        layers.append(Layer("--base-url", {("roles", role, "base_url"): url}))
    return layers


def _price_layers(items: Sequence[str], language: Sequence[str]) -> list[Layer]:
    """`--price coder=2/8`, or `--price 2/8` for every language model."""
    layers = []
    for role, text in _by_role(items, "--price", language).items():
        if role not in language:
            raise UsageError(f"--price is for language models, and none is named for {role}; give --model")
        try:
            prompt, completion = (float(part) for part in text.split("/"))
        except ValueError:
            raise UsageError(
                f"--price {text!r} cannot be read; write USD per million tokens in and out, such as 2.00/8.00"
            ) from None
        values = {"usd_per_million_prompt": prompt, "usd_per_million_completion": completion}
        layers.append(Layer("--price", {("roles", role, name): usd for name, usd in values.items()}))
    return layers


def is_priced(info: RunInfo) -> bool:
    """Whether a stored run knew the price of every model."""
    roles = info.config.get("settings", {}).get("roles", {})
    return not unpriced_roles({role: RoleConfig.model_validate(value) for role, value in roles.items()})


def _names_model(key: tuple[str, ...]) -> bool:
    return len(key) == 3 and key[0] == "roles" and key[2] == "model"


def _by_role(items: Sequence[str], option: str, everyone: Sequence[str]) -> dict[str, str]:
    """`role=value` items, or a single value for `everyone`."""
    if len(items) == 1 and items[0].partition("=")[0] not in ROLES and "://" in items[0].partition("=")[0]:
        return dict.fromkeys(everyone, items[0])
    if len(items) == 1 and "=" not in items[0]:
        return dict.fromkeys(everyone, items[0])
    pairs = parse_pairs(items, option)
    for role in pairs:
        if role not in ROLES:
            raise UnknownNameError("model role", role, ROLES)
    return pairs
