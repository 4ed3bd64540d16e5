"""Which tasks a command is about: names, pools and task files, as typed, to specs."""

from __future__ import annotations

from collections.abc import Iterable

from blazer.agents.run import CollectConfig
from blazer.cli.selection import expand_tasks, split_names
from blazer.core.errors import UsageError
from blazer.tasks.library import get_task, is_task_file, load_task_file, task_names
from blazer.tasks.spec import TaskSpec


def chosen_tasks(text: str | Iterable[str]) -> dict[str, TaskSpec]:
    """Names of tasks and pools and task files, comma-separated, to specs by name, in the order typed.

    Raises:
        UnknownNameError: for a name that is neither a task nor a pool.
        ConfigError: for a file that is no task.
        UsageError: if two different tasks have one name, or none is named.
    """
    words = split_names(text)
    found: dict[str, TaskSpec] = {}
    origins: dict[str, str] = {}
    for word in words:
        specs = [load_task_file(word)] if is_task_file(word) else map(get_task, _names([word]))
        for spec in specs:
            if found.setdefault(spec.name, spec) != spec:
                raise UsageError(
                    f"{origins[spec.name]} and {word} hold two different tasks of the name {spec.name!r}; "
                    "give one of them another name"
                )
            origins.setdefault(spec.name, word)
    if not found:
        _names([])
    return found


def _names(words: list[str]) -> tuple[str, ...]:
    pools = {"train": task_names("train"), "ood": task_names("ood"), "all": task_names()}
    return expand_tasks(words, task_names(), pools)


def specs_of(config: CollectConfig) -> dict[str, TaskSpec]:
    """The specs of a run's tasks, in its order.

    Raises:
        UnknownNameError: for a task that neither ships with Blazer nor came with the run.
    """
    return {name: config.specs.get(name) or get_task(name) for name in config.tasks}
