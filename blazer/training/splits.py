"""Which split a question belongs to: by task for what is held out, by seed for everything else.

A seed is drawn by itself, not out of the seeds there are. So a store that grows, or the next round
of a loop, moves no question from one side to the other, but in one case: where the draws put no seed
into validation, as happens with a handful of seeds, the one nearest to it is taken, and another may be
once there are more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from blazer.core.errors import UsageError
from blazer.core.rng import stream_seed
from blazer.tasks.library import task_names
from blazer.training.attempts import Attempt
from blazer.training.rows import Split
from blazer.training.settings import DatasetSettings, SplitSettings

_GROUPS = ("train", "ood")


def validation_seeds(seeds: Iterable[int], split: SplitSettings, root_seed: int) -> frozenset[int]:
    """Those of `seeds` whose rows are for validation.

    At least one is, where a share was asked for and there are two seeds or more. That one alone depends
    on which seeds there are.
    """
    known = sorted(set(seeds))
    if split.val_seeds is not None:
        start, stop = split.val_seeds
        return frozenset(seed for seed in known if start <= seed < stop)
    if split.val_fraction == 0 or len(known) < 2:
        return frozenset()
    draws = {seed: stream_seed(root_seed, "validation", seed) / 2**64 for seed in known}
    chosen = frozenset(seed for seed, draw in draws.items() if draw < split.val_fraction)
    return chosen or frozenset([min(known, key=lambda seed: draws[seed])])


def with_named_tasks(settings: DatasetSettings, attempts: Iterable[Attempt]) -> DatasetSettings:
    """The settings with every group of held-out tasks as those of its tasks that there are.

    Args:
        settings: Whose `split.held_out_tasks` may name the groups `train` and `ood`.
        attempts: Of the selection.

    Raises:
        UsageError: there is none of a group.
    """
    wanted = settings.split.held_out_tasks
    there = sorted({item.question.task for item in attempts if item.use.decided})
    found: list[str] = []
    for name in wanted:
        # A task of one's own may have any name, and is what is meant where there is one.
        is_group = name in _GROUPS and name not in there
        members = [task for task in task_names(name) if task in there] if is_group else [name]
        if not members:
            raise UsageError(
                f"of the held-out group {name!r} there is no trace in the selection; there are: "
                f"{', '.join(there)}"
            )
        found += members
    split = settings.split.model_copy(update={"held_out_tasks": tuple(dict.fromkeys(found))})
    return settings.model_copy(update={"split": split})


def split_attempts(attempts: Collection[Attempt], settings: DatasetSettings) -> dict[Split, list[Attempt]]:
    """The attempts of every split.

    Raises:
        UsageError: a held-out task of which there is none.
    """
    tasks = {item.question.task for item in attempts}
    for name in settings.split.held_out_tasks:
        if name not in tasks:
            raise UsageError(
                f"held-out task {name!r} has no trace in the selection; there are: {', '.join(sorted(tasks))}"
            )
    held_out = set(settings.split.held_out_tasks)
    seeds = {item.question.seed for item in attempts if item.question.task not in held_out}
    validation = validation_seeds(seeds, settings.split, settings.seed)
    parts: dict[Split, list[Attempt]] = {"train": [], "validation": [], "held_out": []}
    for item in attempts:
        if item.question.task in held_out:
            parts["held_out"].append(item)
        elif item.question.seed in validation:
            parts["validation"].append(item)
        else:
            parts["train"].append(item)
    return parts
