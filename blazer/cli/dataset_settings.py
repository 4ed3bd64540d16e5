"""The settings of `blazer dataset build`: file, `--set` and options to one record and a store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from blazer.cli.output import DEFAULT_STORE
from blazer.cli.selection import parse_seeds, split_names
from blazer.cli.settings import Layer, file_layer, resolve, set_layers
from blazer.training.settings import DatasetSettings


class DatasetBuildSettings(DatasetSettings):
    """What a config file of `blazer dataset build` may hold."""

    store: str = DEFAULT_STORE

    def dataset(self) -> DatasetSettings:
        """The settings that shape the data alone."""
        return DatasetSettings(**{name: getattr(self, name) for name in DatasetSettings.model_fields})


class Options(NamedTuple):
    """What was typed; None and empty where nothing was."""

    store: str | None = None
    runs: str | None = None
    tasks: str | None = None
    kinds: str | None = None
    style: str | None = None
    dialogue: bool | None = None
    min_pass_rate: float | None = None
    val_fraction: float | None = None
    val_seeds: str | None = None
    held_out_tasks: str | None = None
    balance: str | None = None
    max_chars: int | None = None
    seed: int | None = None
    config: Path | None = None
    set: Sequence[str] = ()


_PLAIN = {
    "store": ("store",),
    "style": ("style",),
    "dialogue": ("dialogue",),
    "min_pass_rate": ("min_pass_rate",),
    "val_fraction": ("split", "val_fraction"),
    "balance": ("balance", "policy"),
    "max_chars": ("length", "max_chars"),
    "seed": ("seed",),
}
_LISTS = {
    "runs": ("runs",),
    "tasks": ("tasks",),
    "kinds": ("kinds",),
    "held_out_tasks": ("split", "held_out_tasks"),
}
_SEEDS = ("split", "val_seeds")
_NAMES = frozenset({*_LISTS.values(), ("refers",)})


def settings_of(options: Options) -> DatasetBuildSettings:
    """The settings that file, `--set` and options make, options winning.

    Raises:
        ConfigError: for an unknown key or a bad value, naming where it comes from.
        UsageError: for a seed range or a pair that cannot be read.
    """
    layers = [file_layer(options.config)] if options.config else []
    layers += set_layers(options.set)
    layers = [_with_lists(layer) for layer in layers]
    for field, key in {**_PLAIN, **_LISTS, "val_seeds": _SEEDS}.items():
        value = getattr(options, field)
        if value is not None:
            layers.append(_with_lists(Layer(f"--{field.replace('_', '-')}", {key: value})))
    return resolve(DatasetBuildSettings, layers)


def _with_lists(layer: Layer) -> Layer:
    """`kinds: sft,dpo` and `val_seeds: 50:60` are as welcome in a file as on the command line."""
    values: dict[tuple[str, ...], Any] = {}
    for key, value in layer.values.items():
        if key in _NAMES and isinstance(value, str):
            value = split_names(value)
        if key == _SEEDS and isinstance(value, str):
            value = tuple(parse_seeds(value))
        values[key] = value
    return Layer(layer.source, values)
