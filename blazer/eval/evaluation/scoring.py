"""From a model's episodes to its rates: task by task, and their mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from statistics import fmean
from typing import Any

from blazer.agents.run import EpisodeKey
from blazer.core.outcomes import Outcome
from blazer.core.run_card import RunCard
from blazer.eval.evaluation.episodes import EpisodeResult, by_layout
from blazer.eval.evaluation.errors import EmptyEvaluation
from blazer.eval.evaluation.leak import summary_of, trained_tasks
from blazer.eval.evaluation.result import Group, ModelResult, Rates, TaskResult
from blazer.eval.evaluation.running import ModelRun
from blazer.eval.evaluation.settings import EvalModel, EvalSettings
from blazer.eval.evaluation.statistics import effective_n, ks_of, pass_at_k, wilson_effective


def score_model(
    settings: EvalSettings,
    model: EvalModel,
    run: ModelRun,
    groups: Mapping[Group, Collection[str]],
    card: RunCard | None = None,
    seeds_check: str = "",
) -> ModelResult:
    """One model's row.

    Raises:
        EmptyEvaluation: if nothing was decided for some task.
    """
    decided, undecided = run.episodes.decided, run.episodes.undecided
    trained = trained_tasks(card)
    tasks = {
        task: _task(settings, model.name, task, decided, undecided, trained=task in trained)
        for task in settings.tasks
    }
    successes = sum(episode.strict for episode in decided)
    prompt = sum(episode.prompt_tokens for episode in decided)
    completion = sum(episode.completion_tokens for episode in decided)
    return ModelResult(
        **_mean(tasks, decided, undecided).model_dump(),
        groups={
            group: _mean({task: tasks[task] for task in some}, decided, undecided)
            for group, some in groups.items()
        },
        name=model.name,
        spec=model.spec,
        repairs=model.repairs,
        pooled_strict=successes / len(decided),
        tasks=tasks,
        prompt_tokens=prompt,
        completion_tokens=completion,
        tokens_per_success=_each(prompt + completion, successes),
        sandbox_s_per_success=_each(sum(episode.sandbox_s for episode in decided), successes),
        wall_s=run.wall_s,
        wall_s_per_success=None if run.wall_s is None else _each(run.wall_s, successes),
        run_id=run.run_id,
        card=summary_of(card) if card is not None else None,
        seeds_check=seeds_check,
    )


def _mean(
    tasks: Mapping[str, Rates], decided: Sequence[EpisodeResult], undecided: Sequence[EpisodeKey]
) -> Rates:
    """The mean over some tasks."""
    results = list(tasks.values())
    ks = [k for k in results[0].pass_at if all(k in result.pass_at for result in results)]
    return Rates(
        **_rates(
            [episode for episode in decided if episode.task in tasks],
            [key for key in undecided if key.task in tasks],
            strict=fmean(result.success_strict for result in results),
            paper=fmean(result.success_paper for result in results),
        ),
        pass_at={k: fmean(result.pass_at[k] for result in results) for k in ks},
    )


def _task(
    settings: EvalSettings,
    model: str,
    task: str,
    decided: Sequence[EpisodeResult],
    undecided: Sequence[EpisodeKey],
    *,
    trained: bool,
) -> TaskResult:
    own = [episode for episode in decided if episode.task == task]
    lost = [key for key in undecided if key.task == task]
    if not own:
        raise EmptyEvaluation(
            f"no episode of task {task} was decided for model {model} ({len(lost)} undecided), and nothing "
            "has no rate; the same command tries them again"
        )
    return TaskResult(
        **_rates(
            own,
            lost,
            strict=fmean(episode.strict for episode in own),
            paper=fmean(episode.paper for episode in own),
        ),
        pass_at=_pass_at(own, settings.samples),
        trained=trained,
    )


def _rates(
    decided: Sequence[EpisodeResult], undecided: Collection[EpisodeKey], *, strict: float, paper: float
) -> dict[str, Any]:
    layouts = list(by_layout(decided).values())
    sizes = [len(some) for some in layouts]
    of_strict = wilson_effective(
        strict, effective_n([sum(e.strict for e in some) for some in layouts], sizes)
    )
    of_paper = wilson_effective(paper, effective_n([sum(e.paper for e in some) for some in layouts], sizes))
    failures = Counter(e.outcome for e in decided if e.outcome is not Outcome.SUCCESS)
    return {
        "success_strict": strict,
        "success_paper": paper,
        "n": len(decided),
        "undecided": len(undecided),
        "ci_low": of_strict.low,
        "ci_high": of_strict.high,
        "paper_ci_low": of_paper.low,
        "paper_ci_high": of_paper.high,
        "failures": dict(sorted(failures.items(), key=lambda item: (-item[1], item[0]))),
    }


def _pass_at(episodes: Sequence[EpisodeResult], samples: int) -> dict[int, float]:
    """Over the layouts with at least k decided samples."""
    counts = [(len(some), sum(e.strict for e in some)) for some in by_layout(episodes).values()]
    found = {}
    for k in ks_of(samples):
        estimates = [pass_at_k(n, successes, k) for n, successes in counts if n >= k]
        if estimates:
            found[k] = fmean(estimates)
    return found


def _each(total: float, successes: int) -> float | None:
    return total / successes if successes else None
