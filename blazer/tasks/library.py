"""The tasks that ship with the package, and tasks from files: both are the same JSON.

Reference programs are templates over an instance's parameters, and valid Python before they are
rendered: `target_color = "{{ target_color }}"`. They get no more than an instruction's words would give
a person, and use nothing but the skill API.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from blazer.core.errors import ConfigError, TaskError, UnknownNameError
from blazer.tasks.catalogue import TYPES
from blazer.tasks.spec import SPEC_VERSION, TaskInstance, TaskSpec
from blazer.tasks.templates import render_text
from blazer.tasks.texts import validation_text
from blazer.tasks.validate import validate_task

POOLS = ("train", "ood", "proposed")
MAX_FILE_CHARS = 262_144
_SPECS = resources.files("blazer.tasks") / "specs"
_REFERENCE = resources.files("blazer.tasks") / "reference"


@lru_cache(maxsize=1)
def _library() -> dict[str, TaskSpec]:
    found: dict[str, TaskSpec] = {}
    for entry in sorted(_SPECS.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".json"):
            spec = parse_task(entry.read_text(encoding="utf-8"), entry.name)
            found[spec.name] = spec
    return found


def get_task(name: str) -> TaskSpec:
    """The task of that name.

    Raises:
        UnknownNameError: with the names that exist.
    """
    try:
        return _library()[name]
    except KeyError:
        raise UnknownNameError("task", name, _library()) from None


def task_names(pool: str | None = None) -> tuple[str, ...]:
    """Names of all tasks, or of those of a pool, sorted; the training pool first.

    Raises:
        UnknownNameError: no such pool.
    """
    if pool is not None and pool not in POOLS:
        raise UnknownNameError("task pool", pool, POOLS)
    specs = [spec for spec in _library().values() if pool in (None, spec.pool)]
    return tuple(spec.name for spec in sorted(specs, key=lambda s: (POOLS.index(s.pool), s.name)))


def find_task(name_or_file: str) -> TaskSpec:
    """The task of a name, or of a file where the name ends in `.json`.

    Raises:
        UnknownNameError: with the names that exist.
        ConfigError: as `load_task_file`.
    """
    return load_task_file(name_or_file) if is_task_file(name_or_file) else get_task(name_or_file)


def is_task_file(name_or_file: str) -> bool:
    """Whether what was typed means a file."""
    return name_or_file.endswith(".json")


def load_task_file(path: str | Path) -> TaskSpec:
    """A task from a JSON file, checked as far as that is possible without a simulator.

    Raises:
        ConfigError: the file cannot be read, is no task, contradicts itself, has no room for its
            objects, or takes the name of a task that ships with Blazer for another one; says where.
    """
    try:
        with Path(path).open(encoding="utf-8") as file:
            text = file.read(MAX_FILE_CHARS + 1)
    except OSError as error:
        raise ConfigError(f"cannot read task file {str(path)!r}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"cannot read task file {str(path)!r}: it is not UTF-8 text") from None
    if len(text) > MAX_FILE_CHARS:
        raise ConfigError(f"task file {str(path)!r} is longer than {MAX_FILE_CHARS} characters")
    spec = parse_task(text, str(path))
    shipped = _library().get(spec.name)
    if shipped is not None:
        if shipped != spec:
            raise ConfigError(
                f"{path}: name: {spec.name!r} is a task that ships with Blazer, and this is another one; "
                "give it a name of its own"
            )
        return spec
    try:
        validate_task(spec)
    except TaskError as error:
        raise ConfigError(f"{path}: {error}") from None
    return spec


def parse_task(text: str, where: str) -> TaskSpec:
    """A task from JSON text; `where` is named in errors.

    Raises:
        ConfigError: it is no JSON, or no task.
    """
    try:
        raw: Any = json.loads(text, parse_constant=_no_number, parse_float=_finite, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"{where}: line {error.lineno}, column {error.colno}: no JSON: {error.msg}"
        ) from None
    except (_BadNumber, RecursionError) as error:
        why = str(error) if isinstance(error, _BadNumber) else "brackets are nested too deeply"
        raise ConfigError(f"{where}: {why}") from None
    if not isinstance(raw, dict):
        raise ConfigError(f"{where}: a task is a JSON object, this is a {type(raw).__name__}")
    version = raw.get("spec_version", SPEC_VERSION)
    if version != SPEC_VERSION:
        raise ConfigError(f"{where}: spec_version is {version!r}; this Blazer reads {SPEC_VERSION}")
    try:
        spec = TaskSpec.model_validate_json(text)
    except ValidationError as error:
        raise ConfigError(f"{where}: {validation_text(error)}") from None
    for index, item in enumerate(spec.objects):
        if not item.type.startswith("$") and item.type not in TYPES:
            known = ", ".join(sorted(TYPES.names()))
            raise ConfigError(
                f"{where}: objects.{index}: object {item.name!r} has unknown type {item.type!r}. "
                f"Types: {known}"
            )
    return spec


class _BadNumber(Exception):
    """A number that JSON text can hold and a task cannot."""


def _no_number(text: str) -> float:
    raise _BadNumber(f"{text} is no number of JSON; write a finite one")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text[:40])


def _integer(text: str) -> int:
    return int(text) if len(text) < 20 else int(_no_number(text[:40]))


def has_reference(name: str) -> bool:
    """Whether the task ships a reference program."""
    return (_REFERENCE / f"{name}.py").is_file()


def reference_program(instance: TaskInstance) -> str:
    """The task's reference program for an instance: Python source against the skill API.

    Raises:
        TaskError: the task ships none.
    """
    if not has_reference(instance.task):
        known = ", ".join(name for name in task_names() if has_reference(name))
        raise TaskError(f"task {instance.task!r} has no reference program. Tasks that have one: {known}")
    template = (_REFERENCE / f"{instance.task}.py").read_text(encoding="utf-8")
    return render_text(template, instance.parameters, f"reference program of {instance.task!r}")
