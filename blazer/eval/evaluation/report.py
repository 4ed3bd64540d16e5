"""The report of an evaluation: `report.md`, `report.html`, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from blazer.core.records import Record
from blazer.eval.evaluation.result import Evaluation


class CurvePoint(Record):
    """One model's success after one round, for the learning curve."""

    round: int
    name: str
    """Which line it is on: `sft`, `dpo`."""
    success_strict: float
    ci_low: float
    ci_high: float
    n: int


def write_report(evaluation: Evaluation, out: Path, curve: Sequence[CurvePoint] = ()) -> list[Path]:
    """Write the report into `out`; the paths written.

    Args:
        evaluation: What to report.
        out: Directory.
        curve: Success over rounds, where there were rounds.
    """
    raise NotImplementedError("written next")
