"""Reading what people type on the command line: tasks, seeds, outcomes, `key=value` pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from blazer.core.errors import UnknownNameError, UsageError
from blazer.core.outcomes import Outcome
from blazer.core.rng import MAX_SEED

POOLS = ("train", "ood", "all")


class SeedRange(NamedTuple):
    """Seeds `start` to `stop`, exclusive."""

    start: int
    stop: int


def parse_seeds(text: str) -> SeedRange:
    """`0:50` is 0 to 49; `7` is that one seed.

    Raises:
        UsageError: for anything else, naming the forms that work.
    """
    parts = text.split(":")
    if len(parts) > 2 or not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        raise UsageError(f"seed range {text!r} cannot be read; write START:STOP, such as 0:50, or one seed")
    start = int(parts[0])
    stop = int(parts[1]) if len(parts) == 2 else start + 1
    if stop <= start:
        raise UsageError(f"seed range {text!r} holds no seed; STOP is exclusive and must be above START")
    if stop - 1 > MAX_SEED:
        raise UsageError(f"seed range {text!r} goes beyond {MAX_SEED}, the largest seed")
    return SeedRange(start, stop)


def split_names(text: str | Iterable[str]) -> tuple[str, ...]:
    """`a,b` or several of them to single names, without the empty ones."""
    texts = [text] if isinstance(text, str) else list(text)
    return tuple(name.strip() for part in texts for name in part.split(",") if name.strip())


def expand_tasks(
    wanted: Sequence[str], known: Sequence[str], pools: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Task names and pool names to task names, each once, in the order asked for.

    Args:
        wanted: Names of tasks or of pools, as typed.
        known: All task names.
        pools: Pool -> its tasks.

    Raises:
        UnknownNameError: for a name that is neither.
        UsageError: if nothing is left.
    """
    found: list[str] = []
    for name in wanted:
        if name in pools:
            found += pools[name]
        elif name in known:
            found.append(name)
        else:
            raise UnknownNameError("task", name, [*known, *pools])
    if not found:
        raise UsageError(f"no task is named; give some, or one of {', '.join(pools)}")
    return tuple(dict.fromkeys(found))


def stored_tasks(text: str, stored: Sequence[str], place: str) -> tuple[str, ...]:
    """`a,b` to names of tasks that a store holds traces of.

    Raises:
        UsageError: for a name that it holds none of, with those it does.
    """
    names = split_names(text)
    for name in names:
        if name not in stored:
            raise UsageError(
                f"no trace in {place} is of a task {name!r}; there are: {', '.join(stored) or 'none yet'}"
            )
    return names


def parse_outcomes(text: str | None) -> tuple[Outcome, ...]:
    """`success,timeout` to outcomes; nothing is none.

    Raises:
        UnknownNameError: for a name that is no outcome.
    """
    names = split_names(text or "")
    for name in names:
        if name not in set(Outcome):
            raise UnknownNameError("outcome", name, [outcome.value for outcome in Outcome])
    return tuple(Outcome(name) for name in names)


def parse_pairs(items: Iterable[str], option: str) -> dict[str, str]:
    """`a=b` items to a dictionary.

    Raises:
        UsageError: for an item without `=` or a key given twice.
    """
    pairs: dict[str, str] = {}
    for item in items:
        key, equals, value = item.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"{option} {item!r} is not NAME=VALUE")
        if key.strip() in pairs:
            raise UsageError(f"{option} names {key.strip()!r} twice")
        pairs[key.strip()] = value.strip()
    return pairs
