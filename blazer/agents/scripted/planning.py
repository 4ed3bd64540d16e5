"""Plans in words, and what a coder reads in them.

A plan names the objects it means on lines of their own, so that a coder that reads it takes the
same ones: a wrong choice is made once, where the plan is made.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from blazer.agents.scripted.mistakes import CONFUSION, possible_confusion
from blazer.agents.scripted.reading import Item
from blazer.agents.scripted.understanding import Action, Task

_MOVE = re.compile(r"^To move: (.+)\.$", re.MULTILINE)
_GOAL = re.compile(r"^Goal: (.+)\.$", re.MULTILINE)


def confuse(task: Task, rng: np.random.Generator) -> Task:
    """Now and then, another object in the place of the right one."""
    if not possible_confusion(task) or rng.random() >= CONFUSION:
        return task
    if task.goal_rivals and (not task.rivals or rng.random() < 0.5):
        return task._replace(goal=task.goal_rivals[int(rng.integers(len(task.goal_rivals)))])
    other = task.rivals[int(rng.integers(len(task.rivals)))]
    return task._replace(things=(other, *task.things[1:]))


def write_plan(task: Task) -> str:
    """The plan's text: the objects, how they lie, the steps."""
    things, goal = task.things, task.goal
    lines = [f"To move: {', '.join(thing.title for thing in things)}."]
    if goal is not None:
        lines.append(f"Goal: {goal.title}.")
        lines.append(_relation(things[0], goal))
    lines.append("")
    lines += [f"{number}. {step}" for number, step in enumerate(_steps(task), start=1)]
    return "\n".join(lines)


def _relation(thing: Item, goal: Item) -> str:
    dx, dy = goal.x - thing.x, goal.y - thing.y
    ways = [
        f"{abs(d):.2f} m {more if d > 0 else less}"
        for d, more, less in ((dx, "farther away", "nearer"), (dy, "to the left", "to the right"))
        if abs(d) > 0.01
    ]
    if math.hypot(dx, dy) < 0.02 or not ways:
        return f"{thing.name} sits at {goal.name}."
    return f"{goal.name} lies {' and '.join(ways)} of {thing.name}."


def _steps(task: Task) -> list[str]:
    if task.action is Action.UNSCREW:
        cap = task.things[0].name
        return [
            f"Open the gripper, go above {cap} and down to it.",
            f"Close the gripper and turn {cap} counter-clockwise.",
            "Open, turn back, close and turn again, until it has turned by more than 150 degrees.",
            f"Lift {cap} off and put it on the table.",
        ]
    steps: list[str] = []
    goal = task.goal.name if task.goal else "a free spot"
    for number, thing in enumerate(task.things):
        steps.append(f"Go above {thing.name}, then down to it at its yaw, and close the gripper.")
        steps.append(f"Lift {thing.name} straight up.")
        if task.action is Action.TAKE_OFF:
            steps.append(f"Carry it to a free spot on the table beside {goal} and lower it to the table.")
        elif task.action is Action.STACK and number:
            steps.append(f"Carry it above {task.things[number - 1].name} and lower it onto that.")
        elif task.action is Action.THREAD:
            steps.append(f"Turn it to the yaw of {goal}, carry it exactly above {goal} and lower it over it.")
        elif task.action is Action.PUT_IN:
            steps.append(f"Carry it above {goal} and lower it in.")
        else:
            steps.append(f"Carry it above {goal} and lower it until it is just above the surface.")
        steps.append("Open the gripper and go up.")
    return steps


def follow_plan(task: Task, plan: str, items: Sequence[Item]) -> Task:
    """The task with the objects that the plan names; a plan in another form changes nothing."""
    named = {item.name: item for item in items}
    moved, goal = _MOVE.search(plan), _GOAL.search(plan)
    if moved:
        things = tuple(named[name] for part in moved[1].split(", ") if (name := part.split()[-1]) in named)
        if things:
            task = task._replace(things=things)
    if goal and goal[1].split()[-1] in named:
        task = task._replace(goal=named[goal[1].split()[-1]])
    return task
