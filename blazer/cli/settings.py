"""Settings from several places to one closed, frozen record, each value traced to its place.

Precedence, highest first: command-line options, `--set a.b=c`, environment `BLAZER_A__B`, the
file of `--config` (YAML, TOML or JSON), defaults. A key that nobody knows is an error in all of
them, because a misspelt setting that is silently ignored costs a run.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from blazer.cli.selection import parse_pairs
from blazer.core.errors import ConfigError
from blazer.core.fields import fields_at

Model = TypeVar("Model", bound=BaseModel)
Key = tuple[str, ...]

ENV_PREFIX = "BLAZER_"
NOT_SETTINGS = frozenset({"BLAZER_DEBUG", "BLAZER_REQUIRE", "BLAZER_BASE_IMAGE", "BLAZER_DEBIAN_MIRROR"})
"""Environment variables with our prefix that something other than a run's settings reads."""


class _Yaml(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML has no types
    """YAML with the numbers and booleans of version 1.2.

    In version 1.1, which PyYAML reads, `0:50` is the number 50 in base 60 and `no` is false.
    """


_Yaml.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":int", ":float"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Yaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$", re.I), list("tTfF"))
_Yaml.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(0|[1-9][0-9]*|0x[0-9a-fA-F]+)$"), list("-+0123456789")
)
_Yaml.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)


def _read_yaml(text: str) -> Any:
    return yaml.load(text, Loader=_Yaml)  # noqa: S506  (a SafeLoader)


class Layer(NamedTuple):
    """Settings of one place.

    Attributes:
        source: For error texts: "--workers", "run.yaml", "environment variable BLAZER_WORKERS".
        values: Flat: key path -> value.
    """

    source: str
    values: dict[Key, Any]


def file_layer(path: Path) -> Layer:
    """Settings of a YAML, TOML or JSON file.

    Raises:
        ConfigError: if it cannot be read or is no mapping.
    """
    readers: dict[str, Callable[[str], Any]] = {
        ".yaml": _read_yaml,
        ".yml": _read_yaml,
        ".toml": tomllib.loads,
        ".json": json.loads,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ConfigError(f"config file {path} has none of the endings {', '.join(readers)}")
    try:
        content: Any = reader(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"config file {path} cannot be read: {error.strerror}") from None
    except (ValueError, yaml.YAMLError) as error:
        raise ConfigError(f"config file {path} is broken: {' '.join(str(error).split())}") from None
    if content is None:
        content = {}
    if not isinstance(content, dict):
        raise ConfigError(f"config file {path} must hold a mapping of settings")
    return Layer(str(path), dict(_flatten(content)))


def env_layers(environment: Mapping[str, str]) -> list[Layer]:
    """Settings of `BLAZER_A__B=value` variables, one layer each."""
    layers = []
    for name, value in sorted(environment.items()):
        if name.startswith(ENV_PREFIX) and name not in NOT_SETTINGS and not name.startswith("BLAZER_TEST_"):
            key = tuple(name.removeprefix(ENV_PREFIX).lower().split("__"))
            layers.append(Layer(f"environment variable {name}", {key: _parse(value)}))
    return layers


def set_layers(items: Iterable[str]) -> list[Layer]:
    """Settings of `--set a.b=c` options, one layer each.

    Raises:
        ConfigError: for an item without `=`.
    """
    pairs = parse_pairs(items, "--set")
    return [Layer(f"--set {key}", {tuple(key.split(".")): _parse(value)}) for key, value in pairs.items()]


def resolve(model: type[Model], layers: Iterable[Layer]) -> Model:
    """The record that the layers, lowest first, make.

    Raises:
        ConfigError: naming the key, the place it comes from, and what would be right.
    """
    values: dict[str, Any] = {}
    sources: dict[Key, str] = {}
    for layer in layers:
        for key, value in layer.values.items():
            _put(values, key, value)
            sources[key] = layer.source
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ConfigError(_explain(model, error, sources)) from None


def _flatten(content: Mapping[Any, Any], prefix: Key = ()) -> Iterable[tuple[Key, Any]]:
    for name, value in content.items():
        key = (*prefix, str(name))
        if isinstance(value, Mapping) and value:
            yield from _flatten(value, key)
        else:
            yield key, value


def _put(values: dict[str, Any], key: Key, value: Any) -> None:
    for name in key[:-1]:
        inner = values.get(name)
        if not isinstance(inner, dict):
            inner = values[name] = {}
        values = inner
    values[key[-1]] = value


def _parse(text: str) -> Any:
    """Text to a JSON value where it is one (`3`, `true`, `null`, `["a"]`), else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _explain(model: type[BaseModel], error: ValidationError, sources: Mapping[Key, str]) -> str:
    first = error.errors(include_url=False)[0]
    key = tuple(str(part) for part in first["loc"] if not str(part).startswith("function-"))
    name = ".".join(key)
    source = next(
        (text for known, text in sources.items() if known[: len(key)] == key or key[: len(known)] == known),
        "",
    )
    place = f" (from {source})" if source else ""
    if first["type"] == "extra_forbidden":
        known_names = fields_at(model, key[:-1])
        near = get_close_matches(key[-1], known_names, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return f"unknown setting {name!r}{place}.{hint} Known: {', '.join(known_names)}"
    message = first["msg"].removeprefix("Value error, ")
    shown = f" {first['input']!r}" if not isinstance(first["input"], (dict, BaseModel)) else ""
    return f"setting {name!r}{shown}{place}: {message}" if name else message
