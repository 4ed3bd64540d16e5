"""What a data set holds, by task, lesson, stratum and length. Counts files, draws nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from blazer.agents.extract import extract_program
from blazer.core.records import Record
from blazer.training.lengths import characters
from blazer.training.manifest import Manifest
from blazer.training.programs import program_key
from blazer.training.reading import read_rows
from blazer.training.rows import KtoRow, PairRow, Row, SftRow, Split
from blazer.training.settings import Kind


class Spread(Record):
    """Of a number over rows."""

    least: int
    middle: int
    most: int


class TaskStats(Record):
    """One task in one kind and split."""

    rows: int
    distinct: int
    """Without the copies that balancing made."""
    instances: int
    programs: int
    """Distinct solutions among the good answers."""
    chars: Spread
    """Prompt and longest answer."""


class KindStats(Record):
    """One kind and split."""

    rows: int
    tasks: dict[str, TaskStats]
    lessons: dict[str, int]
    strata: dict[str, int]
    refers: dict[str, int]
    """How the programs of SFT rows find their objects."""
    pass_rates: dict[str, int]
    """Of good answers: "1.00" for all further layouts passed, "none" without any."""
    similarity: dict[str, int]
    """Of pairs, in tenths."""
    answer_chars: Spread | None
    """Of all answers."""
    length_gap: float | None
    """Mean length of what is chosen less that of what is rejected, in characters."""


def spread(values: Sequence[int]) -> Spread:
    """Least, middle and most of some numbers."""
    return Spread(least=min(values), middle=round(median(values)), most=max(values))


def kind_stats(rows: Sequence[Row]) -> KindStats:
    """Count the rows of one kind and split; there must be some."""
    by_task: dict[str, list[Row]] = {}
    for row in rows:
        by_task.setdefault(row.task, []).append(row)
    pairs = [row for row in rows if isinstance(row, PairRow)]
    near = [row.similarity for row in pairs if row.similarity is not None]
    answers = [len(text) for row in rows for text in row.answers()]
    gaps = [len(one) - len(other) for one, other in (row.answers() for row in pairs)]
    return KindStats(
        rows=len(rows),
        tasks={task: _task_stats(some) for task, some in sorted(by_task.items())},
        lessons=_counted(row.kind_of_lesson for row in rows),
        strata=_counted(row.stratum.value for row in pairs),
        refers=_counted(row.refers for row in rows if isinstance(row, SftRow)),
        pass_rates=_counted(_rate(rate) for row in rows for rate in _good_rates(row)),
        similarity=_counted(f"{min(int(value * 10), 9) / 10:.1f}" for value in near),
        answer_chars=spread(answers) if answers else None,
        length_gap=round(sum(gaps) / len(gaps), 1) if gaps else None,
    )


def _task_stats(rows: Sequence[Row]) -> TaskStats:
    programs = {extract_program(text).program for row in rows for text in _good_answers(row)}
    return TaskStats(
        rows=len(rows),
        distinct=sum("#" not in row.id for row in rows),
        instances=len({row.instance for row in rows}),
        programs=len({program_key(program) for program in programs if program}),
        chars=spread([characters(row) for row in rows]),
    )


def _good_answers(row: Row) -> tuple[str, ...]:
    if isinstance(row, KtoRow) and not row.label:
        return ()
    return row.answers()[:1]


def _good_rates(row: Row) -> tuple[float | None, ...]:
    if isinstance(row, SftRow) or (isinstance(row, KtoRow) and row.label):
        return (row.pass_rate,)
    return (row.chosen_pass_rate,) if isinstance(row, PairRow) else ()


def _rate(rate: float | None) -> str:
    return "none" if rate is None else f"{rate:.2f}"


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def dataset_stats(directory: Path, manifest: Manifest) -> dict[Kind, dict[Split, KindStats]]:
    """Of every kind and split.

    Raises:
        DatasetDamaged: a file cannot be read.
    """
    return {
        kind: {split: kind_stats(list(read_rows(directory, manifest, kind, split))) for split in splits}
        for kind, splits in manifest.counts.items()
    }
