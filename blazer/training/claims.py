"""What a data set claims of programs, as things that can be run again.

A claim is one program on one instance and what must come of it: a good answer succeeds, a rejected one
fails. Equal claims of several rows are made once. A rejected reply without a program, or one that the
policy refuses, is held to that.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from blazer.agents.extract import extract_program
from blazer.core.outcomes import Outcome, Stratum
from blazer.core.rng import stream_seed
from blazer.training.rows import KtoRow, PairRow, Row, SftRow


class Expected(StrEnum):
    """What must come of a program."""

    SUCCESS = "success"
    FAILURE = "failure"
    REFUSED = "refused"
    """By the language policy, unseen by any robot."""
    NO_PROGRAM = "no_program"
    """The reply holds none."""


class Claim(NamedTuple):
    """One program, where it ran, and what must come of it."""

    task: str
    seed: int
    instance: str
    reply: str
    expected: Expected
    row_id: str
    """The first that makes it."""

    @property
    def program(self) -> str | None:
        """As it is read from the reply; None if there is none."""
        return extract_program(self.reply).program


def claims_of(rows: Iterable[Row]) -> list[Claim]:
    """All claims of some rows, each once, in the order of the rows."""
    found: dict[tuple[str, str], Claim] = {}
    for row in rows:
        for reply, expected in _claimed(row):
            program = extract_program(reply).program
            key = (row.instance, reply if program is None else program)
            claim = Claim(row.task, row.seed, row.instance, reply, expected, row.id)
            found.setdefault(key, claim)
    return list(found.values())


def sampled(claims: list[Claim], number: int, seed: int) -> list[Claim]:
    """A drawn sample, in its original order; the drawing takes expectations in turn.

    So that failures are run again too where a sample is small beside the many successes.
    """
    drawn: dict[Expected, list[Claim]] = {}
    for claim in sorted(claims, key=lambda claim: stream_seed(seed, "claim", claim.row_id, claim.expected)):
        drawn.setdefault(claim.expected, []).append(claim)
    chosen: list[Claim] = []
    while len(chosen) < min(number, len(claims)):
        for expected in sorted(drawn):
            if drawn[expected] and len(chosen) < number:
                chosen.append(drawn[expected].pop(0))
    kept = set(chosen)
    return [claim for claim in claims if claim in kept]


def _claimed(row: Row) -> list[tuple[str, Expected]]:
    if isinstance(row, SftRow):
        return [(row.completion[0].content, Expected.SUCCESS)]
    if isinstance(row, KtoRow):
        return [(row.completion[0].content, _expected_of(row.outcome))]
    if isinstance(row, PairRow):
        fragile = row.stratum is Stratum.ROBUSTNESS
        worse = Expected.SUCCESS if fragile else _expected_of(row.rejected_outcome)
        return [(row.chosen[0].content, Expected.SUCCESS), (row.rejected[0].content, worse)]
    return []


def _expected_of(outcome: Outcome) -> Expected:
    match outcome:
        case Outcome.SUCCESS:
            return Expected.SUCCESS
        case Outcome.POLICY_REJECTED:
            return Expected.REFUSED
        case Outcome.FORMAT_FAULT:
            return Expected.NO_PROGRAM
        case _:
            return Expected.FAILURE


class Settled(NamedTuple):
    """A claim, and what came of it."""

    claim: Claim
    found: str
    """An outcome's name, or `refused`, or `no_program`."""

    @property
    def holds(self) -> bool:
        """Whether it is as the data set says."""
        if self.claim.expected is Expected.FAILURE:
            undecided = (Outcome.SUCCESS, Outcome.INFRA_ERROR, Outcome.CANCELLED)
            return self.found not in {*(outcome.value for outcome in undecided), Expected.NO_PROGRAM.value}
        return self.found == self.claim.expected.value
