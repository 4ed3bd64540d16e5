"""Which attempts may be shown as good, and how many of a list are kept. Shared by all kinds of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from blazer.training.attempts import Attempt
from blazer.training.rows import LeftOut, Split
from blazer.training.settings import DatasetSettings, Kind

Item = TypeVar("Item")


class Ledger:
    """Notes what is left out, for one kind of row and one split."""

    def __init__(self, kind: Kind, split: Split) -> None:
        self.kind, self.split = kind, split
        self.entries: list[LeftOut] = []

    def leave(self, reason: str, attempt: Attempt, detail: str = "", other: Attempt | None = None) -> None:
        """Note an attempt, or a pair, and why."""
        ids = (attempt.trace_id,) if other is None else (other.trace_id, attempt.trace_id)
        self.entries.append(
            LeftOut(
                kind=self.kind,
                split=self.split,
                reason=reason,
                detail=detail,
                task=attempt.question.task,
                seed=attempt.question.seed,
                trace_ids=ids,
            )
        )


def grouped(items: Iterable[Item], key: Callable[[Item], Hashable]) -> list[list[Item]]:
    """Items by key, in the order in which the keys appear."""
    found: defaultdict[Hashable, list[Item]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return list(found.values())


def robust(attempts: Iterable[Attempt], settings: DatasetSettings, ledger: Ledger) -> list[Attempt]:
    """The successes that may be shown as good, most robust first."""
    kept = []
    for attempt in attempts:
        if not attempt.use.sft:
            continue
        rate = attempt.pass_rate
        if rate is None and settings.min_pass_rate > 0:
            ledger.leave("not_verified", attempt)
        elif rate is not None and rate < settings.min_pass_rate:
            ledger.leave("pass_rate", attempt, f"{rate:.2f} of {attempt.verified} layouts")
        elif settings.refers and attempt.refers not in settings.refers:
            ledger.leave("refers", attempt, attempt.refers)
        else:
            kept.append(attempt)
    return sorted(kept, key=rank)


def rank(attempt: Attempt) -> tuple[object, ...]:
    """Most robust first; then first attempts before repairs, whose answers fit the prompt's plan."""
    return (-rate_or_none(attempt), -attempt.verified, attempt.is_repair, attempt.order())


def rate_or_none(attempt: Attempt) -> float:
    """The pass rate, one that was not verified below all that were."""
    return -1.0 if attempt.pass_rate is None else attempt.pass_rate


def distinct(
    attempts: Iterable[Attempt], key: Callable[[Attempt], Hashable], ledger: Ledger
) -> list[Attempt]:
    """The first of every key; the others are noted with the one that stands for them."""
    first: dict[Hashable, Attempt] = {}
    for attempt in attempts:
        known = first.setdefault(key(attempt), attempt)
        if known is not attempt:
            ledger.leave("duplicate", attempt, f"as {known.trace_id}")
    return list(first.values())


def capped(
    attempts: Sequence[Attempt], limit: int, ledger: Ledger, reason: str = "per_instance"
) -> list[Attempt]:
    """The first `limit`; the others are noted."""
    for attempt in attempts[limit:]:
        ledger.leave(reason, attempt, f"more than {limit}")
    return list(attempts[:limit])
