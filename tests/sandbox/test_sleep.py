"""`time.sleep` lets the world's time pass: in order, in the trace, in the budgets, and the same each time."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from blazer.core.outcomes import Ending
from blazer.core.records import Execution
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.sandbox import Sandbox
from blazer.sandbox.simulated import SETTLE_S
from blazer.sim.backends import create_simulator
from blazer.skills.errors import SkillBudgetExceeded, SkillMisuse
from blazer.skills.runtime import SkillRuntime
from blazer.tasks.instantiate import instantiate, scene_of
from blazer.tasks.library import get_task, reference_program
from blazer.tasks.spec import TaskInstance
from tests.sandbox.conftest import in_module_loop, opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real() -> AsyncIterator[Sandbox]:
    async for item in opened("process", backend="mujoco", workers=1):
        yield item


def instance() -> TaskInstance:
    return instantiate(get_task("put_block"), 0)


@in_module_loop
async def test_it_is_in_the_trace_in_its_place(process_sandbox: Sandbox) -> None:
    source = (
        "from time import sleep\nimport time as t\npick('thing0')\nsleep(2.5)\n"
        "print(t.time(), t.monotonic())\nplace_on('thing0')\nt.sleep(1)\nsleep(0)\nprint(t.perf_counter())\n"
    )
    execution = (await process_sandbox.run(source, fake_instance())).execution
    assert [(c.skill, c.line, c.start_s, c.duration_s) for c in execution.skill_calls] == [
        ("pick", 3, 0.0, 1.0),
        ("time.sleep", 4, 1.0, 2.5),
        ("place_on", 6, 3.5, 1.0),
        ("time.sleep", 7, 4.5, 1.0),
    ]
    assert execution.skill_calls[1].arguments == {"seconds": 2.5}
    assert execution.stdout.text == "3.5 3.5\n5.5\n"
    assert execution.timings.simulated_s == 5.5


@in_module_loop
async def test_it_counts_against_both_budgets(process_sandbox: Sandbox) -> None:
    long = "import time\nfor n in range(100):\n    time.sleep(7)\n"
    execution = (await process_sandbox.run(long, fake_instance())).execution
    assert execution.ending is Ending.SIMULATED_TIME_OUT
    assert len(execution.skill_calls) == 9
    many = "import time\nwhile True:\n    time.sleep(1e-6)\n"
    execution = (await process_sandbox.run(many, fake_instance())).execution
    assert execution.ending is Ending.CALL_BUDGET
    assert len(execution.skill_calls) == process_sandbox.limits.skill_calls


@in_module_loop
@pytest.mark.parametrize(
    ("length", "error"),
    [
        ("-1", "ValueError: sleep length must be non-negative"),
        ("float('nan')", "ValueError: Invalid value NaN (not a number)"),
        ("float('-inf')", "ValueError: sleep length must be non-negative"),
        ("float('inf')", "OverflowError: timestamp too large to convert to C _PyTime_t"),
        ("1e300", "OverflowError: timestamp too large to convert to C _PyTime_t"),
        ("10 ** 400", "OverflowError: timestamp too large to convert to C _PyTime_t"),
        ("'1'", "TypeError: 'str' object cannot be interpreted as an integer"),
        ("None", "TypeError: 'NoneType' object cannot be interpreted as an integer"),
    ],
)
async def test_lengths_that_make_no_sense_are_pythons_own_errors(
    length: str, error: str, process_sandbox: Sandbox
) -> None:
    tell = "print(f'{type(e).__name__}: {e}')"
    source = f"import time\ntry:\n    time.sleep({length})\nexcept Exception as e:\n    {tell}\n"
    execution = (await process_sandbox.run(source, fake_instance())).execution
    assert (execution.stdout.text, execution.skill_calls) == (f"{error}\n", ())


@in_module_loop
async def test_a_length_beyond_the_budget_is_the_time_limit(process_sandbox: Sandbox) -> None:
    execution = (await process_sandbox.run("import time\ntime.sleep(5e8)", fake_instance())).execution
    assert execution.ending is Ending.SIMULATED_TIME_OUT
    assert execution.fault is not None
    assert execution.fault.line == 2


@in_module_loop
async def test_the_world_moves_on_and_a_replay_agrees(real: Sandbox) -> None:
    plain = (await real.run(reference_program(instance()), instance())).execution
    source = f"import time\ntime.sleep(0.3)\n{reference_program(instance())}\ntime.sleep(0.701)\n"
    first, again = [(await real.run(source, instance())).execution for _ in range(2)]
    assert (first.ending, first.fault, first.outcome) == (Ending.COMPLETED, None, plain.outcome)
    assert first.final_digest == again.final_digest
    assert first.timings.simulated_s > plain.timings.simulated_s + 1.0
    assert [c.skill for c in first.skill_calls].count("time.sleep") == 2
    assert replayed(first) == first.final_digest


def replayed(execution: Execution) -> str:
    """The digest of a world in which the recorded calls are executed again."""
    sim = create_simulator("mujoco")
    try:
        runtime = loaded(sim)
        for call in execution.skill_calls:
            runtime.call(call.skill, call.arguments)
        sim.settle(SETTLE_S)
        return sim.digest()
    finally:
        sim.close()


def loaded(sim: object, max_simulated_s: float = 120.0) -> SkillRuntime:
    scene = scene_of(instance())
    sim.load(scene)  # type: ignore[attr-defined]
    return SkillRuntime(sim, scene, instance().seed, max_simulated_s=max_simulated_s)  # type: ignore[arg-type]


def test_the_worlds_own_checks() -> None:
    sim = create_simulator("mujoco")
    try:
        runtime = loaded(sim, max_simulated_s=1.0)
        before_s = sim.time_s()
        with pytest.raises(SkillMisuse, match="not be negative"):
            runtime.call("time.sleep", {"seconds": -1})
        with pytest.raises(SkillMisuse, match="seconds"):
            runtime.call("time.sleep", {})
        assert sim.time_s() == before_s
        runtime.call("time.sleep", {"seconds": 1e-9})
        assert before_s < sim.time_s() < before_s + 0.01
        runtime.call("time.sleep", {"seconds": 0.5})
        assert 0.5 <= sim.time_s() - before_s < 0.52
        with pytest.raises(SkillBudgetExceeded):
            runtime.call("time.sleep", {"seconds": 0.6})
        assert runtime.last_report is not None
        assert runtime.last_report.skill == "time.sleep"
    finally:
        sim.close()
