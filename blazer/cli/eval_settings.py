"""The settings of `blazer eval`: file, `--set` and options to one `EvalSettings`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from blazer.cli.selection import parse_pairs, parse_seeds, split_names
from blazer.cli.settings import Layer, file_layer, resolve, set_layers
from blazer.cli.task_choice import chosen_tasks
from blazer.core.errors import ConfigError, UsageError
from blazer.eval.evaluation.settings import EvalSettings
from blazer.tasks.library import task_names

POOLS = {"pool": "train", "outside": "ood"}
"""Other words for the pools of tasks."""


class Options(NamedTuple):
    """What was typed; None and empty where nothing was."""

    model: Sequence[str] = ()
    repairs: Sequence[str] = ()
    style: Sequence[str] = ()
    planner: Sequence[str] = ()
    base_url: Sequence[str] = ()
    api_key_env: Sequence[str] = ()
    tasks: str | None = None
    seeds: str | None = None
    samples: int | None = None
    temperature: float | None = None
    compare: Sequence[str] = ()
    tier: str | None = None
    workers: int | None = None
    concurrency: int | None = None
    config: Path | None = None
    set: Sequence[str] = ()


_PLAIN = ("samples", "temperature", "tier", "workers", "concurrency")
_OF_A_MODEL = ("repairs", "style", "planner", "base_url", "api_key_env")


def settings_of(options: Options) -> EvalSettings:
    """The settings that file, `--set` and options make, options winning.

    Raises:
        ConfigError: for an unknown key or a bad value, naming where it comes from.
        UnknownNameError: for an unknown task.
        UsageError: for no model, or a seed range or pair that cannot be read.
    """
    layers = [file_layer(options.config)] if options.config else []
    layers += set_layers(options.set)
    if not any(("tasks",) in layer.values for layer in layers):
        layers.insert(0, Layer("defaults", {("tasks",): "pool"}))
    layers += _option_layers(options)
    settings = resolve(EvalSettings, [_with_lists(layer) for layer in layers])
    return _with_tasks(settings)


def _option_layers(options: Options) -> list[Layer]:
    layers = []
    if options.model:
        layers.append(Layer("--model", {("models",): _models(options)}))
    elif used := [name for name in _OF_A_MODEL if getattr(options, name)]:
        raise UsageError(f"--{used[0].replace('_', '-')} is for models named by --model; name some")
    elif options.config is None:
        raise UsageError(
            "no model is named; give some, such as --model teacher=scripted --model sft=hf:models/sft"
        )
    for name in _PLAIN:
        if getattr(options, name) is not None:
            layers.append(Layer(f"--{name}", {(name,): getattr(options, name)}))
    for name in ("tasks", "seeds"):
        if getattr(options, name) is not None:
            layers.append(Layer(f"--{name}", {(name,): getattr(options, name)}))
    if options.compare:
        layers.append(Layer("--compare", {("compare",): tuple(map(_pair, options.compare))}))
    return layers


def _models(options: Options) -> tuple[dict[str, Any], ...]:
    """`--model NAME=SPEC`, with what other options say of NAME."""
    models: dict[str, dict[str, Any]] = {
        name: {"name": name, "spec": spec} for name, spec in parse_pairs(options.model, "--model").items()
    }
    for field in _OF_A_MODEL:
        option = f"--{field.replace('_', '-')}"
        for name, value in parse_pairs(getattr(options, field), option).items():
            if name not in models:
                raise UsageError(f"{option} names {name!r}, which is no model here: {', '.join(models)}")
            models[name][field] = value
    return tuple(models.values())


def _pair(text: str) -> tuple[str, ...]:
    names = split_names(text)
    if len(names) != 2:
        raise UsageError(f"--compare {text!r} is not two names; write it such as --compare teacher,sft")
    return names


def _with_lists(layer: Layer) -> Layer:
    """`tasks: pool` and `seeds: 2000000:2000100` are as welcome in a file as on the command line."""
    values = dict(layer.values)
    if isinstance(values.get(("tasks",)), str):
        values["tasks",] = split_names(values["tasks",])
    if isinstance(values.get(("seeds",)), str):
        values["seeds",] = tuple(parse_seeds(values["seeds",]))
    return Layer(layer.source, values)


def _with_tasks(settings: EvalSettings) -> EvalSettings:
    """Pools and task files become their tasks."""
    if settings.specs:
        raise UsageError("`specs` is no setting; name task files in `tasks`")
    chosen = chosen_tasks([POOLS.get(name, name) for name in settings.tasks])
    shipped = set(task_names())
    values: Mapping[str, Any] = {name: getattr(settings, name) for name in EvalSettings.model_fields}
    specs = {name: spec for name, spec in chosen.items() if name not in shipped}
    try:
        return EvalSettings(**{**values, "tasks": tuple(chosen), "specs": specs})
    except ValidationError as error:
        raise ConfigError(error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")) from None
