"""The loop: collect, build, SFT, preferences, evaluate; then the student writes programs beside the teacher.

Every round collects on seeds of its own and learns from the traces of all rounds so far. From the
second round on both write programs for the same questions: where the teacher's holds and the
student's fails, the pair is on-policy by itself. Evaluations keep their traces in stores of their own,
on seeds that no data set may hold.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from blazer.agents.opening import OpenRun
from blazer.bootstrap.child import Runner, in_child
from blazer.bootstrap.making import Learner, Maker, check_names, check_student
from blazer.bootstrap.running import Event, Ran, run_steps
from blazer.bootstrap.settings import BootstrapSettings, Common
from blazer.bootstrap.steps import Step, WorkDir
from blazer.eval.evaluation.settings import EvalModel


class Round(NamedTuple):
    """Names of the steps of one round.

    Attributes:
        number: From 1.
        collects: Of this round.
        data: Data set of all rounds so far.
        sft: Supervised student.
        last: Student that was trained last: by preferences, where there are any.
    """

    number: int
    collects: tuple[str, ...]
    data: str
    sft: Learner
    last: Learner


class Planned(NamedTuple):
    """A round and its steps, evaluation apart."""

    round: Round
    steps: list[Step]


def plan_round(
    settings: Common,
    place: WorkDir,
    number: int,
    before: list[Round],
    *,
    part: str,
    seeds: tuple[int, int],
    begin: Learner,
    coder: Learner | None,
) -> Planned:
    """Steps of one round, named `round-N-...`.

    Args:
        settings: Of loop or study.
        place: Their directory.
        number: From 1.
        before: The rounds before it, whose traces it learns from too.
        part: Which part of the plan it belongs to.
        seeds: That it collects on.
        begin: What SFT begins from.
        coder: The student that writes programs beside the teacher; None in the first round.
    """
    make, collecting = Maker(settings, place, part), settings.collect
    name = f"round-{number}-{{}}".format
    samples = collecting.samples if coder is None else collecting.teacher_samples(number)
    steps: list[Step] = []
    collects: list[str] = []
    if samples:
        steps.append(make.teacher(name("teacher"), collecting, seeds, samples))
        collects.append(name("teacher"))
    if coder is not None and samples < collecting.samples:
        steps.append(make.student(name("student"), collecting, seeds, collecting.samples - samples, coder))
        collects.append(name("student"))
    every = [step for earlier in before for step in earlier.collects] + collects
    steps.append(make.data(name("data"), every))
    steps.append(make.train(name("sft"), "sft", begin, name("data")))
    sft = last = make.learner(name("sft"))
    negatives = settings.student.negatives
    if negatives != "none":
        steps.append(make.train(name(negatives), negatives, sft, name("data")))
        last = make.learner(name(negatives))
    return Planned(Round(number, tuple(collects), name("data"), sft, last), steps)


class Plan(NamedTuple):
    """Everything that a loop does.

    Attributes:
        steps: In order.
        rounds: Names of what they make.
    """

    steps: list[Step]
    rounds: list[Round]


BEGINNING = "begin-eval"


def plan_loop(settings: BootstrapSettings, place: WorkDir) -> Plan:
    """The steps of all rounds.

    Raises:
        ConfigError: settings of a step that cannot be.
    """
    make = Maker(settings, place, "main")
    steps, base = make.beginner()
    first = [*make.teacher_rows(), make.row("base", base)]
    steps.append(make.evaluate(BEGINNING, first, [base], settings.task_list, settings.test.seeds))
    rounds: list[Round] = []
    for number in range(1, settings.rounds + 1):
        before = rounds[-1] if rounds else None
        coder = None if before is None else (before.last if settings.coder == "last" else before.sft)
        start = settings.collect.first_seed + (number - 1) * settings.collect.seeds
        planned = plan_round(
            settings, place, number, rounds, part="main", seeds=(start, start + settings.collect.seeds),
            begin=before.last if before is not None and settings.begin == "previous" else base, coder=coder,
        )  # fmt: skip
        rounds.append(planned.round)
        steps += planned.steps
        steps.append(_evaluation(make, settings, planned.round))
    check_names(steps)
    return Plan(steps, rounds)


def _evaluation(make: Maker, settings: BootstrapSettings, number: Round) -> Step:
    rows: list[EvalModel] = [make.row("sft", number.sft)]
    if number.last != number.sft:
        rows.append(make.row(settings.student.negatives, number.last))
    name = evaluation_of(number.number)
    return make.evaluate(name, rows, [number.sft, number.last], settings.task_list, settings.test.seeds)


def evaluation_of(number: int) -> str:
    """Name of the step that evaluates a round's students."""
    return f"round-{number}-eval"


def bootstrap(
    settings: BootstrapSettings,
    open_run: OpenRun,
    work: Path,
    on_event: Callable[[Event], None] = lambda event: None,
    *,
    run: Runner = in_child,
    redo: bool = False,
) -> Ran:
    """Run the loop in `work`, going on where an earlier call stopped.

    Raises:
        ConfigError: settings of a step that cannot be; nothing was begun.
        LocalModelMissing: the student is to be in a directory and is not.
        WorkChanged: finished steps have other settings or inputs now, and `redo` is not given.
        WorkBusy: another process works there.
    """
    place = WorkDir(work)
    check_student(settings)
    return run_steps(plan_loop(settings, place).steps, place, open_run, on_event, run=run, redo=redo)
