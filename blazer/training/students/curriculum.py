"""What the base model learns from, step by step: to copy, to look up, to read scenes.

1. `repeat`: random tokens repeated with a random period. Loss on the repetitions alone; the first
   round cannot be known and would only drown the signal.
2. `pairs`: short lists of things, and questions about them.
3. `scenes`: whole state texts with questions, and stretches of the skill API's text.

No program and no instruction of a task is in any of it: the base can read a scene, and can solve nothing.
Everything is drawn from streams named after the seed and the number of the example, so that any example
can be made alone, in any order, by a training that goes on after it was killed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from blazer.core.rng import stream
from blazer.skills.docs import api_section
from blazer.tasks.colors import COLORS
from blazer.training.students.scenes import LAYOUT_SEEDS, Thing, drawn_scene, kinds, layout_scene

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

Stage = Literal["repeat", "pairs", "scenes"]
IGNORED = -100
"""Label of a token that no loss is taken over."""
REPEAT_TOKENS = 64
API_SHARE = 0.08
"""Of the examples of the last stage."""
API_TOKENS = 256
PAIR_TURNS, SCENE_TURNS = 8, 12
LAYOUT_SHARE = 0.5
"""Scenes that a task lays; the others are drawn freely."""


class Example(NamedTuple):
    """Token ids and the labels of a causal model, of equal length."""

    input_ids: list[int]
    labels: list[int]


class Turn(NamedTuple):
    """A question and its answer."""

    question: str
    answer: str


def make_example(
    stage: Stage, seed: int, number: int, tokenizer: PreTrainedTokenizerFast, tasks: Sequence[str]
) -> Example:
    """The example of that number; the same one whenever it is asked for.

    Args:
        stage: Which of the three.
        seed: Of the training.
        number: Of the example.
        tokenizer: The student's.
        tasks: Whose layouts may be read.

    Raises:
        UnknownNameError: there is no such task.
    """
    rng = _stream(stage, seed, number)
    if stage == "repeat":
        return _repeated(rng, len(tokenizer))
    if stage == "scenes" and _is_api(rng):
        return _api(rng, tokenizer)
    return _tokens(tokenizer, *draw_dialogue(stage, rng, tasks))


def draw_dialogue(
    stage: Stage, rng: np.random.Generator, tasks: Sequence[str]
) -> tuple[str, tuple[Turn, ...]]:
    """A text, and questions that it answers.

    Raises:
        UnknownNameError: there is no such task.
    """
    if stage == "pairs":
        text, things = _short_list(rng)
        return text, _questions(rng, things, PAIR_TURNS)
    layout = _layout_of(rng, tasks)
    scene = drawn_scene(rng) if layout is None else layout_scene(*layout)
    return scene.text, _questions(rng, scene.things, SCENE_TURNS)


def layouts_read(seed: int, count: int, tasks: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Task -> seeds of the layouts that the first `count` examples of the last stage show."""
    seeds: dict[str, set[int]] = {}
    for number in range(count):
        rng = _stream("scenes", seed, number)
        layout = None if _is_api(rng) else _layout_of(rng, tasks)
        if layout is not None:
            seeds.setdefault(layout[0], set()).add(layout[1])
    return {task: tuple(sorted(some)) for task, some in sorted(seeds.items())}


def _stream(stage: Stage, seed: int, number: int) -> np.random.Generator:
    return stream(seed, "students", stage, number)


def _is_api(rng: np.random.Generator) -> bool:
    return bool(rng.random() < API_SHARE)


def _layout_of(rng: np.random.Generator, tasks: Sequence[str]) -> tuple[str, int] | None:
    if rng.random() >= LAYOUT_SHARE or not tasks:
        return None
    return tasks[int(rng.integers(len(tasks)))], int(rng.integers(*LAYOUT_SEEDS))


def _repeated(rng: np.random.Generator, vocabulary: int) -> Example:
    period = int(rng.integers(3, REPEAT_TOKENS // 2))
    tokens = np.resize(rng.integers(5, vocabulary, period), REPEAT_TOKENS)
    labels = tokens.copy()
    # Where the second round begins cannot be known either.
    labels[: period + 1] = IGNORED
    return Example(tokens.tolist(), labels.tolist())


def _short_list(rng: np.random.Generator) -> tuple[str, list[Thing]]:
    known, colors = kinds(), tuple(COLORS)
    count = int(rng.integers(2, 9))
    chosen = rng.choice(len(known), size=max(1, count // 2), replace=False)
    things = []
    for number, color in enumerate(rng.permutation(len(colors))[:count]):
        kind = known[chosen[int(rng.integers(len(chosen)))]]
        name = f"{'_'.join(kind.split())}{number}"
        things.append(Thing(name, kind, colors[int(color)], "", ""))
    return "\n".join(f"- {thing.color} {thing.kind} {thing.name}" for thing in things), things


def _which(thing: Thing) -> Turn:
    return Turn(f"Which {thing.kind} is {thing.color}?", thing.name)


def _color(thing: Thing) -> Turn:
    return Turn(f"What colour is {thing.name}?", thing.color)


def _kind(thing: Thing) -> Turn:
    return Turn(f"What is {thing.name}?", thing.kind)


def _title(thing: Thing) -> Turn:
    return Turn(f"Show {thing.name}.", f"{thing.color} {thing.kind} {thing.name}".strip())


def _quoted(thing: Thing) -> Turn:
    return Turn(f"Quote the {thing.color} {thing.kind}.", f'"{thing.kind}", "{thing.color}"')


def _several(count: int, thing: Thing) -> Turn:
    """Whether there are so many is not the question: the number is to be said after the rest."""
    return Turn(f"Quote {count} {thing.color} {thing.kind}s.", f'"{thing.kind}", "{thing.color}", {count}')


def _named(thing: Thing) -> Turn:
    return Turn(f"Quote the {thing.kind}.", f'"{thing.kind}"')


def _where(thing: Thing) -> Turn:
    return Turn(f"Where is {thing.name}?", thing.position)


def _height(thing: Thing) -> Turn:
    return Turn(f"How tall is {thing.name}?", thing.height)


_OF_ANY: tuple[Callable[[Thing], Turn], ...] = (_kind, _title, _named)
_OF_COLORED: tuple[Callable[[Thing], Turn], ...] = (_color, _quoted)
_OF_MEASURED: tuple[Callable[[Thing], Turn], ...] = (_where, _height)


def _questions(rng: np.random.Generator, things: Sequence[Thing], count: int) -> tuple[Turn, ...]:
    turns = []
    for _ in range(count):
        thing = things[int(rng.integers(len(things)))]
        alike = [other for other in things if (other.kind, other.color) == (thing.kind, thing.color)]
        asked: list[Callable[[Thing], Turn]] = [*_OF_ANY]
        if thing.color:
            asked += _OF_COLORED
            asked += [_which] * 3 if len(alike) == 1 else []
            asked += [partial(_several, int(rng.integers(2, 10)))] * 2
        if thing.position and rng.random() < 0.3:
            asked += _OF_MEASURED
        turns.append(asked[int(rng.integers(len(asked)))](thing))
    return tuple(turns)


def _tokens(tokenizer: PreTrainedTokenizerFast, text: str, turns: Sequence[Turn]) -> Example:
    """Questions one after the other, the scene below the first; loss over the answers alone."""
    ids: list[int] = []
    labels: list[int] = []
    for index, turn in enumerate(turns):
        asked = f"{turn.question}\n\n{text}" if index == 0 else turn.question
        for content, said in ((f"<user>{asked}<end><assistant>", False), (f"{turn.answer}<end>", True)):
            piece = tokenizer(content, add_special_tokens=False)["input_ids"]
            ids += piece
            labels += piece if said else [IGNORED] * len(piece)
    return Example(ids, labels)


def _api(rng: np.random.Generator, tokenizer: PreTrainedTokenizerFast) -> Example:
    tokens = _api_tokens(tokenizer)
    start = int(rng.integers(max(1, len(tokens) - API_TOKENS)))
    piece = list(tokens[start : start + API_TOKENS])
    return Example(piece, list(piece))


@lru_cache(maxsize=2)
def _api_tokens(tokenizer: PreTrainedTokenizerFast) -> tuple[int, ...]:
    return tuple(tokenizer(api_section(), add_special_tokens=False)["input_ids"])
