"""The settings of `blazer collect`: options, file and environment to one `CollectConfig` and a store."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from blazer.agents.models import ROLES
from blazer.agents.run import CollectConfig
from blazer.cli.output import DEFAULT_STORE
from blazer.cli.selection import expand_tasks, parse_pairs, parse_seeds, split_names
from blazer.cli.settings import Layer, env_layers, file_layer, resolve, set_layers
from blazer.core.errors import UnknownNameError, UsageError
from blazer.tasks.library import task_names


class CollectSettings(CollectConfig):
    """What a config file of `blazer collect` may hold: the run's settings and where its traces go."""

    tasks: tuple[str, ...] = ("train",)
    """Names of tasks and of pools: train, ood, all."""
    store: str = DEFAULT_STORE

    def run_config(self) -> CollectConfig:
        """The run's settings alone, pools replaced by their tasks.

        Raises:
            UnknownNameError: for an unknown task.
        """
        values: dict[str, Any] = {name: getattr(self, name) for name in CollectConfig.model_fields}
        pools = {"train": task_names("train"), "ood": task_names("ood"), "all": task_names()}
        return CollectConfig(**(values | {"tasks": expand_tasks(self.tasks, task_names(), pools)}))


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
    temperature: float | None = None
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
        named[role] = model
        layers.append(Layer(f"--model {role}={model}", {("roles", role, "model"): model}))
    if "coder" in named and "planner" not in named:
        named["planner"] = named["coder"]
    for role in ("planner", "coder"):
        layers.append(Layer("defaults", {("roles", role, "model"): named.get(role, "scripted")}))
    language = [role for role, model in named.items() if model != "scripted"]
    urls = _by_role(options.base_url, "--base-url", language)
    for role, url in urls.items():
        if not url.startswith(("http://", "https://")):
            raise UsageError(f"--base-url {url!r} is no URL; write it such as http://localhost:8000/v1")
        if role not in language:
            raise UsageError(f"--base-url is for language models, and none is named for {role}; give --model")
        layers.append(Layer("--base-url", {("roles", role, "base_url"): url}))
    if options.base_url and not urls:
        raise UsageError("--base-url is for language models; name one, such as --model coder=gpt-4.1")
    for role in language:
        for value, name in ((options.api_key_env, "api_key_env"), (options.temperature, "temperature")):
            if value is not None:
                layers.append(Layer(f"--{name.replace('_', '-')}", {("roles", role, name): value}))
    return layers


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
