"""The report of an evaluation: `report.md`, `report.html` in one file, and its pictures.

Every figure comes from the record, so that the report can be written again without running anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from blazer.eval.evaluation.document import Picture, to_html, to_markdown
from blazer.eval.evaluation.errors import EvaluationError
from blazer.eval.evaluation.pictures import plot_curve, plot_failures, plot_success
from blazer.eval.evaluation.result import CurvePoint, Evaluation
from blazer.eval.evaluation.sections import lead_of, sections_of, title_of

__all__ = ["CurvePoint", "write_report"]

MARKDOWN, HTML = "report.md", "report.html"


def write_report(evaluation: Evaluation, out: Path, curve: Sequence[CurvePoint] = ()) -> list[Path]:
    """Write the report into `out`; the paths written.

    Args:
        evaluation: What to report.
        out: Directory; made if it is not there.
        curve: Success over rounds, where there were rounds.

    Raises:
        ConfigError: matplotlib is not installed.
        EvaluationError: if the files cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        pictures = [
            Picture(out / "success.png", "Strict success of every model on every task, with 95 % intervals."),
            Picture(out / "failures.png", "How the episodes of every model ended."),
        ]
        plot_success(evaluation, pictures[0].path)
        plot_failures(evaluation, pictures[1].path)
        if curve:
            pictures.append(Picture(out / "curve.png", "Strict success over rounds, with 95 % intervals."))
            plot_curve(curve, pictures[2].path)
        sections = sections_of(evaluation, pictures)
        title, lead = title_of(evaluation), lead_of(evaluation)
        (out / MARKDOWN).write_text(to_markdown(title, lead, sections), encoding="utf-8")
        (out / HTML).write_text(to_html(title, lead, sections), encoding="utf-8")
    except OSError as error:
        raise EvaluationError(
            f"cannot write the report into {out} ({error}); give another directory"
        ) from None
    return [out / MARKDOWN, out / HTML, *(picture.path for picture in pictures)]
