"""The check that nothing learnt is ever tested on. It reads rows alone, so it runs on files too.

On both sides of a split there may be no instance, no seed of a task, no prompt, and no program that
holds its instance's own numbers. A program that asks for objects by their properties is the right
answer to many instances and may be on both sides; how many validation answers train has word for
word is counted and reported, not refused. No row may have a seed that is kept for evaluation.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from blazer.agents.extract import extract_program
from blazer.core.records import Record
from blazer.core.seeds import EVALUATION_SEED_RANGE, is_evaluation_seed
from blazer.training.attempts import Attempt, messages_key
from blazer.training.errors import LeakError
from blazer.training.programs import program_key, refers
from blazer.training.rows import Row, Split
from blazer.training.settings import Kind

Rows = Mapping[Kind, Mapping[Split, Iterable[Row]]]


class LeakReport(Record):
    """What was looked at, and what the sides share by right."""

    rows: int
    instances: dict[str, int]
    """Of every split."""
    answers_shared: int
    """Distinct answers outside train that train has too; none of them holds an instance's numbers."""
    answers_outside: int
    """Distinct answers outside train."""


class _Side:
    """What the rows of one split hold; each thing with a row to name."""

    def __init__(self) -> None:
        self.things: dict[str, dict[Hashable, str]] = {"instance": {}, "task and seed": {}, "prompt": {}}
        self.answers: dict[str, str] = {}
        self.pasted: dict[str, str] = {}

    def note(self, row: Row) -> None:
        self.things["instance"][row.instance] = row.id
        self.things["task and seed"][(row.task, row.seed)] = row.id
        self.things["prompt"][messages_key(row.prompt)] = row.id
        state = "\n".join(message.content for message in row.prompt)
        for text in row.answers():
            program = extract_program(text).program
            if program is None:
                continue
            key = program_key(program)
            self.answers[key] = row.id
            if refers(program, state, ()) == "pasted":
                self.pasted[key] = row.id


def check_seeds(attempts: Iterable[Attempt]) -> None:
    """Refuse attempts on seeds that are kept for evaluation, while it is still known whose they are.

    Raises:
        LeakError: naming their runs, and how to select the others.
    """
    known = list(attempts)
    kept = sorted({item.question.seed for item in known if is_evaluation_seed(item.question.seed)})
    if not kept:
        return
    first, stop = EVALUATION_SEED_RANGE
    theirs = sorted({item.run_id for item in known if is_evaluation_seed(item.question.seed)})
    others = sorted({item.run_id for item in known} - set(theirs))
    remedy = (
        f"leave them out with --runs {','.join(others)}"
        if others
        else "there is no other run here; `blazer collect` makes one on smaller seeds, into --store another"
    )
    raise LeakError(
        f"traces of {'run' if len(theirs) == 1 else 'runs'} {', '.join(theirs)} have seeds "
        f"({kept[0]}{f' to {kept[-1]}' if len(kept) > 1 else ''}) of those that are kept for evaluation "
        f"({first} to {stop - 1}), so no data set may hold them; {remedy}"
    )


def check_leaks(rows: Rows, held_out_tasks: Iterable[str] = ()) -> LeakReport:
    """Hold every split against every other.

    Args:
        rows: Of every kind and split.
        held_out_tasks: Tasks that only the split `held_out` may have.

    Raises:
        LeakError: naming the split, the kind of thing and a row of each side.
    """
    sides: dict[Split, _Side] = {}
    count = 0
    kept_out = set(held_out_tasks)
    for kind, splits in rows.items():
        for split, some in splits.items():
            side = sides.setdefault(split, _Side())
            for row in some:
                count += 1
                _check_row(row, kind, split, kept_out)
                side.note(row)
    names = list(sides)
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            _compare(one, sides[one], other, sides[other])
    train = set(sides["train"].answers) if "train" in sides else set()
    outside: set[str] = set().union(*(side.answers for name, side in sides.items() if name != "train"))
    return LeakReport(
        rows=count,
        instances={name: len(side.things["instance"]) for name, side in sides.items()},
        answers_shared=len(train & outside),
        answers_outside=len(outside),
    )


def _check_row(row: Row, kind: Kind, split: Split, kept_out: set[str]) -> None:
    if is_evaluation_seed(row.seed):
        first, stop = EVALUATION_SEED_RANGE
        raise LeakError(
            f"{kind} row {row.id} in {split} has seed {row.seed} of {row.task}, which is kept for evaluation "
            f"({first} to {stop - 1}); build the data set anew of other runs (--runs)"
        )
    if (row.task in kept_out) != (split == "held_out"):
        raise LeakError(
            f"{kind} row {row.id} of {row.task} is in {split}; held-out tasks "
            f"({', '.join(sorted(kept_out)) or 'none'}) belong in held_out, and nothing else does"
        )


def _compare(one: Split, ones: _Side, other: Split, others: _Side) -> None:
    for what, known in ones.things.items():
        _refuse_common(what, one, known, other, others.things[what])
    what = "program with its instance's numbers"
    _refuse_common(what, one, ones.pasted, other, others.answers)
    _refuse_common(what, one, ones.answers, other, others.pasted)


def _refuse_common(
    what: str, one: Split, ones: Mapping[Any, str], other: Split, others: Mapping[Any, str]
) -> None:
    for thing in sorted(ones.keys() & others.keys(), key=str)[:1]:
        raise LeakError(
            f"the same {what} is in {one} (row {ones[thing]}) and in {other} (row {others[thing]}); "
            "a model would be tested on what it was taught"
        )
