"""All rows of a data set from its attempts: pure, and the same whatever order they come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from blazer.training.attempts import Attempt
from blazer.training.balance import balanced, ordered
from blazer.training.builders import kto_rows, rl_rows, sft_rows
from blazer.training.errors import EmptyDataset
from blazer.training.leaks import LeakReport, check_leaks, check_seeds
from blazer.training.lengths import Ruler
from blazer.training.pairs import pair_rows
from blazer.training.rows import LeftOut, Row, Split
from blazer.training.selecting import Ledger, grouped
from blazer.training.settings import DatasetSettings, Kind
from blazer.training.splits import split_attempts

Builder = Callable[[Sequence[Attempt], DatasetSettings, Ledger], Sequence[Row]]

BUILDERS: dict[Kind, Builder] = {"sft": sft_rows, "dpo": pair_rows, "kto": kto_rows, "rl": rl_rows}


class Assembled(NamedTuple):
    """A data set in memory.

    Attributes:
        rows: Kind -> split -> rows in their order; no split is empty.
        left_out: What could have been a row and is not.
        instances: Digest -> instance, of every row.
        leaks: What the leak check found to count.
    """

    rows: dict[Kind, dict[Split, list[Row]]]
    left_out: tuple[LeftOut, ...]
    instances: dict[str, Mapping[str, Any]]
    leaks: LeakReport


def assemble(
    attempts: Iterable[Attempt], settings: DatasetSettings, left_out: Iterable[LeftOut] = ()
) -> Assembled:
    """Select, pair, split, measure, balance, order and check.

    Args:
        attempts: Of the traces wanted, in any order.
        settings: As resolved.
        left_out: What was left out before.

    Raises:
        EmptyDataset: a kind has no row in a split that was asked for.
        LeakError: something is on both sides of a split, or kept for evaluation.
        ConfigError: the tokenizer cannot be had.
        UsageError: a held-out task of which there is no trace.
    """
    usable, left = _usable(sorted(attempts, key=Attempt.order), list(left_out))
    if not usable:
        raise EmptyDataset(_nothing(left))
    check_seeds(usable)
    parts = split_attempts(usable, settings)
    ruler = Ruler(settings.length)
    rows: dict[Kind, dict[Split, list[Row]]] = {kind: {} for kind in settings.kinds}
    for kind, splits in rows.items():
        for split, some in parts.items():
            made, over = _rows(some, kind, split, settings, ruler)
            left += over
            if made:
                splits[split] = made
            elif some or _is_asked_for(split, settings):
                raise EmptyDataset(_empty(kind, split, some, left, settings))
    instances = {item.instance_key: item.instance for item in usable}
    used = {row.instance for splits in rows.values() for some_rows in splits.values() for row in some_rows}
    return Assembled(
        rows=rows,
        left_out=tuple(left),
        instances={key: instances[key] for key in sorted(used)},
        leaks=check_leaks(rows, settings.split.held_out_tasks),
    )


def _rows(
    attempts: Sequence[Attempt], kind: Kind, split: Split, settings: DatasetSettings, ruler: Ruler
) -> tuple[list[Row], list[LeftOut]]:
    """The rows of one kind and split in their order, and what is left out of it."""
    ledger = Ledger(kind, split)
    rows, too_long = ruler.fitting(BUILDERS[kind](attempts, settings, ledger), kind, split)
    left = [*ledger.entries, *too_long]
    if split == "train" and kind != "rl":
        rows, over = balanced(rows, settings.balance, kind, split, settings.seed)
        left += over
    return ordered(rows, settings.seed), left


def _usable(attempts: Sequence[Attempt], left: list[LeftOut]) -> tuple[list[Attempt], list[LeftOut]]:
    """Without what decided nothing, and without programs that were judged both ways."""
    usable = []
    for item in attempts:
        if item.use.decided:
            usable.append(item)
        else:
            left.append(_note(item, "undecided", item.outcome.value))
    judged = grouped(usable, lambda item: (item.question, item.program_key))
    kept = []
    for same in judged:
        if len({item.use.sft for item in same}) == 1:
            kept += same
        else:
            left += [_note(item, "contradictory", item.outcome.value) for item in same]
    return sorted(kept, key=Attempt.order), left


def _is_asked_for(split: Split, settings: DatasetSettings) -> bool:
    if split == "validation":
        return settings.split.val_seeds is not None or settings.split.val_fraction > 0
    return split == "train" or bool(settings.split.held_out_tasks)


def _note(item: Attempt, reason: str, detail: str) -> LeftOut:
    question = item.question
    return LeftOut(
        kind="all",
        reason=reason,
        detail=detail,
        task=question.task,
        seed=question.seed,
        trace_ids=(item.trace_id,),
    )


def _nothing(left: Sequence[LeftOut]) -> str:
    if not left:
        return "no trace matches; `blazer runs` shows what the store holds, `blazer collect` makes more"
    return f"no trace can be used: {_reasons(left)}; `blazer collect` makes more"


def _empty(
    kind: Kind, split: Split, some: Sequence[Attempt], left: Sequence[LeftOut], settings: DatasetSettings
) -> str:
    """What is missing, and what would bring it."""
    outcomes = Counter(item.outcome.value for item in some)
    had = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())) or "none"
    reasons = _reasons([item for item in left if item.kind == kind and item.split == split])
    remedy = {
        "train": "collect more seeds or samples, or relax what is asked for",
        "validation": "give a larger --val-fraction, other --val-seeds, or --val-fraction 0 for none",
        "held_out": "name other --held-out-tasks, or collect more of these",
    }[split]
    others = ",".join(other for other in settings.kinds if other != kind)
    rest = f"; or build --kinds {others} alone" if others else ""
    why = f"; left out: {reasons}" if reasons else ""
    return f"{kind} has no row for {split}: attempts there: {had}{why}; {remedy}{rest}"


def _reasons(left: Sequence[LeftOut]) -> str:
    counts = Counter(item.reason for item in left)
    return ", ".join(f"{count} {reason}" for reason, count in counts.most_common())
