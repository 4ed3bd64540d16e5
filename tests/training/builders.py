"""Traces of small tasks with prompts as the agents make them, and whole stores of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from blazer.core.digest import digest, text_digest
from blazer.core.outcomes import Outcome
from blazer.core.records import Decision, Message, ModelCall, Plan, SeedResult, Trace, Verdict
from blazer.prompts.messages import coder_messages, repair_messages
from blazer.prompts.students import Style
from blazer.store.store import Store
from blazer.training.attempts import Attempt, attempt_of
from tests.store.builders import make_trace

API = "### Primitives\n\n```python\ndef pick(name: str) -> None: ...\n```"
REPORT = "The program failed: grasp_missed (the fingers closed without a hold)."


def good(number: int = 0) -> str:
    """A program that asks by property; each number is a solution of its own."""
    return f'jar = get_objects(kind="jar", color="red")[0]\npick(jar.name)\nrotate_gripper({number})\n'


def bad(number: int = 0) -> str:
    """A program that is no solution."""
    return f'jar = get_objects(kind="jar")[0]\npick(jar.name)\nrotate_gripper(-{number}.5)\n'


def state_of(task: str, seed: int) -> str:
    """A state text of its own for every instance."""
    place = text_digest(f"{task}{seed}")
    x, y = int(place[:4], 16) % 5000, int(place[4:8], 16) % 4000
    return (
        "State (position: centre x, y, z; size: length x width x height):\n"
        f"- red jar jar0: position (0.{x:04d}, -0.{y:04d}, 0.8070), yaw 0.9523, "
        "size 0.0920 x 0.0920 x 0.1100\n"
        "Gripper: position (0.2500, 0.0000, 1.1520), yaw 0.0000, opening 0.0800, holding nothing"
    )


def trace(
    task: str = "close_jar",
    seed: int = 0,
    program: str = good(),
    outcome: Outcome = Outcome.SUCCESS,
    *,
    sample: int = 0,
    attempt: int = 0,
    layouts: Sequence[bool] = (),
    plan: str = "1. Take it.",
    reply: str | None = None,
    run_id: str = "run-a",
    is_final: bool = True,
) -> Trace:
    """One attempt with the coder's messages as the graph sends them."""
    instruction = f"close the red jar of {task}"
    state = state_of(task, seed)
    asked = coder_messages(instruction, state, plan, API).messages
    if attempt:
        asked = repair_messages(asked, f"First try.\n\n```python\n{bad(9)}```", REPORT).messages
    said = reply if reply is not None else f"Here is the program.\n\n```python\n{program}```"
    planned = ModelCall(role="planner", model="scripted", messages=asked[:1], reply=plan)
    wrote = ModelCall(role="coder", model="scripted", messages=asked, reply=said)
    objects = [{"name": "jar0", "type": "jar", "kind": "jar", "color": "red"}]
    return make_trace(
        task,
        seed,
        run_id=run_id,
        sample=sample,
        attempt=attempt,
        outcome=outcome,
        is_final=is_final,
        program=program,
        instruction=instruction,
        instance={"task": task, "task_digest": "0" * 16, "seed": seed, "objects": objects},
        state_text=state,
        calls=(planned, wrote),
        plan=Plan(text=plan),
        verify_seeds=tuple(
            SeedResult(
                seed=1_000_000 + index,
                outcome=Outcome.SUCCESS if passed else Outcome.GRASP_MISSED,
                verdict=Verdict(paper=_decision(passed), strict=_decision(passed)),
            )
            for index, passed in enumerate(layouts)
        ),
    )


def _decision(passed: bool) -> Decision:
    return Decision.PASS if passed else Decision.FAIL


def attempts_of(traces: Iterable[Trace], style: Style = "brief", *, bare: bool = True) -> list[Attempt]:
    """What data sets need of them."""
    found = [attempt_of(item, style, bare=bare) for item in traces]
    return [item for item in found if item is not None]


def varied(
    tasks: Sequence[str] = ("close_jar", "put_block"), seeds: Iterable[int] = range(12)
) -> list[Trace]:
    """Every task and seed: a robust success, a fragile one, failures of several kinds, a repair."""
    found = []
    for task in tasks:
        for seed in seeds:
            x = state_of(task, seed).partition("position (")[2].partition(")")[0].split(", ")
            pasted = f"jar = ({x[0]}, {x[1]}, 0.8)\nmove_gripper(jar)\nclose_gripper()\n"
            robust = good(seed % 3)
            found += [
                trace(task, seed, robust, layouts=(True, True, True, True)),
                trace(task, seed, pasted, sample=1, layouts=(False, False, False, True)),
                trace(task, seed, bad(1), Outcome.GRASP_MISSED, sample=2, is_final=False),
                trace(task, seed, good(50 + seed % 2), sample=2, attempt=1, layouts=(True, True, True, True)),
                trace(task, seed, bad(2), Outcome.COLLISION, sample=3),
                trace(task, seed, "", Outcome.FORMAT_FAULT, sample=4, reply="The gripper should take it."),
                trace(task, seed, f"import os\n{robust}", Outcome.POLICY_REJECTED, sample=5),
                trace(task, seed, robust, sample=6, layouts=(True, True, True, True)),
                trace(task, seed, bad(3), Outcome.INFRA_ERROR, sample=7),
            ]
    return found


def store_of(path: Path, traces: Iterable[Trace]) -> Path:
    """A store that holds them."""
    some = list(traces)
    with Store.open(path) as store:
        for run_id in sorted({item.run_id for item in some}):
            store.begin_run(run_id, {"tasks": []})
        store.add_traces(some)
    return path


def message(content: str, role: str = "user") -> Message:
    """A chat message."""
    return Message.model_validate({"role": role, "content": content})


def key(value: object) -> str:
    """A digest, for instances that are made up."""
    return digest(value)
