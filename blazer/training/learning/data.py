"""The rows of one training: read from a data set that is whole, measured, none of them ever cut.

A question a reader would have: why tokenize here, when the trainers do it again? Because they would
either cut a row that is too long or fail on it hours later; a row is measured as the chat template
renders it, before the first step.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from blazer.core.errors import UsageError
from blazer.core.run_card import DataUsed, RunCard
from blazer.training.errors import DatasetDamaged, EmptyDataset
from blazer.training.leaks import check_leaks
from blazer.training.learning.libraries import library
from blazer.training.learning.rendering import Rendering
from blazer.training.learning.settings import TrainSettings
from blazer.training.manifest import Manifest
from blazer.training.reading import check_files, read_manifest, read_rows
from blazer.training.rows import KtoRow, PairRow, Row, SftRow, Split

LEFT_OUT = "left_out.jsonl"
LENGTH = "length"
"""Column: tokens of the row, prompt and longest answer."""


class TooLong(NamedTuple):
    """A row that does not fit."""

    id: str
    split: str
    tokens: int
    allowed: int


class TrainingRows(NamedTuple):
    """What is trained on.

    Attributes:
        train: Of `datasets.Dataset`, as TRL's trainers take it.
        validation: The same; None where the data set has none.
        used: For the model's card.
        too_long: Rows left out for their length.
        weights: Of desirable and undesirable rows, as their numbers balance; for KTO.
    """

    train: Any
    validation: Any
    used: DataUsed
    too_long: tuple[TooLong, ...]
    weights: tuple[float, float]


def check_data(settings: TrainSettings) -> Manifest:
    """The manifest of the data set, whose files are all as it says.

    Raises:
        UsageError: there is no data set.
        EmptyDataset: it has no rows of this kind to train on.
        DatasetDamaged: files are missing or altered.
    """
    manifest = read_manifest(settings.data)
    if problems := check_files(settings.data, manifest):
        raise DatasetDamaged(
            f"{settings.data} is damaged: {'; '.join(problems[:3])}; build it again with --force"
        )
    if manifest.file(settings.stage, "train") is None or not manifest.counts[settings.stage]["train"].rows:
        there = ", ".join(kind for kind in manifest.counts) or "none"
        raise EmptyDataset(
            f"{settings.data} has no {settings.stage} rows to train on (it has {there}); build it with "
            f"--kinds {settings.stage}, from a store whose traces can feed them"
        )
    return manifest


def check_style(settings: TrainSettings, manifest: Manifest, card: RunCard | None) -> None:
    """Whether the data set asks as the model was asked before.

    Raises:
        UsageError: it does not.
    """
    style = manifest.settings.style
    if card is not None and card.style != style:
        raise UsageError(
            f"{settings.data} asks in style {style}, the model {settings.model} was trained in style "
            f"{card.style}; build the data set with --style {card.style}, or begin from another model"
        )


def read_training_rows(
    settings: TrainSettings, manifest: Manifest, rendering: Rendering, allowed: int
) -> TrainingRows:
    """The rows of this stage.

    Args:
        settings: Of the training.
        manifest: Of the data set.
        rendering: Of the model that is trained.
        allowed: The longest row, in tokens.

    Raises:
        UsageError: a row is too long, and that is an error here; or the model's chat template does not
            render rows as they will be asked.
        EmptyDataset: no row is left.
        DatasetDamaged: a file holds what is no row.
        LeakError: a row is of a seed that is kept for evaluation, or on both sides of a split.
    """
    rows = list(read_rows(settings.data, manifest, settings.stage, "train"))
    # By a build it was made already; whoever edits rows by hand edits the manifest too.
    kept_out = manifest.settings.split.held_out_tasks
    validating = settings.validate_each != "never"
    others = list(read_rows(settings.data, manifest, settings.stage, "validation")) if validating else []
    check_leaks({settings.stage: {"train": rows, "validation": others}}, kept_out)
    rows = rows[: math.ceil(len(rows) * settings.share)]
    train, long_train = _fitting(rows, "train", rendering, allowed)
    validation, long_validation = _fitting(others, "validation", rendering, allowed)
    too_long = (*long_train, *long_validation)
    if too_long and settings.too_long == "error":
        first = too_long[0]
        raise UsageError(
            f"{len(too_long)} rows are too long, first {first.split} row {first.id} with {first.tokens} "
            f"tokens ({allowed} allowed); raise max_tokens if the model can take it, build the data set with "
            "length.max_tokens, or set too_long to leave_out, which lists them"
        )
    if not train:
        raise EmptyDataset(
            f"no {settings.stage} row of {settings.data} fits in {allowed} tokens; raise max_tokens"
        )
    datasets = library("datasets")
    seen = [row for row, _ in (*train, *validation)]
    return TrainingRows(
        datasets.Dataset.from_list([_columns(row, length) for row, length in train]),
        datasets.Dataset.from_list([_columns(row, length) for row, length in validation])
        if validation
        else None,
        DataUsed(
            name=manifest.name,
            digest=manifest.digest,
            rows=len(train),
            tasks=tuple(sorted({row.task for row in seen})),
            seeds=_seeds(seen),
        ),
        too_long,
        _balance([row for row, _ in train]),
    )


def _fitting(
    rows: Sequence[Row], split: Split, rendering: Rendering, allowed: int
) -> tuple[list[tuple[Row, int]], list[TooLong]]:
    kept: list[tuple[Row, int]] = []
    left: list[TooLong] = []
    for row in rows:
        tokens = rendering.longest(_chat(row.prompt), row.answers())
        if tokens > allowed:
            left.append(TooLong(row.id, split, tokens, allowed))
        else:
            kept.append((row, tokens))
    return kept, left


def _columns(row: Row, length: int) -> dict[str, Any]:
    content: dict[str, Any] = {"prompt": _chat(row.prompt), LENGTH: length}
    if isinstance(row, SftRow):
        content["completion"] = _chat(row.completion)
    elif isinstance(row, PairRow):
        content |= {"chosen": _chat(row.chosen), "rejected": _chat(row.rejected)}
    elif isinstance(row, KtoRow):
        content |= {"completion": _chat(row.completion), "label": row.label}
    return content


def _chat(messages: Sequence[Any]) -> list[dict[str, str]]:
    return [message.model_dump() for message in messages]


def _seeds(rows: Sequence[Row]) -> dict[str, tuple[int, ...]]:
    seeds: dict[str, set[int]] = {}
    for row in rows:
        seeds.setdefault(row.task, set()).add(row.seed)
    return {task: tuple(sorted(some)) for task, some in sorted(seeds.items())}


def _balance(rows: Sequence[Row]) -> tuple[float, float]:
    """The rarer label counts as much as the commoner one, all together."""
    good = sum(isinstance(row, KtoRow) and row.label for row in rows)
    bad = len(rows) - good
    if not good or not bad:
        return 1.0, 1.0
    return max(1.0, bad / good), max(1.0, good / bad)


def list_left_out(directory: Path, rows: Sequence[TooLong]) -> None:
    """Write which rows were left out."""
    lines = (json.dumps(row._asdict()) + "\n" for row in rows)
    (directory / LEFT_OUT).write_text("".join(lines), encoding="utf-8")
