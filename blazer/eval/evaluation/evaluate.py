"""Models x tasks x held-out seeds: run, score, compare, write `eval.json`. The same call goes on.

Everything that can be known to be wrong is looked at before the first episode: tasks, cards, leaks. The
decision to question: rates are means over tasks, not over episodes; see `result`.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from pydantic import ValidationError

import blazer
from blazer.agents.local.source import is_local
from blazer.agents.opening import OpenRun
from blazer.agents.provenance import code_digest
from blazer.core.digest import digest
from blazer.core.run_card import RunCard
from blazer.eval.evaluation.compare import compare
from blazer.eval.evaluation.episodes import EpisodeResult, write_episodes
from blazer.eval.evaluation.errors import EvaluationError
from blazer.eval.evaluation.leak import card_of, check_seeds
from blazer.eval.evaluation.result import EPISODES, EVALUATION, Evaluation, Group, ModelResult
from blazer.eval.evaluation.running import missing_episodes, run_config, run_model
from blazer.eval.evaluation.scoring import score_model
from blazer.eval.evaluation.settings import EvalModel, EvalSettings
from blazer.tasks.library import get_task, task_names
from blazer.tasks.spec import TaskSpec

_LIBRARIES = ("torch", "transformers", "peft")


async def evaluate(
    settings: EvalSettings,
    open_run: OpenRun,
    out: Path,
    on_model: Callable[[EvalModel, int], None] = lambda model, missing: None,
) -> Evaluation:
    """Run what is missing, and score and compare everything.

    Args:
        settings: What to evaluate.
        open_run: Opens sandbox and store of a run.
        out: Directory of `eval.json`, `episodes.csv` and the store of traces.
        on_model: Told of each model, and how many of its episodes are to be run, before they are.

    Raises:
        UnknownNameError: for an unknown task.
        SeedLeak: if a model was trained on seeds kept for evaluation; nothing was run.
        UnfinishedEvaluation: if a run stopped before its end; the same call goes on.
        EmptyEvaluation: if nothing was decided for a model and task.
        BlazerError: whatever opening and collecting raise.
    """
    specs = {name: settings.specs.get(name) or get_task(name) for name in settings.tasks}
    cards = {model.name: card_of(model) for model in settings.models}
    checks = {
        model.name: check_seeds(model, cards[model.name], settings.tasks, settings.seeds)
        for model in settings.models
    }
    configs = {model.name: run_config(settings, model) for model in settings.models}
    groups = groups_of(settings.tasks)
    _make(out)
    results: list[ModelResult] = []
    episodes: dict[str, Sequence[EpisodeResult]] = {}
    for model in settings.models:
        card = cards[model.name]
        config = configs[model.name]
        on_model(model, missing_episodes(out, config, specs))
        run = await run_model(config, specs, open_run, out)
        results.append(score_model(settings, model, run, groups, card, checks[model.name]))
        episodes[model.name] = run.episodes.decided
    evaluation = _evaluation(settings, specs, cards, results, episodes)
    write_episodes(out / EPISODES, episodes)
    _write(out / EVALUATION, evaluation)
    return evaluation


def groups_of(tasks: Sequence[str]) -> dict[Group, tuple[str, ...]]:
    """Tasks of the training pool and those outside it; a group without a task is not there."""
    pool = task_names("train")
    groups: dict[Group, tuple[str, ...]] = {
        "pool": tuple(task for task in tasks if task in pool),
        "outside": tuple(task for task in tasks if task not in pool),
    }
    return {group: some for group, some in groups.items() if some}


def read_evaluation(out: Path) -> Evaluation:
    """The evaluation in a directory.

    Raises:
        EvaluationError: if there is none, or it cannot be read.
    """
    path = out / EVALUATION
    try:
        return Evaluation.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise EvaluationError(
            f"{path} is no evaluation ({reason}); `blazer eval --out {out}` makes one"
        ) from None


def _evaluation(
    settings: EvalSettings,
    specs: Mapping[str, TaskSpec],
    cards: Mapping[str, RunCard | None],
    results: Sequence[ModelResult],
    episodes: Mapping[str, Sequence[EpisodeResult]],
) -> Evaluation:
    groups = groups_of(settings.tasks)
    return Evaluation(
        settings=settings,
        models=tuple(results),
        comparisons=tuple(
            compare(
                first,
                second,
                episodes,
                settings.tasks,
                groups=groups,
                seed=settings.seed,
                resamples=settings.resamples,
            )
            for first, second in settings.pairs
        ),
        task_digests={name: digest(spec) for name, spec in specs.items()},
        groups=groups,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=_versions(settings),
        notes=tuple(_notes(settings, cards, results)),
    )


def _notes(
    settings: EvalSettings, cards: Mapping[str, RunCard | None], results: Sequence[ModelResult]
) -> list[str]:
    notes = []
    for result in results:
        if result.undecided:
            notes.append(
                f"{result.name}: {result.undecided} episodes are undecided (infrastructure) and in no rate; "
                "the same command tries them again."
            )
        if abs(result.pooled_strict - result.success_strict) > 1e-9:
            notes.append(
                f"{result.name}: tasks differ in decided episodes; the mean over tasks is "
                f"{100 * result.success_strict:.1f} %, the share of all episodes "
                f"{100 * result.pooled_strict:.1f} %."
            )
    for model in settings.models:
        if not model.built_in and cards[model.name] is None:
            notes.append(f"{model.name}: nothing is known of its training data, so no leak can be excluded.")
    return notes


def _versions(settings: EvalSettings) -> dict[str, str]:
    found = {"blazer": blazer.__version__, "code": code_digest(), "python": platform.python_version()}
    if any(is_local(model.spec) for model in settings.models):
        for name in _LIBRARIES:
            try:
                found[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                continue
    return found


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EvaluationError(f"cannot make the directory {out} ({error.strerror}); give another") from None


def _write(path: Path, evaluation: Evaluation) -> None:
    """Whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(evaluation.model_dump_json(indent=1) + "\n", encoding="utf-8")
    partial.replace(path)
