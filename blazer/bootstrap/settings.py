"""What the loop and the study are told: closed and frozen, checked before the first step begins.

Trainings are given as mappings of what differs from their own settings' defaults, because model, data
and place are the loop's to fill in; every training of a plan is resolved before anything runs, so a
misspelt key ends the command at once and not after an hour of collecting.
"""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from blazer.agents.models import RoleConfig
from blazer.agents.run import Tier, default_roles
from blazer.core.records import Record
from blazer.core.rng import MAX_SEED
from blazer.core.seeds import EVALUATION_SEED_RANGE, VERIFY_SEED_RANGE
from blazer.prompts.students import Style
from blazer.tasks.library import get_task, task_names
from blazer.training.settings import DatasetSettings, Kind, Refers
from blazer.training.students.scenes import LAYOUT_SEEDS

TINY = "tiny"
"""The student that is made from nothing; any other model is a directory or an id of a hub."""

Overrides = dict[str, Any]
"""Settings that differ from the defaults, nested as in a file."""


class Collecting(Record):
    """Where traces come from."""

    first_seed: int = Field(default=0, ge=0, lt=VERIFY_SEED_RANGE[0])
    seeds: int = Field(default=100, ge=1)
    """Of each task, and of each round: rounds have seeds of their own."""
    samples: int = Field(default=4, ge=1)
    """Programs for each task and seed, teacher's and student's together."""
    verify_seeds: int = Field(default=2, ge=0)
    """Further layouts for each success."""
    repairs: int = Field(default=1, ge=0)
    teacher: dict[str, RoleConfig] = Field(default_factory=default_roles)
    """Role -> model."""
    teacher_share: float = Field(default=0.5, ge=0.0, le=1.0)
    """Of the samples, from the second round on: the student writes the others. Rounded to whole ones."""
    student_temperature: float = Field(default=0.8, gt=0.0, le=2.0)

    def teacher_samples(self, number: int) -> int:
        """The teacher's samples in a round, counted from 1."""
        return self.samples if number == 1 else round(self.samples * self.teacher_share)


class LoopData(DatasetSettings):
    """As for `blazer dataset build`, with what small students learn from as defaults.

    `runs` are the loop's: those of all rounds so far.
    """

    kinds: tuple[Kind, ...] = ("sft", "dpo", "kto")
    style: Style = "brief"
    min_pass_rate: float = Field(default=1.0, ge=0.0, le=1.0)
    refers: tuple[Refers, ...] = ("property",)

    @model_validator(mode="after")
    def _runs_are_ours(self) -> LoopData:
        if self.runs or self.tasks:
            raise ValueError("runs and tasks of a data set are the loop's to choose; leave them out")
        return self

    def plain(self, runs: tuple[str, ...], kinds: tuple[Kind, ...] | None = None) -> DatasetSettings:
        """For `build_dataset`, of these runs."""
        values = {name: getattr(self, name) for name in DatasetSettings.model_fields}
        return DatasetSettings(**(values | {"runs": runs, "kinds": kinds or self.kinds}))


class Student(Record):
    """What is trained, and how."""

    model: str = Field(default=TINY, pattern=r"\S")
    base: Overrides = {}
    """Of `blazer train base`, for `tiny`."""
    sft: Overrides = {}
    """Of `blazer train sft`."""
    dpo: Overrides = {}
    """Of `blazer train dpo`."""
    kto: Overrides = {}
    """Of `blazer train kto`."""
    negatives: Literal["dpo", "kto", "none"] = "dpo"
    """What learns from failures, after SFT."""
    max_tokens: int = Field(default=512, ge=1)
    """Of an answer."""


class Testing(Record):
    """Evaluation on held-out seeds."""

    first_seed: int = Field(default=EVALUATION_SEED_RANGE[0], ge=EVALUATION_SEED_RANGE[0])
    seeds: int = Field(default=100, ge=1)
    """Of each task."""
    resamples: int = Field(default=10_000, ge=100)

    def range(self, seeds: int | None = None) -> tuple[int, int]:
        """First seed and the one after the last."""
        return self.first_seed, self.first_seed + (seeds or self.seeds)


class Machine(Record):
    """What changes how fast things go, and nothing else."""

    tier: Tier = "auto"
    workers: int = Field(default=2, ge=1)
    concurrency: int | None = Field(default=None, ge=1)
    """Episodes in flight; chosen for each model when None, many where a student answers in batches."""


class Common(Record):
    """Of loop and study alike."""

    tasks: tuple[str, ...] = ("train",)
    """Names of tasks, or pools (train, ood, all)."""
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    """Root of every draw that is the loop's: base, trainings, data sets, evaluations."""
    collect: Collecting = Collecting()
    data: LoopData = LoopData()
    student: Student = Student()
    test: Testing = Testing()
    machine: Machine = Machine()

    @property
    def task_list(self) -> tuple[str, ...]:
        """Pools replaced by their tasks.

        Raises:
            UnknownNameError: for a name that is neither.
        """
        return expand(self.tasks)


def expand(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of tasks and pools to names of tasks, each once.

    Raises:
        UnknownNameError: for a name that is neither.
    """
    found: list[str] = []
    for name in names:
        if name in ("train", "ood"):
            found += task_names(name)
        elif name == "all":
            found += task_names()
        else:
            found.append(get_task(name).name)
    return tuple(dict.fromkeys(found))


class BootstrapSettings(Common):
    """Of `blazer bootstrap`."""

    rounds: int = Field(default=3, ge=1, le=100)
    begin: Literal["base", "previous"] = "base"
    """What SFT of a later round begins from: the base again, with all data, or the student before."""
    coder: Literal["last", "sft"] = "last"
    """Which student of a round writes programs in the next one: the last that was trained, or SFT's."""

    @model_validator(mode="after")
    def _room(self) -> BootstrapSettings:
        first, seeds = self.collect.first_seed, self.collect.seeds
        check_room(self, {f"{self.rounds} rounds of {seeds} seeds": (first, first + self.rounds * seeds)})
        return self


def check_room(settings: Common, used: dict[str, tuple[int, int]]) -> None:
    """Refuse seeds beyond what is for collecting or for evaluation, and seeds that are used twice.

    Args:
        settings: Of loop or study.
        used: What for -> the seeds that are collected on, ends exclusive.

    Raises:
        ValueError: saying which.
    """
    test = settings.test
    for name, (_, stop) in used.items():
        if stop > VERIFY_SEED_RANGE[0]:
            raise ValueError(f"{name} go up to {stop}; seeds for collecting end at {VERIFY_SEED_RANGE[0]}")
    if settings.student.model == TINY:
        used = {**used, "layouts that the base of `tiny` learns to read": LAYOUT_SEEDS}
    for (one, first), (other, second) in combinations(used.items(), 2):
        if first[0] < second[1] and second[0] < first[1]:
            raise ValueError(
                f"{one} ({first[0]}:{first[1]}) and {other} ({second[0]}:{second[1]}) share seeds; "
                "choose ranges apart from each other"
            )
    if test.range()[1] > EVALUATION_SEED_RANGE[1]:
        raise ValueError(f"seeds for evaluation end at {EVALUATION_SEED_RANGE[1]}; use fewer")


LessonName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,31}$")]
"""It names a directory and a row of tables."""


class Lesson(Record):
    """One way to learn from failures, or not to."""

    label: str
    """In tables."""
    stage: Literal["sft", "dpo", "kto"] = "dpo"
    """`sft` learns from the good answers alone: what the others are to be compared with."""
    settings: Overrides = {}
    """What differs from the main student's settings of that stage; null takes a key out of them."""
    own: bool = False
    """Learn from the failures of the SFT student as well."""


class StudySettings(Common):
    """Of `blazer study`."""

    outside: tuple[str, ...] = ("ood",)
    """Tasks that no data set holds."""
    on_policy: bool = False
    """The main DPO student also learns from failures of its own SFT student."""
    own: Collecting = Collecting(first_seed=500_000, seeds=40, samples=4)
    """What the SFT student collects to learn from its own failures; the teacher is that of `collect`."""
    ablation_seeds: int = Field(default=40, ge=1)
    """Held-out seeds of each task in ablations: the first ones of `test`."""
    shares: tuple[float, ...] = (0.1, 0.25, 0.5)
    """Of the training data, beside all of it."""
    sizes: tuple[Literal["s", "m", "l"], ...] = ("s", "m", "l")
    lessons: dict[LessonName, Lesson] = {
        "dpo-own": Lesson(label="DPO, the student's own failures too", own=True),
        "dpo-mixed": Lesson(
            label="DPO, SFT's loss mixed in", settings={"dpo": {"losses": {"sigmoid": 1.0, "sft": 1.0}}}
        ),
        "kto": Lesson(label="KTO", stage="kto"),
    }
    """Other ways to learn from failures, by name of the student: each from the main SFT student."""
    rounds: int = Field(default=3, ge=2, le=20)
    round_seeds: int = Field(default=40, ge=1)
    """Collecting seeds of each later round."""
    budget_s: float = Field(default=5400.0, gt=0.0)
    """What the main part may take."""

    @model_validator(mode="after")
    def _room(self) -> StudySettings:
        first, later = self.collect.first_seed, self.collect.first_seed + self.collect.seeds
        used = {
            "seeds of collect": (first, later),
            f"{self.rounds - 1} later rounds of {self.round_seeds} seeds": (
                later,
                later + (self.rounds - 1) * self.round_seeds,
            ),
        }
        if self.on_policy or any(lesson.own for lesson in self.lessons.values()):
            used["seeds of own"] = (self.own.first_seed, self.own.first_seed + self.own.seeds)
        check_room(self, used)
        if self.ablation_seeds > self.test.seeds:
            raise ValueError("ablation_seeds are the first ones of test.seeds; they cannot be more")
        return self

    @model_validator(mode="after")
    def _tells(self) -> StudySettings:
        """Refuse what would be ignored or would make tables say what is not so."""
        both = sorted(set(self.task_list) & set(expand(self.outside)))
        if both:
            raise ValueError(f"outside holds tasks of the training pool of this study: {', '.join(both)}")
        if self.student.negatives != "dpo":
            raise ValueError(
                "student.negatives is for `blazer bootstrap`; the study's main student learns by dpo, and "
                "other ways are its lessons"
            )
        if self.own.teacher not in (default_roles(), self.collect.teacher):
            raise ValueError("own.teacher is that of collect.teacher; give it there")
        if len(set(self.shares)) < len(self.shares) or not all(0 < share < 1 for share in self.shares):
            raise ValueError("shares are different ones between 0 and 1; all data is the main student's")
        if len(set(self.sizes)) < len(self.sizes):
            raise ValueError("sizes names one twice")
        return self
