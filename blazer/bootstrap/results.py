"""What a study came to, read from its steps' proofs: the record behind `docs/results.json`.

Everything is computed from what is on disk, at any time: a study that is not finished has results that
say what is missing. Rows of an ablation that come from the main part are counted on the ablation's
seeds alone, so that all rows of one table have seen the same layouts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from statistics import fmean
from typing import Any, Literal

from pydantic import JsonValue

from blazer.agents.local.source import is_local
from blazer.bootstrap.aims import Aim, aims_of, in_budget, outcomes_of
from blazer.bootstrap.held_out import TrainedOn, step_names, trained_on
from blazer.bootstrap.presets import CONTROLS
from blazer.bootstrap.running import look
from blazer.bootstrap.settings import StudySettings
from blazer.bootstrap.steps import Done, Status, WorkDir
from blazer.bootstrap.study import EVALUATIONS, OUTSIDE, PARTS, Part, StudyPlan, Variant, plan_study
from blazer.core.outcomes import Outcome
from blazer.core.records import Record
from blazer.eval.evaluation.compare import compare, compare_failures
from blazer.eval.evaluation.episodes import EpisodeResult, read_episodes
from blazer.eval.evaluation.evaluate import read_evaluation
from blazer.eval.evaluation.result import EPISODES, Comparison, Difference, Evaluation, ModelResult
from blazer.eval.evaluation.statistics import wilson_effective
from blazer.training.manifest import MANIFEST
from blazer.training.reading import read_manifest, read_rows
from blazer.training.rows import PairRow

REFERENCE = "sft"
"""Main row that rows of ablations are compared with."""


class AblationRow(Record):
    """One model of an ablation."""

    name: str
    label: str
    x: float | None
    line: str
    success_strict: float
    success_paper: float
    n: int
    ci_low: float
    ci_high: float
    against_sft: Difference | None
    """Strict, paired with the main SFT student; None for itself."""
    shown_failures: Difference | None
    """Share of episodes that failed in a way that the preference data held, likewise."""
    control: str | None = None
    """Row that learned from the good answers of the same data alone, at the same rate."""
    against_control: Difference | None = None
    """Strict, paired with that row."""
    parameters: int | None
    steps: int | None
    rows: int | None
    """Of its last training."""
    metrics: dict[str, float]
    """Likewise, as last reported."""


class Ablation(Record):
    """One question."""

    part: Part
    seeds: int
    """Of each task."""
    rows: tuple[AblationRow, ...]


class Preferences(Record):
    """The preference pairs of the main part."""

    step: str
    rows: int
    distinct: int
    """Without the copies that balance the tasks."""
    writers: dict[str, int]
    """Who wrote the chosen and who the rejected side, by name -> rows."""


class StepInfo(Record):
    """One step in the manifest."""

    name: str
    part: str
    kind: str
    inputs: str
    digest: str
    wall_s: float
    tries: int
    begun_at: str
    ended_at: str
    peak_gb: float
    code: str
    facts: dict[str, JsonValue]


class Manifest(Record):
    """How results were made."""

    settings: dict[str, Any]
    steps: tuple[StepInfo, ...]
    machines: tuple[str, ...]
    versions: dict[str, str]
    """Of the latest step."""
    mixed: tuple[str, ...]
    """What differed between steps: libraries, or Blazer's own code."""
    wall_s: dict[str, float]
    """Part -> all its steps."""
    held_out: tuple[TrainedOn, ...]
    """Every data set behind a student, with its seeds and how many of them were evaluated."""


class NotRun(Record):
    """A step without a result."""

    step: str
    part: str
    state: str
    reason: str


class Results(Record):
    """All of it."""

    schema_version: Literal[1] = 1
    created_at: str
    complete: bool
    models: tuple[ModelResult, ...]
    """On the pool's tasks."""
    comparisons: tuple[Comparison, ...]
    outside_models: tuple[ModelResult, ...]
    """On tasks that no data set holds."""
    outside_comparisons: tuple[Comparison, ...]
    aims: tuple[Aim, ...]
    shown_failures: dict[str, int]
    """Ways of failing in the preference data of the main part -> pairs."""
    data: dict[str, JsonValue]
    """Of the main data set, which SFT learned from."""
    preferences: Preferences | None = None
    """What DPO of the main part learned from; another data set where the study is on-policy."""
    ablations: tuple[Ablation, ...]
    not_run: tuple[NotRun, ...]
    manifest: Manifest


def gather(settings: StudySettings, place: WorkDir) -> Results:
    """What there is so far.

    Raises:
        EvaluationError, WorkDamaged: a file of a finished step cannot be read.
    """
    plan = plan_study(settings, place)
    statuses = look(plan.steps, place)
    found = _Gathered(settings, place, plan, statuses)
    main, outside = found.evaluation(EVALUATIONS["main"]), found.evaluation(OUTSIDE)
    return Results(
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        complete=all(status.state == "done" for status in statuses),
        models=main.models if main else (),
        comparisons=main.comparisons if main else (),
        outside_models=outside.models if outside else (),
        outside_comparisons=outside.comparisons if outside else (),
        aims=tuple(found.aims(main)),
        shown_failures=found.shown,
        data=dict(found.facts("data")),
        preferences=found.preferences(),
        ablations=tuple(found.ablations()),
        not_run=tuple(_not_run(statuses, place)),
        manifest=_manifest(settings, statuses, found.held_out()),
    )


class _Gathered:
    """The finished steps of a study."""

    def __init__(
        self, settings: StudySettings, place: WorkDir, plan: StudyPlan, statuses: Sequence[Status]
    ) -> None:
        self._settings, self._place, self._plan = settings, place, plan
        self._done = {status.step.name: status.done for status in statuses if status.done}
        self._parts = {status.step.name: status.step.part for status in statuses}
        pairs = self.facts("own-data" if settings.on_policy else "data").get("shown_failures")
        self.shown: dict[str, int] = (
            {str(name): int(count) for name, count in pairs.items() if isinstance(count, int)}
            if isinstance(pairs, dict)
            else {}
        )

    def facts(self, step: str) -> dict[str, JsonValue]:
        """Of a step; none where it is not done."""
        return self._done[step].made.facts if step in self._done else {}

    def preferences(self) -> Preferences | None:
        """Of the data set that DPO learned from, by its own rows."""
        step = "own-data" if self._settings.on_policy else "data"
        directory = self._place.out(step)
        if step not in self._done or not (directory / MANIFEST).is_file():
            return None
        manifest = read_manifest(directory)
        rows = [row for row in read_rows(directory, manifest, "dpo", "train") if isinstance(row, PairRow)]
        writers = Counter(f"{_writer(r.chosen_model)} over {_writer(r.rejected_model)}" for r in rows)
        distinct = manifest.counts["dpo"]["train"].distinct if rows else 0
        return Preferences(step=step, rows=len(rows), distinct=distinct, writers=dict(writers.most_common()))

    def evaluation(self, step: str) -> Evaluation | None:
        """What a step made, if it is done; data sets bear the names of their steps."""
        return named(read_evaluation(self._place.out(step)), self._done) if step in self._done else None

    def held_out(self) -> list[TrainedOn]:
        """The seeds behind all students, against those of the evaluations."""
        found = [self.evaluation(step) for step in (*EVALUATIONS.values(), OUTSIDE)]
        return trained_on(self._done, self._place, [one.settings.seeds for one in found if one is not None])

    def _episodes(self, step: str) -> dict[str, tuple[EpisodeResult, ...]]:
        return read_episodes(self._place.out(step) / EPISODES) if step in self._done else {}

    @property
    def _kinds(self) -> frozenset[Outcome]:
        return outcomes_of(self.shown)

    def aims(self, main: Evaluation | None) -> list[Aim]:
        """For what there is."""
        if main is None:
            return []
        settings = self._settings
        aims = aims_of(
            {model.name: model for model in main.models}, self._episodes(EVALUATIONS["main"]),
            settings.task_list, self._kinds, seeds_each=settings.test.seeds, seed=settings.seed,
            resamples=settings.test.resamples,
        )  # fmt: skip
        names = [name for name, part in self._parts.items() if part == "main"]
        whole = all(name in self._done for name in names)
        wall_s = sum(self._spent_s(name) for name in names)
        if whole or wall_s > settings.budget_s:
            protocol = all(aim.protocol for aim in aims)
            aims.append(in_budget(wall_s, settings.budget_s, protocol=protocol, whole=whole))
        return aims

    def _spent_s(self, name: str) -> float:
        """On a step, in tries that were interrupted too."""
        if name in self._done:
            return self._done[name].wall_s
        begun = self._place.begun(name)
        return begun.spent_s if begun is not None else 0.0

    def ablations(self) -> list[Ablation]:
        """Those that were evaluated."""
        start, stop = self._settings.test.range(self._settings.ablation_seeds)
        main = {
            name: tuple(episode for episode in episodes if start <= episode.seed < stop)
            for name, episodes in self._episodes(EVALUATIONS["main"]).items()
        }
        found = []
        for part in PARTS[1:]:
            if EVALUATIONS[part] in self._done and main:
                episodes = {**main, **self._episodes(EVALUATIONS[part])}
                rows = [
                    self._row(variant, episodes)
                    for variant in self._plan.variants[part]
                    if variant.name in episodes
                ]
                found.append(Ablation(part=part, seeds=stop - start, rows=tuple(rows)))
        return found

    def _row(self, variant: Variant, episodes: dict[str, tuple[EpisodeResult, ...]]) -> AblationRow:
        own, tasks, settings = episodes[variant.name], self._settings.task_list, self._settings
        strict = fmean(fmean(e.strict for e in own if e.task == task) for task in tasks)
        paper = fmean(fmean(e.paper for e in own if e.task == task) for task in tasks)
        low, high = wilson_effective(strict, float(len(own)))
        seed, resamples = settings.seed, settings.test.resamples
        against = shown = None
        if variant.name != REFERENCE:
            pair = (REFERENCE, variant.name, episodes, tasks)
            against = compare(*pair, seed=seed, resamples=resamples).strict
            shown = compare_failures(*pair, self._kinds, seed=seed, resamples=resamples)
        control, beyond = CONTROLS.get(variant.name), None
        if control is not None and control in episodes:
            pair = (control, variant.name, episodes, tasks)
            beyond = compare(*pair, seed=seed, resamples=resamples).strict
        facts = self._training(variant.name)
        return AblationRow(
            name=variant.name, label=variant.label, x=variant.x, line=variant.line,
            success_strict=strict, success_paper=paper, n=len(own), ci_low=low, ci_high=high,
            against_sft=against, shown_failures=shown,
            control=control if beyond else None, against_control=beyond,
            parameters=_whole(facts, "parameters"), steps=_whole(facts, "steps"), rows=_whole(facts, "rows"),
            metrics=_metrics(facts),
        )  # fmt: skip

    def _training(self, name: str) -> dict[str, JsonValue]:
        """Rows bear the names of their steps, but for the negatives' learner in later rounds."""
        if name in self._done:
            return self.facts(name)
        negatives = self._settings.student.negatives
        return self.facts(name.removesuffix("dpo") + negatives)


def _writer(model: str) -> str:
    """Of the models of a study: its students are directories of its own."""
    return "the student" if is_local(model) else "the teacher"


def _metrics(facts: dict[str, JsonValue]) -> dict[str, float]:
    found = facts.get("metrics")
    if not isinstance(found, dict):
        return {}
    return {name: float(value) for name, value in found.items() if isinstance(value, (int, float))}


def _whole(facts: dict[str, JsonValue], name: str) -> int | None:
    value = facts.get(name)
    return value if isinstance(value, int) else None


def _not_run(statuses: Sequence[Status], place: WorkDir) -> list[NotRun]:
    reasons = {
        "to do": "not run yet",
        "begun": "begun and not finished",
        "changed": "done with other settings or inputs; not repeated yet",
        "gone": "done, but its result is not there any more",
    }
    return [
        NotRun(
            step=status.step.name,
            part=status.step.part,
            state=status.state,
            reason=place.failure(status.step.name) or reasons.get(status.state, status.state),
        )
        for status in statuses
        if status.state != "done"
    ]


def named(evaluation: Evaluation, done: Mapping[str, Done]) -> Evaluation:
    """With data sets named by the steps that made them: their directories are all called `out`."""
    names = step_names(done)

    def renamed(model: ModelResult) -> ModelResult:
        if model.card is None:
            return model
        check, data = model.seeds_check, []
        for one in model.card.data:
            step = names.get(one.digest, one.name)
            check = check.replace(f"{one.name} {one.digest}", f"{step} {one.digest}")
            data.append(one.model_copy(update={"name": step}))
        card = model.card.model_copy(update={"data": tuple(data)})
        return model.model_copy(update={"card": card, "seeds_check": check})

    return evaluation.model_copy(update={"models": tuple(renamed(model) for model in evaluation.models)})


def _manifest(settings: StudySettings, statuses: Sequence[Status], held_out: Sequence[TrainedOn]) -> Manifest:
    done = [(status.step.part, status.done) for status in statuses if status.done is not None]
    wall_s: dict[str, float] = {}
    for part, proof in done:
        wall_s[part] = round(wall_s.get(part, 0.0) + proof.wall_s, 1)
    proofs = [proof for _, proof in done]
    latest = max(proofs, key=lambda proof: proof.ended_at).versions if proofs else {}
    return Manifest(
        settings=settings.model_dump(mode="json"),
        steps=tuple(_step(part, proof) for part, proof in done),
        machines=tuple(dict.fromkeys(proof.machine for proof in proofs)),
        versions=latest,
        mixed=tuple(_mixed(proofs)),
        wall_s=wall_s,
        held_out=tuple(held_out),
    )


def _step(part: str, done: Done) -> StepInfo:
    return StepInfo(
        name=done.name, part=part, kind=done.kind, inputs=done.inputs, digest=done.made.digest,
        wall_s=done.wall_s, tries=done.tries, begun_at=done.begun_at, ended_at=done.ended_at,
        peak_gb=done.peak_gb, code=done.code, facts=done.made.facts,
    )  # fmt: skip


def _mixed(proofs: Sequence[Done]) -> list[str]:
    codes = list(dict.fromkeys(proof.code for proof in proofs))
    found = [f"Blazer's code: {', '.join(codes)}"] if len(codes) > 1 else []
    for name in sorted({name for proof in proofs for name in proof.versions}):
        some = sorted({proof.versions.get(name, "none") for proof in proofs})
        if len(some) > 1:
            found.append(f"{name}: {', '.join(some)}")
    return found
