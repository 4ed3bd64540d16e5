"""Text goes in and comes out, words are what they are wherever they stand, and answers are marked."""

from __future__ import annotations

from typing import Any

import pytest

from blazer.prompts.students import program_reply, student_messages
from blazer.tasks.colors import COLORS
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import get_task, reference_program, task_names
from blazer.training.students.corpus import tokenizer_texts
from blazer.training.students.scenes import layout_scene
from blazer.training.students.tokenizer import ASSISTANT, END, SPECIAL, train_tokenizer
from tests.training.students.conftest import TASKS


def _ids(tokenizer: Any, text: str) -> list[int]:
    found: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return found


@pytest.mark.parametrize("task", task_names())
def test_what_students_read_and_write_comes_out_as_it_went_in(tokenizer: Any, task: str) -> None:
    instance = instantiate(get_task(task), 7)
    prompt = student_messages("brief", instance.instruction, layout_scene(task, 7).text).messages[0].content
    for text in (prompt, program_reply(reference_program(instance)), "zürich\t\u4e2d  ``` x=1\n\n\n  y"):
        assert tokenizer.decode(_ids(tokenizer, text)) == text


@pytest.mark.parametrize("color", COLORS)
def test_a_colour_is_one_token_and_the_same_one_everywhere(tokenizer: Any, color: str) -> None:
    (alone,) = _ids(tokenizer, color)
    for text in (f"the {color} jar", f'get_objects(kind="jar", color="{color}")[0]', f"- {color} jar jar0"):
        assert _ids(tokenizer, text).count(alone) == 1


def test_digits_are_cut_in_pairs_and_numbers_hold_no_other_token(tokenizer: Any) -> None:
    pieces = [tokenizer.decode([token]) for token in _ids(tokenizer, "(0.1471, -0.3856, 12)")]
    assert pieces == ["(", "0.", "14", "71", ", ", "-0.", "38", "56", ", ", "12", ")"]


def test_a_prompt_is_the_beginning_of_the_prompt_with_its_answer(tokenizer: Any) -> None:
    asked = [{"role": "user", "content": "Close the red jar.\n\nState:\n- red jar jar0"}]
    answered = [*asked, {"role": "assistant", "content": "```python\npick('jar0')\n```"}]
    prompt = tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_dict=True)["input_ids"]
    both = tokenizer.apply_chat_template(answered, return_dict=True)["input_ids"]
    assert both[: len(prompt)] == prompt
    assert tokenizer.decode(both[len(prompt) :]) == f"{answered[1]['content']}{END}"
    assert both[-1] == tokenizer.eos_token_id


def test_the_template_marks_answers_and_nothing_else(tokenizer: Any) -> None:
    chat = [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "one?"},
        {"role": "assistant", "content": "two"},
        {"role": "user", "content": "three?"},
        {"role": "assistant", "content": "four"},
    ]
    made = tokenizer.apply_chat_template(chat, return_dict=True, return_assistant_tokens_mask=True)
    marked = [token for token, mark in zip(made["input_ids"], made["assistant_masks"], strict=True) if mark]
    assert tokenizer.decode(marked) == f"two{END}four{END}"
    assert made["input_ids"].count(tokenizer.convert_tokens_to_ids(ASSISTANT)) == 2


def test_special_tokens_are_one_token_each(tokenizer: Any) -> None:
    assert [_ids(tokenizer, token) for token in SPECIAL] == [[number] for number in range(len(SPECIAL))]


def test_the_same_texts_make_the_same_tokenizer(tokenizer: Any) -> None:
    again = train_tokenizer(tokenizer_texts(3, TASKS), 800)
    assert again.get_vocab() == tokenizer.get_vocab()
