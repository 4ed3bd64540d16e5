"""How many realistic programs the language policy accepts.

Covers: every reference program over seeds, everything the scripted model writes without its deliberate
mistakes in each of its styles, and programs put together from hand-written pieces. Does not cover: programs
of large language models, of which this package holds none; a rate measured here is not one over those.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from blazer.agents.scripted.model import answer
from blazer.agents.scripted.phrasing import Style
from blazer.agents.scripted.programs import write_program
from blazer.agents.scripted.reading import read_request
from blazer.agents.scripted.understanding import understand
from blazer.core.geometry import yaw_of_quat
from blazer.core.records import GripperState, ObjectState, PolicyFinding, WorldState
from blazer.eval.acceptance_pieces import IMPORTS, PIECES
from blazer.prompts.messages import coder_messages, planner_messages
from blazer.prompts.render import state_text
from blazer.sandbox.policy import check_program
from blazer.skills.docs import api_section
from blazer.tasks.instantiate import instantiate, scene_of
from blazer.tasks.library import get_task, has_reference, reference_program, task_names
from blazer.tasks.spec import TaskInstance

_STYLES = [Style(r, p, c) for r in ("query", "name", "pasted") for p in (False, True) for c in (False, True)]


class Refused(NamedTuple):
    """A program that should have been accepted."""

    source: str
    findings: tuple[PolicyFinding, ...]


class Acceptance(NamedTuple):
    """What the policy said of a corpus.

    Attributes:
        programs: How many different ones were asked about.
        refused: Those that were refused, with the reasons.
    """

    programs: int
    refused: tuple[Refused, ...]

    @property
    def rate(self) -> float:
        """The share that was accepted."""
        return 1 - len(self.refused) / self.programs

    def __str__(self) -> str:
        lines = [f"{self.programs - len(self.refused)} of {self.programs} accepted ({self.rate:.2%})"]
        for source, findings in self.refused[:5]:
            first = findings[0]
            line = (source.splitlines() or [""])[min(first.line, len(source.splitlines())) - 1]
            lines.append(f"{first.rule}: {first.message} in {line.strip()!r}; {first.suggestion}")
        return "\n".join(lines)


def acceptance(*, seeds: int = 12, assembled: int = 700) -> Acceptance:
    """Ask the policy about the whole corpus.

    Args:
        seeds: Layouts of each task.
        assembled: How many programs are put together from pieces.
    """
    programs = dict.fromkeys([*reference_programs(seeds), *scripted_programs(seeds), *assemble(assembled)])
    refused = []
    for source in programs:
        findings = check_program(source).findings
        if findings:
            refused.append(Refused(source, findings))
    return Acceptance(len(programs), tuple(refused))


def reference_programs(seeds: int) -> Iterator[str]:
    """The reference program of every task that has one, for each seed."""
    for name in task_names():
        if has_reference(name):
            for seed in range(seeds):
                yield reference_program(instantiate(get_task(name), seed))


def scripted_programs(seeds: int) -> Iterator[str]:
    """What the scripted model writes for every task and seed, in each style, making no mistake."""
    for name in task_names():
        for seed in range(seeds):
            instance = instantiate(get_task(name), seed)
            state = state_text(_reset_state(instance))
            plan = answer(planner_messages(instance.instruction, state).messages)
            request = read_request(coder_messages(instance.instruction, state, plan, api_section()).messages)
            task = understand(request.instruction, request.items)
            if task is None:
                continue
            for number, style in enumerate(_STYLES):
                rng = np.random.default_rng([seed, number])
                yield write_program(task, request.items, request.table_z, style, frozenset(), rng)


def assemble(count: int) -> Iterator[str]:
    """Programs of two to seven pieces each; the same ones every time."""
    for number in range(count):
        rng = random.Random(number)  # noqa: S311  (an order, not a secret)
        chosen = rng.sample(PIECES, rng.randint(2, 7))
        body = [
            piece.replace("§", str(index)).replace("~", str(rng.randint(2, 9))).strip("\n")
            for index, piece in enumerate(chosen)
        ]
        yield "\n\n\n".join(["\n".join(IMPORTS), *body]) + "\n"


def _reset_state(instance: TaskInstance) -> WorldState:
    """The state at reset, read from the scene, without a simulator."""
    objects = tuple(
        ObjectState(
            name=body.name,
            kind=body.kind,
            color=body.color,
            position_m=body.pose.position_m,
            quat_wxyz=body.pose.quat_wxyz,
            yaw_rad=yaw_of_quat(body.pose.quat_wxyz),
            size_m=body.size_m,
        )
        for body in scene_of(instance).bodies
        if body.listed
    )
    hand = GripperState(position_m=(0.25, 0.0, 1.15), yaw_rad=0.0, opening_m=0.08, holding=None)
    return WorldState(time_s=0.0, objects=objects, gripper=hand)
