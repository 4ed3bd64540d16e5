"""The loop with fakes at its seams: routes, bounded repair, resume, budgets, infrastructure."""

from __future__ import annotations

from pathlib import Path

import pytest

from blazer.agents.budget import Budget
from blazer.agents.chat import ChatRequest
from blazer.agents.collect import CollectEvent, EventKind, collect
from blazer.agents.errors import ModelRefused, ModelUnavailable
from blazer.agents.models import RoleConfig
from blazer.agents.run import CollectConfig
from blazer.core.errors import StoreError, UsageError
from blazer.core.outcomes import Outcome
from blazer.core.records import Trace
from tests.agents.fakes import FakeModel, FakeSandbox, MemorySink, program, workplace

ROLES = {"planner": RoleConfig(), "coder": RoleConfig()}


def config(**values: object) -> CollectConfig:
    defaults: dict[str, object] = {"tasks": ("lift_block",), "seed_stop": 1, "roles": ROLES, "repairs": 1}
    return CollectConfig.model_validate({**defaults, **values})


def models(*coder: str) -> dict[str, FakeModel]:
    """A coder that gives these replies in turn to one conversation, by its number of messages."""

    def answer(request: ChatRequest) -> str:
        return coder[0] if len(request.messages) == 2 else coder[-1]

    return {"planner": FakeModel("1. Pick the block."), "coder": FakeModel(answer)}


async def run(sink: MemorySink, *coder: str, **values: object) -> list[Trace]:
    await collect(config(**values), workplace(sink=sink, models=models(*coder)))
    return sink.added


async def test_success_ends_the_episode_with_one_final_trace() -> None:
    (trace,) = await run(MemorySink(), program("success"))
    assert (trace.outcome, trace.is_final, trace.attempt) == (Outcome.SUCCESS, True, 0)
    assert [call.role for call in trace.calls] == ["planner", "coder"]
    assert trace.usage.calls == 2
    assert trace.usage.prompt_tokens == 200
    assert trace.plan is not None
    assert trace.plan.steps == ("Pick the block.",)
    assert "red block block0" in trace.state_text
    assert trace.state_text in trace.calls[1].messages[1].content


async def test_repair_gets_reply_report_and_log_and_is_a_trace_of_its_own() -> None:
    first, second = await run(MemorySink(), program("grasp_missed"), program("success"))
    assert (first.attempt, first.is_final, second.attempt, second.is_final) == (0, False, 1, True)
    assert first.trace_id != second.trace_id
    assert first.episode_id == second.episode_id
    roles = [message.role for message in second.calls[0].messages]
    assert roles == ["system", "user", "assistant", "user"]
    assert second.calls[0].messages[2].content == program("grasp_missed")
    asked = second.calls[0].messages[3].content
    for needed in ("grasp_missed", "closed on nothing", "height_m >= 0.1", "0.01"):
        assert needed in asked


@pytest.mark.parametrize("repairs", [0, 1, 3])
async def test_repairs_are_bounded(repairs: int) -> None:
    traces = await run(MemorySink(), program("goal_not_met"), repairs=repairs)
    assert [trace.attempt for trace in traces] == list(range(repairs + 1))
    assert [trace.is_final for trace in traces] == [False] * repairs + [True]
    assert all(len(trace.calls[-1].messages) <= 4 for trace in traces)


@pytest.mark.parametrize("reply", ["I will not.", "", "```python\npick('block0')", "```js\nx\n```"])
async def test_reply_without_program_is_a_format_fault_and_never_runs(reply: str) -> None:
    sandbox, sink = FakeSandbox(), MemorySink()
    await collect(config(repairs=0), workplace(sandbox, sink, models=models(reply)))
    (trace,) = sink.added
    assert trace.outcome is Outcome.FORMAT_FAULT
    assert trace.program == ""
    assert sandbox.ran == []
    assert trace.execution.fault is not None
    assert "```python" in trace.execution.fault.message


async def test_rejected_program_never_runs_and_its_findings_go_back() -> None:
    sandbox, sink = FakeSandbox(), MemorySink()
    bad = "```python\nimport os\n```"
    await collect(config(), workplace(sandbox, sink, models=models(bad, program("success"))))
    first, second = sink.added
    assert first.outcome is Outcome.POLICY_REJECTED
    assert first.policy is not None
    assert "os may not be imported" in second.calls[0].messages[3].content
    assert len(sandbox.ran) == 1


async def test_critic_is_asked_only_where_the_run_has_one() -> None:
    sink, roles = MemorySink(), {**ROLES, "critic": RoleConfig()}
    fakes = {**models(program("collision"), program("success")), "critic": FakeModel("You hit the jar.")}
    await collect(config(roles=roles), workplace(sink=sink, models=fakes))
    second = sink.added[1]
    assert [call.role for call in second.calls] == ["critic", "coder"]
    assert "You hit the jar." in second.calls[1].messages[3].content
    assert "Reply" not in second.calls[0].messages[1].content.split("At most")[0][-200:]


async def test_samples_fan_out_into_distinct_episodes() -> None:
    sink, sandbox = MemorySink(), FakeSandbox()
    fakes = models(program("success"))
    values = config(samples=3, seed_stop=2, tasks=("lift_block", "drop_block"))
    report = await collect(values, workplace(sandbox, sink, models=fakes))
    assert report.done_now == report.total == 12
    assert len({trace.episode_id for trace in sink.added}) == 12
    assert sorted({request.sample for request in fakes["coder"].asked}) == [0, 1, 2]


async def test_second_call_does_nothing_and_more_seeds_extend_the_run() -> None:
    sink = MemorySink()
    first = await collect(config(seed_stop=2), workplace(sink=sink, models=models(program("success"))))
    again = await collect(config(seed_stop=2), workplace(sink=sink, models=models(program("success"))))
    more = await collect(config(seed_stop=5), workplace(sink=sink, models=models(program("success"))))
    assert (first.done_now, again.done_before, again.done_now) == (2, 2, 0)
    assert (more.run_id, more.done_before, more.done_now) == (first.run_id, 2, 3)
    assert len(sink.added) == 5


async def test_run_identity_follows_what_makes_the_programs() -> None:
    base = config().resolved_run_id()
    assert config(seed_stop=9, workers=7, budget=Budget(max_calls=3)).resolved_run_id() == base
    hot = {"planner": RoleConfig(), "coder": RoleConfig(model="m", base_url="http://h/v1", temperature=1.0)}
    cold = {"planner": RoleConfig(), "coder": RoleConfig(model="m", base_url="http://h/v1")}
    assert (
        len(
            {
                base,
                *(config(roles=r).resolved_run_id() for r in (hot, cold)),
                config(repairs=2).resolved_run_id(),
            }
        )
        == 4
    )
    assert config(run_id="mine").resolved_run_id() == "mine"


async def test_budget_stops_cleanly_and_a_higher_one_finishes(tmp_path: Path) -> None:
    sink = MemorySink()

    def place() -> object:
        return workplace(sink=sink, models=models(program("success")), state_dir=tmp_path)

    low = await collect(config(seed_stop=5, budget=Budget(max_calls=5)), place())  # type: ignore[arg-type]
    assert "5 of 5 model calls" in low.stopped
    assert low.usage.calls == 5
    assert low.done_now == len(sink.added) <= 2
    assert low.cancelled == 5 - low.done_now
    still = await collect(config(seed_stop=5, budget=Budget(max_calls=5)), place())  # type: ignore[arg-type]
    assert still.done_now == 0, "spending counts over all processes of a run"
    rest = await collect(config(seed_stop=5), place())  # type: ignore[arg-type]
    assert rest.stopped == ""
    assert len(sink.added) == 5
    assert rest.usage.calls == 10, "nothing that was answered is asked again"


async def test_sandbox_failure_is_retried_and_not_recorded() -> None:
    sandbox, sink = FakeSandbox(fail_runs=2), MemorySink()
    report = await collect(config(), workplace(sandbox, sink, models=models(program("success"))))
    assert (report.done_now, report.infra_errors) == (1, 0)
    assert [trace.outcome for trace in sink.added] == [Outcome.SUCCESS]
    assert len(sandbox.ran) == 3


async def test_lasting_sandbox_failure_is_infra_error_and_is_tried_again_on_resume() -> None:
    sink = MemorySink()
    broken = workplace(FakeSandbox(fail_runs=99), sink, models=models(program("success")))
    events: list[CollectEvent] = []
    report = await collect(config(), broken, events.append)
    assert (report.done_now, report.infra_errors) == (0, 1)
    (trace,) = sink.added
    assert trace.outcome is Outcome.INFRA_ERROR
    assert trace.verdict.strict == "none"
    assert EventKind.RETRY in [event.kind for event in events]
    report = await collect(config(), workplace(sink=sink, models=models(program("success"))))
    assert (report.done_now, report.infra_errors) == (1, 0)
    assert sink.added[-1].outcome is Outcome.SUCCESS


class Failing:
    name = "failing"

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def reply(self, request: ChatRequest) -> object:
        raise self.error


@pytest.mark.parametrize("error", [ModelRefused("HTTP 401: no such key"), ModelUnavailable("nobody there")])
async def test_endpoint_that_never_answers_stops_the_run_with_nothing_written(error: Exception) -> None:
    sink = MemorySink()
    fakes = {"planner": Failing(error), "coder": Failing(error)}
    with pytest.raises(type(error), match=str(error)):
        await collect(config(seed_stop=5), workplace(sink=sink, models=fakes))
    assert sink.added == []


async def test_full_store_stops_the_run() -> None:
    class Full(MemorySink):
        async def add_trace(self, trace: Trace) -> bool:
            raise StoreError("no room left")

    with pytest.raises(StoreError, match="no room"):
        await collect(config(), workplace(sink=Full(), models=models(program("success"))))


async def test_unknown_task_is_refused_before_anything() -> None:
    with pytest.raises(UsageError, match="nope"):
        await collect(config(tasks=("nope",)), workplace())


async def test_verification_seeds_are_asked_for_and_lie_outside_the_runs_seeds() -> None:
    sandbox = FakeSandbox()
    await collect(config(verify_seeds=4), workplace(sandbox, models=models(program("success"))))
    assert len(set(sandbox.verified)) == 4
    assert min(sandbox.verified) >= 1_000_000
