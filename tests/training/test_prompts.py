"""Every prompt of a data set is what the agents, or a student, would be sent for that instance."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from typing import Any

import pytest

from blazer.agents.chat import ChatRequest
from blazer.agents.collect import collect
from blazer.agents.extract import extract_program
from blazer.agents.run import CollectConfig
from blazer.core.errors import UnknownNameError
from blazer.core.outcomes import Outcome
from blazer.core.records import Message, Trace
from blazer.prompts.messages import coder_messages, repair_messages
from blazer.prompts.render import state_text
from blazer.prompts.students import STYLES, program_reply, student_messages, student_repair
from blazer.skills.docs import api_section
from blazer.training.assemble import assemble
from blazer.training.attempts import asked_as_today
from blazer.training.settings import DatasetSettings
from tests.agents.fakes import FakeModel, MemorySink, instantiate, spec, workplace, world
from tests.training.builders import API, REPORT, attempts_of, bad, good, trace, varied


def _answers(request: ChatRequest) -> str:
    """Fails at first on odd samples, and succeeds after a report."""
    repair = any(message.role == "assistant" for message in request.messages)
    outcome = "success" if repair or request.sample % 2 == 0 else "grasp_missed"
    turn = f"turn({request.sample}, {int(repair)})"
    return f"Well.\n\n```python\n# outcome: {outcome}\n{turn}\npick('block0')\n```"


async def _collected() -> tuple[list[Trace], FakeModel]:
    planner = FakeModel(lambda request: f"1. Pick it ({request.sample // 2}).")
    coder, sink = FakeModel(_answers), MemorySink()
    config = CollectConfig(tasks=("lift_block", "drop_block"), seed_stop=6, samples=4, repairs=1, run_id="r")
    await collect(config, workplace(sink=sink, models={"planner": planner, "coder": coder}))
    return list(sink.traces.values()), coder


@pytest.mark.parametrize("dialogue", [False, True])
async def test_full_prompts_are_requests_that_the_coder_got(dialogue: bool) -> None:
    traces, coder = await _collected()
    asked = {request.messages for request in coder.asked}
    settings = DatasetSettings(dialogue=dialogue, split={"val_fraction": 0.3})
    made = assemble(attempts_of(traces, "full", bare=False), settings)
    for kind, splits in made.rows.items():
        for rows in splits.values():
            for row in rows:
                assert row.prompt in asked, (kind, row.id)
    if dialogue:
        forms = {row.model_dump()["form"] for row in made.rows["sft"]["train"]}
        assert forms == {"answer", "dialogue"}


async def test_brief_prompts_are_what_a_student_is_asked_for_that_instance() -> None:
    traces, _ = await _collected()
    made = assemble(attempts_of(traces), DatasetSettings(style="brief", split={"val_fraction": 0.3}))
    for splits in made.rows.values():
        for rows in splits.values():
            for row in rows:
                instance = instantiate(spec(row.task), row.seed)
                asked = student_messages("brief", instance.instruction, state_text(world(instance)))
                assert row.prompt == asked.messages


def test_full_is_the_coders_prompt_and_brief_holds_nothing_else() -> None:
    assert student_messages("full", "do it", "S", "P", API) == coder_messages("do it", "S", "P", API)
    (only,) = student_messages("brief", "do it", "State:\n- red jar jar0").messages
    assert only == Message(role="user", content="do it\n\nState:\n- red jar jar0")
    with pytest.raises(UnknownNameError, match="full"):
        student_messages("short", "do it", "S")


@pytest.mark.parametrize("style", STYLES)
def test_a_students_repair_goes_on_with_its_own_prompt(style: str) -> None:
    first = student_messages(style, "do it", "S", "P", API).messages
    repair = student_repair(style, first, "reply", REPORT).messages
    assert repair[: len(first)] == first
    assert repair == repair_messages(first, "reply", REPORT).messages


def test_brief_and_full_have_digests_of_their_own() -> None:
    assert student_messages("brief", "a", "b").digest != student_messages("full", "a", "b").digest
    assert student_messages("brief", "a", "b").digest == student_messages("brief", "c", "d").digest


@pytest.mark.parametrize("program", [good(), 'say("```")\n', "x = '''\n```\n'''\n", "pick('jär☃')\n"])
def test_a_program_reply_is_read_back_as_it_was(program: str) -> None:
    assert extract_program(program_reply(program)).program == program


def test_a_prompt_that_is_not_todays_is_noticed() -> None:
    item = trace(plan="1. Take it.")
    today = coder_messages(item.instruction, item.state_text, "1. Take it.", api_section()).messages
    call = item.calls[-1].model_copy(update={"messages": today})
    instance = {**item.instance, "instruction": item.instruction}
    item = item.model_copy(update={"calls": (call,), "instance": instance})
    (attempt,) = attempts_of([item], "full", bare=False)
    assert asked_as_today(attempt, "1. Take it.")
    assert not asked_as_today(attempt, "1. Leave it.")
    assert not asked_as_today(dataclasses.replace(attempt, prompt=attempt.prompt[1:]), "1. Take it.")


def test_a_brief_request_is_none_for_a_full_data_set() -> None:
    item = trace()
    asked = student_messages("brief", item.instruction, item.state_text).messages
    briefly = item.model_copy(update={"calls": (item.calls[-1].model_copy(update={"messages": asked}),)})
    assert attempts_of([briefly], "full", bare=False) == []
    assert attempts_of([briefly], "brief")[0].prompt == attempts_of([item], "brief")[0].prompt == asked


def test_a_repaired_program_answers_the_original_prompt() -> None:
    first = trace(program=bad(), outcome=Outcome.GRASP_MISSED, is_final=False)
    repaired = trace(program=good(), attempt=1)
    one, other = attempts_of([first, repaired], "full", bare=False)
    assert one.prompt == other.prompt
    assert one.dialogue == ()
    assert other.dialogue[:2] == other.prompt
    assert [message.role for message in other.dialogue] == ["system", "user", "assistant", "user"]
    assert "Here is" in one.answer(bare=False)
    assert other.answer(bare=False) == program_reply(good())


def test_in_a_brief_dialogue_earlier_answers_are_bare_too() -> None:
    (item,) = attempts_of([trace(attempt=1)], "brief", bare=True)
    assert [message.role for message in item.dialogue] == ["user", "assistant", "user"]
    assert item.dialogue[1].content == program_reply(bad(9))


@pytest.mark.parametrize("style", STYLES)
def test_completions_hold_exactly_one_block_with_the_program_that_was_judged(style: Any) -> None:
    traces = varied()
    programs: dict[str, str] = {item.trace_id: item.program for item in traces}
    made = assemble(
        attempts_of(traces, style, bare=style != "full"), DatasetSettings(style=style, dialogue=True)
    )
    seen: dict[str, int] = defaultdict(int)
    for kind in ("sft", "kto"):
        for row in made.rows[kind]["train"]:  # type: ignore[index]
            text = row.answers()[0]
            program = programs[row.trace_ids[0]]
            assert (extract_program(text).program or "") == program
            assert text.count("```") == (2 if program else 0)
            seen[kind] += 1
    assert seen["sft"] > 10
    assert seen["kto"] > 10
