"""How many rows each task has in train, and in which order rows lie.

The order is drawn, and tasks take turns in it: the first tenth of a file is a fair tenth, and lies
within the first quarter, so that shares of the data can be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from blazer.core.rng import stream_seed
from blazer.training.rows import LeftOut, Row, Split
from blazer.training.selecting import grouped
from blazer.training.settings import BalanceSettings, Kind

AnyRow = TypeVar("AnyRow", bound=Row)


def ordered(rows: Sequence[AnyRow], seed: int) -> list[AnyRow]:
    """Rows in a drawn order in which every prefix holds the tasks in their shares."""
    placed = []
    for same in grouped(rows, lambda row: row.task):
        same.sort(key=lambda row: stream_seed(seed, "order", row.id))
        placed += [((index + 0.5) / len(same), row.task, row) for index, row in enumerate(same)]
    placed.sort(key=lambda item: item[:2])
    return [row for _, _, row in placed]


def balanced(
    rows: Sequence[AnyRow], settings: BalanceSettings, kind: Kind, split: Split, seed: int
) -> tuple[list[AnyRow], list[LeftOut]]:
    """Rows with tasks balanced as the policy says, and what it left out."""
    by_task = grouped(rows, lambda row: row.task)
    if settings.policy == "none" or not by_task:
        return list(rows), []
    if settings.policy == "oversample":
        most = max(len(same) for same in by_task)
        return [row for same in by_task for row in _repeated(same, most, settings.max_copies, seed)], []
    limit = settings.per_task or min(len(same) for same in by_task)
    kept: list[AnyRow] = []
    left: list[LeftOut] = []
    for same in by_task:
        by_turn = _instances_in_turn(same, seed)
        kept += by_turn[:limit]
        left += [_left(row, kind, split, limit) for row in by_turn[limit:]]
    return kept, left


def _repeated(rows: list[AnyRow], target: int, max_copies: int, seed: int) -> list[AnyRow]:
    wanted = min(target, len(rows) * max_copies)
    drawn = sorted(rows, key=lambda row: stream_seed(seed, "copy", row.id))
    copies = [
        drawn[index % len(drawn)].model_copy(
            update={"id": f"{drawn[index % len(drawn)].id}#{index // len(drawn)}"}
        )
        for index in range(len(drawn), wanted)
    ]
    return [*rows, *copies]


def _instances_in_turn(rows: Sequence[AnyRow], seed: int) -> list[AnyRow]:
    """The first row of every instance, then the second of every one, instances in a drawn order."""
    turns: list[tuple[int, int, AnyRow]] = []
    for same in grouped(rows, lambda row: row.instance):
        draw = stream_seed(seed, "cap", same[0].instance)
        turns += [(turn, draw, row) for turn, row in enumerate(same)]
    return [row for _, _, row in sorted(turns, key=lambda item: item[:2])]


def _left(row: Row, kind: Kind, split: Split, limit: int) -> LeftOut:
    return LeftOut(
        kind=kind,
        split=split,
        reason="balance",
        detail=f"more than {limit}",
        task=row.task,
        seed=row.seed,
        trace_ids=row.trace_ids,
    )
