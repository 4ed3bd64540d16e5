"""Steps from settings: the one place where names of steps become paths, runs and models.

A run's name holds the digest of what makes its programs, the student's weights included, so that
programs of another student never end up in the same run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from blazer.agents.local.source import find_model
from blazer.agents.models import RoleConfig
from blazer.agents.run import CollectConfig
from blazer.bootstrap.jobs import BaseJob, CollectJob, DatasetJob, EvalJob, TrainJob
from blazer.bootstrap.settings import TINY, Collecting, Common, Overrides
from blazer.bootstrap.steps import Done, Job, Step, WorkDir
from blazer.core.digest import digest
from blazer.core.errors import ConfigError
from blazer.core.fields import fields_at
from blazer.eval.evaluation.settings import EvalModel, EvalSettings
from blazer.training.learning.settings import TrainSettings, TrainStage
from blazer.training.settings import Kind
from blazer.training.students.settings import BaseSettings

S = TypeVar("S", bound=BaseModel)
LOCAL = "hf:"


class Learner(NamedTuple):
    """A model that steps after it may use.

    Attributes:
        model: Directory or id.
        step: Which makes it; None where it comes from elsewhere.
    """

    model: str
    step: str | None

    @property
    def needs(self) -> tuple[str, ...]:
        """The step that makes it."""
        return (self.step,) if self.step else ()


class Maker:
    """Makes steps of one plan.

    Args:
        settings: Of loop or study.
        place: Their directory.
        part: Which part of the plan the steps belong to.
    """

    def __init__(self, settings: Common, place: WorkDir, part: str) -> None:
        self._settings, self._place, self._part = settings, place, part

    def teacher(
        self,
        name: str,
        collecting: Collecting,
        seeds: tuple[int, int],
        samples: int,
        after: Sequence[str] = (),
    ) -> Step:
        """The teacher writes programs."""
        return self._collect(name, collecting, seeds, samples, collecting.teacher, tuple(after))

    def student(
        self, name: str, collecting: Collecting, seeds: tuple[int, int], samples: int, learner: Learner
    ) -> Step:
        """A student writes programs."""
        return self._collect(
            name, collecting, seeds, samples, self._roles(learner, collecting), learner.needs
        )

    def _roles(self, learner: Learner, collecting: Collecting) -> dict[str, RoleConfig]:
        role = RoleConfig(
            model=LOCAL + learner.model,
            temperature=collecting.student_temperature,
            max_tokens=self._settings.student.max_tokens,
            seed=self._settings.seed,
        )
        return {"planner": role, "coder": role}

    def _collect(
        self,
        name: str,
        collecting: Collecting,
        seeds: tuple[int, int],
        samples: int,
        roles: dict[str, RoleConfig],
        needs: tuple[str, ...],
    ) -> Step:
        machine = self._settings.machine
        values = {
            "tasks": self._settings.task_list,
            "seed_start": seeds[0],
            "seed_stop": seeds[1],
            "samples": samples,
            "workers": machine.workers,
            "concurrency": machine.concurrency,
            "roles": roles,
            "tier": machine.tier,
            "repairs": collecting.repairs,
            "verify_seeds": collecting.verify_seeds,
        }
        config = checked(CollectConfig, values, f"step {name}")

        def make(done: Mapping[str, Done]) -> Job:
            job = CollectJob(config=config, store=self._place.store)
            mark = digest([self._place.inputs(job, {need: done[need] for need in needs})])[:8]
            named = config.model_copy(update={"run_id": f"{name}-{mark}"})
            return CollectJob(config=named, store=self._place.store)

        return Step(name, needs, make, self._part)

    def data(self, name: str, collects: Sequence[str], kinds: tuple[Kind, ...] | None = None) -> Step:
        """A data set of the runs of these steps, and of no others."""
        root = self._settings.seed

        def make(done: Mapping[str, Done]) -> Job:
            runs = tuple(str(done[need].made.facts.get("run_id", need)) for need in collects)
            settings = self._settings.data.plain(runs, kinds)
            if settings.seed == 0:
                settings = settings.model_copy(update={"seed": root})
            return DatasetJob(settings=settings, store=self._place.store, out=self._place.out(name))

        return Step(name, tuple(collects), make, self._part)

    def base(self, name: str, overrides: Overrides | None = None) -> Step:
        """The tiny student before it has seen a program.

        Raises:
            ConfigError: settings that base training does not have.
        """
        values = merged({"seed": self._settings.seed}, self._settings.student.base, overrides or {})
        job = BaseJob(settings=checked(BaseSettings, values, "student.base"), out=self._place.out(name))
        return Step(name, (), lambda done: job, self._part)

    def train(
        self,
        name: str,
        stage: TrainStage,
        begin: Learner,
        data: str,
        overrides: Overrides | None = None,
        *,
        as_many_steps_as: str | None = None,
    ) -> Step:
        """Train a student.

        Args:
            name: Of the step.
            stage: What it learns from.
            begin: The model that it begins from.
            data: Step that makes its data.
            overrides: Beside those of the settings for this stage.
            as_many_steps_as: Step of a training whose number of steps it takes.

        Raises:
            ConfigError: settings that training does not have.
        """
        student = self._settings.student
        given = {"sft": student.sft, "dpo": student.dpo, "kto": student.kto}[stage]
        ours = sorted({"stage", "model", "data", "out"} & {*given, *(overrides or {})})
        if ours:
            raise ConfigError(
                f"setting 'student.{stage}.{ours[0]}': the loop fills in {ours[0]}; leave it out"
            )
        fixed = {
            "stage": stage,
            "model": begin.model,
            "data": str(self._place.out(data)),
            "out": str(self._place.out(name)),
        }
        values = merged({"seed": self._settings.seed}, given, overrides or {}, fixed)
        settings = checked(TrainSettings, values, f"student.{stage}")
        other = (as_many_steps_as,) if as_many_steps_as else ()

        def make(done: Mapping[str, Done]) -> Job:
            steps = [done[need].made.facts.get("steps") for need in other]
            if steps and isinstance(steps[0], int):
                return TrainJob(settings=settings.model_copy(update={"max_steps": steps[0]}))
            return TrainJob(settings=settings)

        return Step(name, tuple(dict.fromkeys((*begin.needs, data, *other))), make, self._part)

    def evaluate(
        self,
        name: str,
        models: Sequence[EvalModel],
        learners: Sequence[Learner],
        tasks: tuple[str, ...],
        seeds: int,
        compare: tuple[tuple[str, str], ...] = (),
    ) -> Step:
        """Evaluate models on held-out seeds."""
        machine, test = self._settings.machine, self._settings.test
        values = {
            "models": tuple(models),
            "tasks": tasks,
            "seeds": test.range(seeds),
            "compare": compare,
            "tier": machine.tier,
            "workers": machine.workers,
            "concurrency": machine.concurrency,
            "resamples": test.resamples,
            "seed": self._settings.seed,
        }
        settings = checked(EvalSettings, values, f"step {name}")
        job = EvalJob(settings=settings, out=self._place.out(name))
        needs = tuple(dict.fromkeys(need for learner in learners for need in learner.needs))
        return Step(name, needs, lambda done: job, self._part)

    def learner(self, step: str) -> Learner:
        """The model that a step makes."""
        return Learner(str(self._place.out(step)), step)

    def beginner(self) -> tuple[list[Step], Learner]:
        """The student before anything was learnt, and the step that makes it, where one does."""
        model = self._settings.student.model
        if model != TINY:
            return [], Learner(model, None)
        return [self.base("base")], self.learner("base")

    def row(self, name: str, learner: Learner) -> EvalModel:
        """A student as a row of an evaluation.

        Raises:
            ConfigError: a name that cannot be one.
        """
        values = {
            "name": name,
            "spec": LOCAL + learner.model,
            "style": self._settings.data.style if learner.step is None else None,
            "max_tokens": self._settings.student.max_tokens,
        }
        return checked(EvalModel, values, f"row {name}")

    def teacher_rows(self) -> list[EvalModel]:
        """The teacher, single shot and with its repairs.

        Raises:
            ConfigError: an evaluation cannot ask it as collecting does.
        """
        roles = self._settings.collect.teacher
        coder, planner = roles["coder"], roles["planner"]
        if not planner.built_in and planner.base_url != coder.base_url:
            raise ConfigError(
                "setting 'collect.teacher.planner.base_url': an evaluation asks planner and coder at one "
                f"endpoint, that of the coder ({coder.base_url or 'the default one'}); give both the same"
            )
        rows = []
        for name, repairs in (("teacher", 0), ("teacher+repair", max(1, self._settings.collect.repairs))):
            rows.append(
                EvalModel(
                    name=name,
                    spec=coder.model,
                    repairs=repairs,
                    planner=planner.model if planner.model != coder.model else None,
                    base_url=coder.base_url,
                    api_key_env=coder.api_key_env if coder.base_url else None,
                    max_tokens=None if coder.built_in else coder.max_tokens,
                )
            )
        return rows


def check_student(settings: Common) -> None:
    """Find a student that is named by its directory, before anything is collected for it.

    Raises:
        LocalModelMissing: it is not there.
    """
    model = settings.student.model
    if model != TINY and (model.startswith(("/", ".", "~")) or Path(model).is_dir()):
        find_model(LOCAL + model)


def check_names(steps: Sequence[Step]) -> None:
    """Each step has a directory of its own.

    Raises:
        ConfigError: two would share one.
    """
    twice = [name for name, count in Counter(step.name for step in steps).items() if count > 1]
    if twice:
        raise ConfigError(f"two steps would be called {twice[0]!r}; give the lesson or share another name")


def merged(*mappings: Mapping[str, Any]) -> dict[str, Any]:
    """Nested mappings, later ones winning key by key; None takes a key out."""
    found: dict[str, Any] = {}
    for mapping in mappings:
        for key, value in mapping.items():
            before = found.get(key)
            if value is None:
                found.pop(key, None)
            elif isinstance(value, Mapping):
                found[key] = merged(before if isinstance(before, Mapping) else {}, value)
            else:
                found[key] = value
    return found


def checked(model: type[S], values: Mapping[str, Any], where: str) -> S:
    """Settings of another room, with errors that say where they were given.

    Raises:
        ConfigError: naming the key and what would be right.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        inner = [str(part) for part in first["loc"]]
        key = ".".join([where, *inner])
        if first["type"] == "extra_forbidden":
            known = fields_at(model, inner[:-1])
            near = get_close_matches(inner[-1], known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ConfigError(f"unknown setting {key!r}.{hint} Known: {', '.join(known)}") from None
        raise ConfigError(f"setting {key!r}: {first['msg'].removeprefix('Value error, ')}") from None
