"""The settings of `blazer bootstrap` and `blazer study`: preset, file, environment-free `--set`, options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from blazer.bootstrap.settings import Common
from blazer.cli.selection import split_names
from blazer.cli.settings import Key, Layer, file_layer, resolve, set_layers
from blazer.core.errors import UnknownNameError

Settings = TypeVar("Settings", bound=Common)
_LISTS = frozenset({("tasks",), ("outside",), ("data", "kinds"), ("data", "refers"), ("sizes",)})


class Options(NamedTuple):
    """What was typed; None and empty where nothing was."""

    preset: str
    config: Path | None = None
    set: Sequence[str] = ()
    more: Mapping[str, tuple[Key, Any]] = {}
    """Option -> key and value, None where it was not given."""


def settings_of(
    model: type[Settings], presets: Mapping[str, Mapping[str, Any]], options: Options
) -> Settings:
    """The settings that preset, file, `--set` and options make, the last winning.

    Raises:
        ConfigError: for an unknown key or a bad value, naming where it comes from.
        UnknownNameError: for an unknown preset.
    """
    if options.preset not in presets:
        raise UnknownNameError("preset", options.preset, presets)
    layers = [Layer(f"preset {options.preset}", dict(_flat(presets[options.preset], ())))]
    layers += [file_layer(options.config)] if options.config else []
    layers += set_layers(options.set)
    for name, (key, value) in options.more.items():
        if value is not None:
            layers.append(Layer(name, {key: value}))
    return resolve(model, [_with_lists(layer) for layer in layers])


def _flat(content: Mapping[str, Any], prefix: Key) -> list[tuple[Key, Any]]:
    found: list[tuple[Key, Any]] = []
    for name, value in content.items():
        if isinstance(value, Mapping) and value:
            found += _flat(value, (*prefix, name))
        else:
            found.append(((*prefix, name), value))
    return found


def _with_lists(layer: Layer) -> Layer:
    """`tasks: a,b` is as welcome as a list."""
    values = {
        key: split_names(value) if key in _LISTS and isinstance(value, str) else value
        for key, value in layer.values.items()
    }
    return Layer(layer.source, values)
