"""`blazer study report`: `results.md`, `results.json`, pictures, manifest, into one directory."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from blazer.bootstrap.results import Results, gather
from blazer.bootstrap.results_page import TITLE, lead_of, sections_of
from blazer.bootstrap.results_plots import plot_ablation
from blazer.bootstrap.settings import StudySettings
from blazer.bootstrap.steps import WorkDir, write_json
from blazer.bootstrap.study import EVALUATIONS, OUTSIDE
from blazer.core.records import Record
from blazer.eval.evaluation.document import to_markdown
from blazer.eval.evaluation.evaluate import read_evaluation
from blazer.eval.evaluation.pictures import plot_failures, plot_success
from blazer.eval.evaluation.result import Evaluation

PLACE = "STUDY"
"""Stands for the study's directory in what is written."""
PAGE, RECORD, FOLDER, MANIFEST = "results.md", "results.json", "results", "manifest.json"


def write_results(
    settings: StudySettings, place: WorkDir, out: Path, command: str
) -> tuple[Results, list[Path]]:
    """Write what the study came to so far.

    Args:
        settings: Of the study.
        place: Where it was run.
        out: Directory of page and record; pictures and manifest go into its `results`, which is made anew.
        command: With which it was run, for the reader.

    Raises:
        ConfigError: matplotlib is not installed.
        EvaluationError, WorkDamaged: a file of a finished step cannot be read.
    """
    results = gather(settings, place)
    main, outside = _evaluation(place, EVALUATIONS["main"]), _evaluation(place, OUTSIDE)
    folder = out / FOLDER
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    pictures: dict[str, Path] = {}
    if results.models and main is not None:
        pictures |= {name: folder / f"{name}.png" for name in ("main-success", "main-failures")}
        plot_success(main, pictures["main-success"])
        plot_failures(main, pictures["main-failures"])
    if results.outside_models and outside is not None:
        pictures["outside-success"] = folder / "outside-success.png"
        plot_success(outside, pictures["outside-success"])
    for ablation in results.ablations:
        pictures[ablation.part] = folder / f"{ablation.part}.png"
        plot_ablation(ablation, pictures[ablation.part])
    sections = sections_of(
        results,
        main if results.models else None,
        outside if results.outside_models else None,
        pictures,
        command,
    )
    page = to_markdown(TITLE, lead_of(results), sections)
    for path in pictures.values():
        page = page.replace(f"]({path.name})", f"]({FOLDER}/{path.name})")
    (out / PAGE).write_text(page.replace(str(place.root), PLACE), encoding="utf-8")
    write_json(out / RECORD, _anywhere(results, place))
    write_json(folder / MANIFEST, _anywhere(results.manifest, place))
    return results, [out / PAGE, out / RECORD, folder / MANIFEST, *pictures.values()]


def _anywhere(record: Record, place: WorkDir) -> dict[str, Any]:
    """Without the path of where it was made, which says nothing to others."""
    return dict(json.loads(record.model_dump_json().replace(str(place.root), PLACE)))


def _evaluation(place: WorkDir, step: str) -> Evaluation | None:
    return read_evaluation(place.out(step)) if place.done(step) else None
