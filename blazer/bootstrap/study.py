"""The study behind the project's results: the main comparison, and ablations that use what it made.

Parts are lists of steps in one plan. An ablation shares everything with the main part but the one
thing that it asks about: its students begin from the main base, its evaluation is the first held-out
seeds of the main one, and where the amount of data is in question the number of optimizer steps is
the main student's. So its rows are compared, layout by layout, with the main rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from blazer.agents.opening import OpenRun
from blazer.bootstrap.child import Runner, in_child
from blazer.bootstrap.loop import Round, plan_round
from blazer.bootstrap.making import Learner, Maker, check_names, check_student
from blazer.bootstrap.running import Event, Ran, run_steps
from blazer.bootstrap.settings import TINY, StudySettings, expand
from blazer.bootstrap.steps import Step, WorkDir
from blazer.core.errors import UnknownNameError
from blazer.eval.evaluation.settings import EvalModel

Part = Literal["main", "share", "size", "negatives", "rounds"]
PARTS: tuple[Part, ...] = get_args(Part)
EVALUATIONS: dict[Part, str] = {
    "main": "eval",
    "share": "share-eval",
    "size": "size-eval",
    "negatives": "negatives-eval",
    "rounds": "rounds-eval",
}
"""Step that evaluates a part."""
OUTSIDE = "eval-outside"
ONE_ROUND = "one-round"
"""Student of one round with the seeds of all rounds."""
COMPARED = (
    ("teacher", "sft"),
    ("base", "sft"),
    ("sft", "dpo"),
    ("teacher", "dpo"),
    ("teacher+repair", "dpo"),
)
"""Main rows, the second against the first."""


class Variant(NamedTuple):
    """One row of an ablation.

    Attributes:
        name: Of the model; of a main row, where it is one.
        label: In tables.
        x: Where it lies on a plot's axis, if the ablation has one.
        line: Which line of a plot it belongs to.
    """

    name: str
    label: str
    x: float | None = None
    line: str = ""


class StudyPlan(NamedTuple):
    """Everything that a study does.

    Attributes:
        steps: In order.
        variants: Part -> rows of its table, main rows among them.
    """

    steps: list[Step]
    variants: dict[Part, list[Variant]]


def plan_study(settings: StudySettings, place: WorkDir) -> StudyPlan:
    """All steps of all parts.

    Raises:
        ConfigError: settings of a step that cannot be.
    """
    planner = _Planner(settings, place)
    steps = [*planner.main(), *planner.share(), *planner.size(), *planner.negatives(), *planner.rounds()]
    check_names(steps)
    return StudyPlan(steps, planner.variants)


class _Planner:
    """Builds the parts; each after the one whose steps it uses."""

    def __init__(self, settings: StudySettings, place: WorkDir) -> None:
        self._settings, self._place = settings, place
        self._tasks = settings.task_list
        self._before, self._base = Maker(settings, place, "main").beginner()
        self._sft = Maker(settings, place, "main").learner("sft")
        self._dpo = Maker(settings, place, "main").learner("dpo")
        self.variants: dict[Part, list[Variant]] = {}

    def main(self) -> list[Step]:
        """Teacher, data, base, SFT, DPO; held-out seeds of the pool's tasks, and tasks outside it."""
        settings, make = self._settings, Maker(self._settings, self._place, "main")
        collect = settings.collect
        seeds = (collect.first_seed, collect.first_seed + collect.seeds)
        steps = [
            make.teacher("teacher", collect, seeds, collect.samples),
            make.data("data", ["teacher"]),
            *self._before,
            make.train("sft", "sft", self._base, "data"),
        ]
        if settings.on_policy:
            steps += self._own(make)
        steps.append(make.train("dpo", "dpo", self._sft, "own-data" if settings.on_policy else "data"))
        learners = [self._base, self._sft, self._dpo]
        names = ("base", "sft", "dpo")
        rows = [
            *make.teacher_rows(),
            *(make.row(name, learner) for name, learner in zip(names, learners, strict=True)),
        ]
        seeds_each = settings.test.seeds
        steps.append(make.evaluate(EVALUATIONS["main"], rows, learners, self._tasks, seeds_each, COMPARED))
        if settings.outside:
            outside = expand(settings.outside)
            steps.append(make.evaluate(OUTSIDE, rows, learners, outside, seeds_each, COMPARED))
        self.variants["main"] = [Variant(row.name, row.name) for row in rows]
        return steps

    def _own(self, make: Maker) -> list[Step]:
        """What the SFT student writes on seeds that nobody collected on, and the pairs that come of it.

        The teacher writes there too, for good answers where the student has none.
        """
        teacher = self._settings.collect.teacher
        own = self._settings.own.model_copy(update={"teacher": teacher})
        seeds = (own.first_seed, own.first_seed + own.seeds)
        return [
            make.student("own-student", own, seeds, own.samples, self._sft),
            make.teacher("own-teacher", own, seeds, own.samples),
            make.data("own-data", ["own-student", "own-teacher"]),
        ]

    def share(self) -> list[Step]:
        """Less data, as many optimizer steps."""
        make = Maker(self._settings, self._place, "share")
        steps, rows, learners = [], [], []
        variants = [Variant("base", "no data", 0.0)]
        for share in sorted(self._settings.shares):
            name = f"share-{100 * share:g}"
            given = {"share": share}
            steps.append(make.train(name, "sft", self._base, "data", given, as_many_steps_as="sft"))
            learners.append(make.learner(name))
            rows.append(make.row(name, learners[-1]))
            variants.append(Variant(name, f"{100 * share:g} % of the data", share))
        self.variants["share"] = [*variants, Variant("sft", "100 % of the data", 1.0)]
        return [*steps, *self._evaluation(make, "share", rows, learners)]

    def size(self) -> list[Step]:
        """Smaller and larger students: own base, same data."""
        make = Maker(self._settings, self._place, "size")
        self.variants["size"] = []
        if self._settings.student.model != TINY:
            return []
        ours = str(self._settings.student.base.get("size", "m"))
        steps: list[Step] = []
        rows: list[EvalModel] = []
        learners: list[Learner] = []
        for index, size in enumerate(self._settings.sizes):
            main = size == ours
            base, sft = ("base", "sft") if main else (f"size-{size}-base", f"size-{size}-sft")
            if not main:
                found = make.learner(base)
                steps.append(make.base(base, {"size": size}))
                steps.append(make.train(sft, "sft", found, "data"))
                learners += [found, make.learner(sft)]
                rows += [make.row(base, found), make.row(sft, learners[-1])]
            self.variants["size"] += [
                Variant(base, f"{size}, base", float(index), "base"),
                Variant(sft, f"{size}, SFT", float(index), "sft"),
            ]
        return [*steps, *self._evaluation(make, "size", rows, learners)]

    def negatives(self) -> list[Step]:
        """What failures teach, by several ways of learning from them."""
        settings, make = self._settings, Maker(self._settings, self._place, "negatives")
        steps: list[Step] = []
        if not settings.on_policy and any(lesson.own for lesson in settings.lessons.values()):
            steps += self._own(make)
        variants = [Variant("sft", "positives only (SFT)"), Variant("dpo", "DPO, as in the main part")]
        for name, lesson in settings.lessons.items():
            data = "own-data" if lesson.own else "data"
            steps.append(make.train(name, lesson.stage, self._sft, data, lesson.settings))
            variants.append(Variant(name, lesson.label))
        self.variants["negatives"] = variants
        learners = [make.learner(name) for name in settings.lessons]
        rows = [make.row(name, learner) for name, learner in zip(settings.lessons, learners, strict=True)]
        return [*steps, *self._evaluation(make, "negatives", rows, learners)]

    def rounds(self) -> list[Step]:
        """Later rounds, the student writing beside the teacher; the main part is the first.

        And what as many seeds are worth in one round.
        """
        settings, make = self._settings, Maker(self._settings, self._place, "rounds")
        rounds = [Round(1, ("teacher",), "data", self._sft, self._dpo)]
        variants = [Variant("sft", "round 1, SFT", 1.0, "sft"), Variant("dpo", "round 1, DPO", 1.0, "dpo")]
        steps: list[Step] = []
        rows: list[EvalModel] = []
        learners: list[Learner] = []
        start = settings.collect.first_seed + settings.collect.seeds
        for number in range(2, settings.rounds + 1):
            seeds = (start, start + settings.round_seeds)
            start = seeds[1]
            planned = plan_round(
                settings, self._place, number, rounds, part="rounds", seeds=seeds, begin=self._base,
                coder=rounds[-1].last,
            )  # fmt: skip
            found = planned.round
            rounds.append(found)
            steps += planned.steps
            for line, learner in {"sft": found.sft, "dpo": found.last}.items():
                if learner not in learners:
                    name = f"round-{number}-{line}"
                    learners.append(learner)
                    rows.append(make.row(name, learner))
                    label = (
                        f"round {number}, {'SFT' if line == 'sft' else settings.student.negatives.upper()}"
                    )
                    variants.append(Variant(name, label, float(number), line))
        steps += self._one_round(make)
        learners.append(make.learner(ONE_ROUND))
        rows.append(make.row(ONE_ROUND, learners[-1]))
        label = "one round with as many seeds, SFT"
        variants.append(Variant(ONE_ROUND, label, float(settings.rounds), "one round, as many seeds"))
        self.variants["rounds"] = variants
        return [*steps, *self._evaluation(make, "rounds", rows, learners)]

    def _one_round(self, make: Maker) -> list[Step]:
        """The teacher alone on the seeds of all rounds: without it, rounds and more data are one thing."""
        settings, collect = self._settings, self._settings.collect
        start = collect.first_seed + collect.seeds
        seeds = (start, start + (settings.rounds - 1) * settings.round_seeds)
        return [
            make.teacher(f"{ONE_ROUND}-teacher", collect, seeds, collect.samples),
            make.data(f"{ONE_ROUND}-data", ["teacher", f"{ONE_ROUND}-teacher"]),
            make.train(ONE_ROUND, "sft", self._base, f"{ONE_ROUND}-data"),
        ]

    def _evaluation(
        self, make: Maker, part: Part, rows: Sequence[EvalModel], learners: Sequence[Learner]
    ) -> list[Step]:
        if not rows:
            return []
        seeds = self._settings.ablation_seeds
        return [make.evaluate(EVALUATIONS[part], rows, learners, self._tasks, seeds)]


def chosen(steps: Sequence[Step], parts: Collection[str]) -> list[Step]:
    """The steps of some parts and everything that they need, in order.

    An ablation's table compares with rows of the main evaluation, so that is among them.

    Raises:
        UnknownNameError: for a part that is none.
    """
    for part in parts:
        if part not in PARTS:
            raise UnknownNameError("part of the study", part, PARTS)
    wanted = {step.name for step in steps if step.part in parts}
    if wanted:
        wanted.add(EVALUATIONS["main"])
    for step in reversed(steps):
        if step.name in wanted:
            wanted |= set(step.needs)
    return [step for step in steps if step.name in wanted]


def study(
    settings: StudySettings,
    open_run: OpenRun,
    work: Path,
    on_event: Callable[[Event], None] = lambda event: None,
    *,
    parts: Collection[str] = PARTS,
    run: Runner = in_child,
    redo: bool = False,
) -> Ran:
    """Run the study in `work`, going on where an earlier call stopped.

    Raises:
        ConfigError: settings of a step that cannot be; nothing was begun.
        LocalModelMissing: the student is to be in a directory and is not.
        UnknownNameError: for a part that is none.
        WorkChanged: finished steps have other settings or inputs now, and `redo` is not given.
        WorkBusy: another process works there.
    """
    place = WorkDir(work)
    check_student(settings)
    steps = chosen(plan_study(settings, place).steps, parts)
    return run_steps(steps, place, open_run, on_event, run=run, redo=redo)
