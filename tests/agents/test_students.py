"""Brief students behind any endpoint: no plan, their own prompts, and traces that data sets understand."""

from __future__ import annotations

from typing import Any

import pytest

from blazer.agents.collect import collect
from blazer.agents.errors import PromptTooLong
from blazer.agents.graph import after_observe, after_planner
from blazer.agents.models import RoleConfig
from blazer.agents.run import CollectConfig
from blazer.core.outcomes import Outcome
from blazer.training.attempts import attempt_of
from tests.agents.fakes import FakeModel, FakeSandbox, MemorySink, program, workplace

BRIEF = RoleConfig(model="m", base_url="http://127.0.0.1:9/v1", style="brief")


def script(*replies: str) -> FakeModel:
    """The replies by how often the program was repaired."""
    return FakeModel(lambda request: replies[min(len(request.messages) // 2, len(replies) - 1)])


async def run(coder: FakeModel, planner: FakeModel, style: str = "brief") -> MemorySink:
    role = BRIEF.model_copy(update={"style": style})
    config = CollectConfig(
        tasks=("lift_block",), seed_stop=2, repairs=1, roles={"planner": role, "coder": role}
    )
    sink = MemorySink()
    models: dict[str, Any] = {"planner": planner, "coder": coder}
    await collect(config, workplace(FakeSandbox(), sink, models=models))
    return sink


def test_who_is_asked_next() -> None:
    assert after_observe({"style": "full"}) == "planner"
    assert after_observe({"style": "brief"}) == "coder"
    assert after_planner({"plan": "p"}) == "coder"
    assert after_planner({"plan": "", "format_problem": "too long"}) == "record"


async def test_a_data_set_has_the_very_prompt_that_the_student_was_asked_with() -> None:
    planner = FakeModel("a plan")
    sink = await run(script(program("goal_not_met"), program("success")), planner)
    assert planner.asked == []
    first, second = sorted(
        (trace for trace in sink.traces.values() if trace.seed == 0), key=lambda trace: trace.attempt
    )
    assert (first.outcome, second.outcome) == (Outcome.GOAL_NOT_MET, Outcome.SUCCESS)
    for trace in (first, second):
        attempt = attempt_of(trace, "brief", bare=False)
        assert attempt is not None
        assert attempt.prompt == first.calls[0].messages
        assert attempt_of(trace, "full", bare=False) is None, "it was never asked in full"
    repair = attempt_of(second, "brief", bare=False)
    assert repair is not None
    assert repair.dialogue == second.calls[0].messages
    assert [message.role for message in repair.dialogue] == ["user", "assistant", "user"]
    assert repair.dialogue[1].content == first.calls[0].reply


async def test_a_planner_whose_context_is_too_small_fails_the_attempt_and_not_the_run() -> None:
    def too_long(request: Any) -> str:
        raise PromptTooLong("planner", "m", 300, 256)

    sink = await run(FakeModel(program("success")), FakeModel(too_long), style="full")
    attempts = sorted((trace.seed, trace.attempt, trace.outcome) for trace in sink.traces.values())
    assert attempts == [
        (seed, attempt, outcome)
        for seed in (0, 1)
        for attempt, outcome in ((0, Outcome.FORMAT_FAULT), (1, Outcome.SUCCESS))
    ]


@pytest.mark.parametrize("style", ["brief", "full"])
def test_the_style_is_part_of_what_is_asked(style: str) -> None:
    role = BRIEF.model_copy(update={"style": style})
    assert role.parameters().get("style", "full") == style
