"""What the base learns from is true, reproducible, free of programs, and not of evaluation."""

from __future__ import annotations

import re
from typing import Any

import pytest

from blazer.core.rng import stream
from blazer.core.seeds import EVALUATION_SEED_RANGE, VERIFY_SEED_RANGE
from blazer.tasks.colors import COLORS
from blazer.training.students import curriculum
from blazer.training.students.curriculum import (
    IGNORED,
    REPEAT_TOKENS,
    Stage,
    Turn,
    draw_dialogue,
    layouts_read,
    make_example,
)
from blazer.training.students.scenes import LAYOUT_SEEDS, drawn_scene, layout_scene
from blazer.training.students.settings import BaseSettings
from blazer.training.students.tokenizer import END
from tests.training.students.conftest import TASKS

DIALOGUES: tuple[Stage, ...] = ("pairs", "scenes")
LINE = re.compile(
    rf"- (?:(?P<color>{'|'.join(COLORS)}) )?(?P<kind>\w+(?: \w+)??) (?P<name>\w+\d)"
    r"(?:: position (?P<position>\(.*?\)).* x (?P<height>\S+))?$"
)


def _objects(text: str) -> list[dict[str, str]]:
    """The objects of a text, read from its lines alone."""
    return [found.groupdict("") for line in text.splitlines() if (found := LINE.match(line))]


def _answers(turn: Turn, objects: list[dict[str, str]]) -> list[str]:
    """All answers that the text allows."""
    question = turn.question
    if found := re.fullmatch(r"Which (.+) is (\w+)\?", question):
        return [o["name"] for o in objects if (o["kind"], o["color"]) == found.groups()]
    if found := re.fullmatch(rf"Quote the ({'|'.join(COLORS)}) (.+)\.", question):
        color, kind = found.groups()
        return [f'"{kind}", "{color}"' for o in objects if (o["kind"], o["color"]) == (kind, color)]
    if found := re.fullmatch(r"Quote (\d) (\w+) (.+)s\.", question):
        count, color, kind = found.groups()
        return [f'"{kind}", "{color}", {count}' for o in objects if (o["kind"], o["color"]) == (kind, color)]
    patterns = {
        r"Quote the (?P<kind>.+)\.": '"{kind}"',
        r"What colour is (\w+)\?": "{color}",
        r"What is (\w+)\?": "{kind}",
        r"Show (\w+)\.": "{color} {kind} {name}",
        r"Where is (\w+)\?": "{position}",
        r"How tall is (\w+)\?": "{height}",
    }
    for pattern, answer in patterns.items():
        if found := re.fullmatch(pattern, question):
            asked = "kind" if "kind" in found.groupdict() else "name"
            return [answer.format(**o).strip() for o in objects if o[asked] == found[1]]
    raise AssertionError(f"no such question: {question}")


@pytest.mark.parametrize("stage", DIALOGUES)
def test_every_question_has_one_answer_and_it_is_the_given_one(stage: Stage) -> None:
    asked = set()
    for number in range(150):
        text, turns = draw_dialogue(stage, stream(5, "test", number), TASKS)
        objects = _objects(text)
        assert turns
        for turn in turns:
            assert {turn.answer} == set(_answers(turn, objects)), (turn, text)
            if turn.question.startswith("Which"):
                assert len(_answers(turn, objects)) == 1
            asked.add(turn.question.split()[0])
    assert {"Which", "What", "Show", "Quote"} <= asked


@pytest.mark.parametrize("stage", ["repeat", "pairs", "scenes"])
def test_an_example_is_a_function_of_seed_and_number(stage: Stage, tokenizer: Any) -> None:
    made = [make_example(stage, 1, number, tokenizer, TASKS) for number in range(6)]
    assert [make_example(stage, 1, number, tokenizer, TASKS) for number in reversed(range(6))] == made[::-1]
    assert len({tuple(example.input_ids) for example in made}) == 6
    assert make_example(stage, 2, 0, tokenizer, TASKS) != made[0]


def test_what_is_repeated_can_be_known_and_nothing_else_is_asked(tokenizer: Any) -> None:
    for number in range(40):
        ids, labels = make_example("repeat", 0, number, tokenizer, ())
        assert len(ids) == len(labels) == REPEAT_TOKENS
        period = next(p for p in range(1, REPEAT_TOKENS) if ids[p:] == ids[:-p])
        first = next(place for place, label in enumerate(labels) if label != IGNORED)
        assert first == period + 1
        assert labels[first:] == ids[first:]


@pytest.mark.parametrize("stage", DIALOGUES)
def test_loss_is_over_the_answers_with_their_ends_and_over_nothing_else(
    stage: Stage, tokenizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curriculum, "API_SHARE", 0.0)
    seen: list[tuple[Turn, ...]] = []
    real = curriculum.draw_dialogue

    def draw(*arguments: Any) -> Any:
        text, turns = real(*arguments)
        seen.append(turns)
        return text, turns

    monkeypatch.setattr(curriculum, "draw_dialogue", draw)
    for number in range(10):
        ids, labels = make_example(stage, 0, number, tokenizer, TASKS)
        said = [label for label in labels if label != IGNORED]
        assert tokenizer.decode(said) == "".join(turn.answer + END for turn in seen[-1])
        assert all(label in (IGNORED, token) for token, label in zip(ids, labels, strict=True))


def test_the_card_lists_the_layouts_that_examples_show_and_no_others(
    tokenizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: dict[str, set[int]] = {}

    def layout(task: str, seed: int) -> Any:
        shown.setdefault(task, set()).add(seed)
        return layout_scene(task, seed)

    monkeypatch.setattr(curriculum, "layout_scene", layout)
    for number in range(60):
        make_example("scenes", 4, number, tokenizer, TASKS)
    assert set(shown) == set(TASKS)
    assert layouts_read(4, 60, TASKS) == {task: tuple(sorted(seeds)) for task, seeds in shown.items()}


def test_layouts_come_from_collecting_seeds() -> None:
    assert LAYOUT_SEEDS[0] < LAYOUT_SEEDS[1] <= min(VERIFY_SEED_RANGE[0], EVALUATION_SEED_RANGE[0])
    for seeds in layouts_read(0, 200, TASKS).values():
        assert all(LAYOUT_SEEDS[0] <= seed < LAYOUT_SEEDS[1] for seed in seeds)


def test_a_drawn_scene_shows_each_of_its_things() -> None:
    for number in range(40):
        scene = drawn_scene(stream(0, "test", number))
        assert [o["name"] for o in _objects(scene.text)] == [thing.name for thing in scene.things]
        assert len({thing.name for thing in scene.things}) == len(scene.things) >= 2


def test_each_step_belongs_to_one_stage_and_its_examples_to_one_step() -> None:
    settings = BaseSettings.model_validate(
        {"repeat": {"steps": 2, "batch_size": 4}, "pairs": {"steps": 0}, "scenes": {"steps": 3}}
    )
    found = [settings.stage_of(step) for step in range(settings.steps)]
    assert found == [
        ("repeat", 0, 4),
        ("repeat", 4, 4),
        ("scenes", 0, 16),
        ("scenes", 16, 16),
        ("scenes", 32, 16),
    ]
    for step in (-1, settings.steps):
        with pytest.raises(IndexError):
            settings.stage_of(step)
