"""`blazer study report`: `results.md`, `results.json`, pictures, manifest, into one directory."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from blazer.bootstrap.results import Results, gather
from blazer.bootstrap.results_page import TITLE, lead_of, sections_of
from blazer.bootstrap.results_plots import plot_ablation
from blazer.bootstrap.settings import StudySettings
from blazer.bootstrap.steps import WorkDir, write_json
from blazer.bootstrap.study import EVALUATIONS, OUTSIDE
from blazer.core.errors import UsageError
from blazer.core.records import Record
from blazer.eval.evaluation.document import to_markdown
from blazer.eval.evaluation.evaluate import read_evaluation
from blazer.eval.evaluation.pictures import plot_failures, plot_success
from blazer.eval.evaluation.result import Evaluation, ModelResult

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
        out: Directory of page and record; pictures and manifest go into its `results`, where those
            of an earlier report are replaced and nothing else is touched.
        command: With which it was run, for the reader.

    Raises:
        UsageError: there is no study in `place`; nothing was written.
        ConfigError: matplotlib is not installed.
        EvaluationError, WorkDamaged: a file of a finished step cannot be read.
    """
    if not (place.root / "steps").is_dir():
        raise UsageError(f"{place.root} holds no study (no steps/); give the --work that it was run with")
    results = gather(settings, place)
    main = _evaluation(place, EVALUATIONS["main"], results.models)
    outside = _evaluation(place, OUTSIDE, results.outside_models)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".report-") as name:
        fresh = Path(name)
        pictures = _draw(results, main, outside, fresh)
        page = to_markdown(TITLE, lead_of(results), sections_of(results, main, outside, pictures, command))
        for path in pictures.values():
            page = page.replace(f"]({path.name})", f"]({FOLDER}/{path.name})")
        (fresh / PAGE).write_text(page.replace(str(place.root), PLACE), encoding="utf-8")
        write_json(fresh / RECORD, _anywhere(results, place))
        files = [*(path.name for path in pictures.values()), MANIFEST]
        write_json(fresh / MANIFEST, {"files": files} | _anywhere(results.manifest, place))
        _swap(fresh, out, files)
    return results, [out / PAGE, out / RECORD, *(out / FOLDER / name for name in reversed(files))]


def _draw(
    results: Results, main: Evaluation | None, outside: Evaluation | None, folder: Path
) -> dict[str, Path]:
    pictures: dict[str, Path] = {}
    if main is not None:
        pictures |= {name: folder / f"{name}.png" for name in ("main-success", "main-failures")}
        plot_success(main, pictures["main-success"])
        plot_failures(main, pictures["main-failures"])
    if outside is not None:
        pictures["outside-success"] = folder / "outside-success.png"
        plot_success(outside, pictures["outside-success"])
    for ablation in results.ablations:
        pictures[ablation.part] = folder / f"{ablation.part}.png"
        plot_ablation(ablation, pictures[ablation.part])
    return pictures


def _swap(fresh: Path, out: Path, files: Sequence[str]) -> None:
    """Put a report that is whole in the place of the one before; whatever else lies there stays."""
    folder = out / FOLDER
    folder.mkdir(exist_ok=True)
    stale = _files_of(folder) - set(files)
    for name in files:
        (fresh / name).replace(folder / name)
    for name in (RECORD, PAGE):
        (fresh / name).replace(out / name)
    for name in stale:
        (folder / name).unlink(missing_ok=True)


def _files_of(folder: Path) -> set[str]:
    """What the manifest of an earlier report names as written with it, bare names in its directory alone."""
    try:
        named = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {
        name for name in named if isinstance(name, str) and name == Path(name).name and name.endswith(".png")
    }


def _anywhere(record: Record, place: WorkDir) -> dict[str, Any]:
    """Without the path of where it was made, which says nothing to others."""
    return dict(json.loads(record.model_dump_json().replace(str(place.root), PLACE)))


def _evaluation(place: WorkDir, step: str, models: tuple[ModelResult, ...]) -> Evaluation | None:
    """With the models as the results name what they were trained on."""
    return read_evaluation(place.out(step)).model_copy(update={"models": models}) if models else None
