"""The texts that the tokenizer's words come from: scenes, questions, instructions, the skill API.

Instructions give words alone; no weight is ever trained on one before fine-tuning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blazer.core.rng import stream
from blazer.skills.docs import api_section
from blazer.tasks.colors import COLORS
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import get_task
from blazer.training.students.curriculum import draw_dialogue
from blazer.training.students.scenes import LAYOUT_SEEDS, kinds

DIALOGUES = 400
INSTRUCTIONS = 40
"""Of each task."""
REPEATS = 20
"""The API's text counts so often: it is one text among hundreds."""


def tokenizer_texts(seed: int, tasks: Sequence[str]) -> Iterator[str]:
    """All of them, in one order; a function of its arguments.

    Raises:
        UnknownNameError: there is no such task.
    """
    for number in range(DIALOGUES):
        text, turns = draw_dialogue("scenes", stream(seed, "students", "words", number), tasks)
        yield text
        for turn in turns:
            yield turn.question
            yield turn.answer
    for task in tasks:
        rng = stream(seed, "students", "words", task)
        for drawn in rng.integers(*LAYOUT_SEEDS, size=INSTRUCTIONS).tolist():
            yield instantiate(get_task(task), drawn).instruction
    for _ in range(REPEATS):
        yield from (api_section(), " ".join(COLORS), " ".join(kinds()))
