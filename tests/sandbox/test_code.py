"""Plain untrusted Python: source and inputs in, a typed result out, and no robot anywhere."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from blazer.core.errors import ConfigError, UsageError
from blazer.core.outcomes import Ending
from blazer.sandbox.code import CodeSandbox, run_code
from blazer.sandbox.errors import SandboxBusy
from blazer.sandbox.limits import Limits
from tests.sandbox.conftest import QUICK, in_module_loop


@in_module_loop
async def test_inputs_go_in_and_a_result_comes_out(box: CodeSandbox) -> None:
    inputs = {"numbers": [1, 2.5, -3], "name": "a\u00e9\u4e2d", "deep": {"x": [None, True]}}
    source = "print(inputs['name'])\nresult = {'sum': sum(inputs['numbers']), 'same': inputs}\n"
    result = await box.run(source, inputs=inputs)
    assert result.ok
    assert result.value == {"sum": 0.5, "same": inputs}
    assert result.stdout.text == "a\u00e9\u4e2d\n"
    assert result.isolation == box.isolation
    assert (result.fault, result.findings, result.note) == (None, (), "")
    assert inputs["numbers"] == [1, 2.5, -3]


@in_module_loop
@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("x = 1", None),
        ("result = None", None),
        ("result = (1, (2,))", [1, [2]]),
        ("import numpy as np\nresult = np.arange(4).reshape(2, 2)", [[0, 1], [2, 3]]),
        (
            "import numpy as np\nresult = {'m': np.float64(0.5), 'n': np.int64(3), 'b': np.float64(1) > 0}",
            {"m": 0.5, "n": 3, "b": True},
        ),
        (
            "from collections import Counter, defaultdict\nresult = [Counter('aab'), defaultdict(int, a=1)]",
            [{"a": 2, "b": 1}, {"a": 1}],
        ),
        ("result = 5\nexit()", 5),
        ("def f():\n    return 3\nif __name__ == '__main__':\n    result = f()", 3),
        ("result = '\\ud800'", "\\ud800"),
    ],
)
async def test_plain_data_comes_back(source: str, value: Any, box: CodeSandbox) -> None:
    result = await box.run(source)
    assert (result.ending, result.value, result.note) == (Ending.COMPLETED, value, "")


@in_module_loop
@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("result = {1, 2}", "result is a set; make it a list"),
        ("result = [lambda: 1]", "result[0] is a function"),
        ("result = float('nan')", "result is nan; numbers must be finite"),
        ("result = {'a': [1, float('inf')]}", "result['a'][1] is inf"),
        ("result = {1: 2}", "result has a key that is a int"),
        ("result = 10 ** 30", "more than 18 digits"),
        ("result = 'x' * 10 ** 6", "bytes as JSON"),
        ("result = list(range(10 ** 6))", "more than"),
        ("result = []\nresult.append(result)", "deeper"),
        ("x = [0] * 100\nfor i in range(5): x = [x] * 100\nresult = x", "more than"),
        ("class A:\n    pass\nresult = A()", "result is a A"),
        ("result = b'x'", "make it a text"),
        ("result = (i for i in range(3))", "list(...)"),
        ("import numpy as np\nresult = np.array([object()])", "plain data"),
    ],
)
async def test_what_is_no_plain_data_is_a_note_and_no_crash(source: str, note: str, box: CodeSandbox) -> None:
    result = await box.run(source)
    assert (result.ending, result.value) == (Ending.COMPLETED, None)
    assert note in result.note


@in_module_loop
async def test_a_result_that_fights_back_runs_no_code(box: CodeSandbox) -> None:
    source = (
        "class D(dict):\n    def items(self):\n        print('ran')\n        return [('a', 2)]\n"
        "    def __iter__(self):\n        print('ran')\n        return iter(())\n"
        "class S(str):\n    def __str__(self):\n        print('ran')\n        return 'no'\n"
        "class N(int):\n    def __int__(self):\n        print('ran')\n        return 9\n"
        "result = D(a=N(1), b=S('yes'))\n"
    )
    result = await box.run(source)
    assert (result.value, result.stdout.text) == ({"a": 1, "b": "yes"}, "")


@in_module_loop
async def test_there_are_no_skills(box: CodeSandbox) -> None:
    result = await box.run("x = 1\npick('jar0')\n")
    assert result.ending is Ending.REFUSED
    [finding] = result.findings
    assert (finding.rule, finding.line) == ("unknown_name", 2)
    assert "'pick' is not defined" in finding.message
    assert "move_gripper" not in finding.suggestion and "place" not in finding.suggestion
    assert not (await box.check("get_objects()")).accepted
    assert (await box.check("print(inputs)")).accepted


@in_module_loop
async def test_no_state_is_left_for_the_next(box: CodeSandbox) -> None:
    first = "import math\nresult = 1\nsecret = 5\n"
    assert (await box.run(first)).value == 1
    second = await box.run("try:\n    result = secret\nexcept NameError:\n    result = 'gone'", policy=False)
    assert second.value == "gone"


@in_module_loop
async def test_many_at_once_do_not_mix(box: CodeSandbox) -> None:
    results = await asyncio.gather(
        *(box.run("print(inputs['n'])\nresult = inputs['n']", inputs={"n": n}) for n in range(8))
    )
    assert [result.value for result in results] == list(range(8))
    assert [result.stdout.text for result in results] == [f"{n}\n" for n in range(8)]


@in_module_loop
async def test_sleep_is_simulated(box: CodeSandbox) -> None:
    result = await box.run("import time\ntime.sleep(1000)\nresult = time.time()")
    assert (result.value, result.ok) == (1000.0, True)
    assert result.timings.wall_s < box.limits.wall_s < 1000


@pytest.mark.parametrize(
    "inputs", [{"x": math.nan}, {"x": {1, 2}}, {"x": object()}, {1: 2}, {"x": "y" * 2 * 1024 * 1024}]
)
async def test_inputs_that_are_no_plain_data_are_the_callers_mistake(inputs: Any) -> None:
    with pytest.raises(UsageError, match="inputs"):
        await CodeSandbox("none").run("x = 1", inputs=inputs)


@in_module_loop
async def test_busy_is_an_error_of_its_own() -> None:
    async with CodeSandbox("none", limits=QUICK, workers=3, guests=1) as box:
        box.limits = QUICK.model_copy(update={"guest_start_s": 0.3, "wall_s": 30.0})
        # Nobody can be started any more, so that whoever comes second waits in vain.
        box._pool._size = 0
        first = asyncio.create_task(box.run("x = 1\nwhile True: pass"))
        await asyncio.sleep(0.1)
        with pytest.raises(SandboxBusy, match=r"no guest became free within 0\.3 s"):
            await box.run("x = 1")
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first


def test_one_call_for_scripts() -> None:
    result = run_code("result = inputs['a'] * 2", tier="none", inputs={"a": 21}, limits=QUICK)
    assert (result.value, result.ok) == (42, True)


async def test_the_blocking_call_says_where_it_cannot_be_used() -> None:
    with pytest.raises(UsageError, match="async with CodeSandbox"):
        run_code("x = 1", tier="none")


def test_bad_settings_are_refused() -> None:
    with pytest.raises(ConfigError, match="docker, runsc and process"):
        CodeSandbox("vm")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="at least 1"):
        CodeSandbox("process", workers=0)


def test_importing_the_room_loads_no_robot_and_no_agents() -> None:
    heavy = (
        "mujoco",
        "ompl",
        "langgraph",
        "langchain_core",
        "docker",
        "blazer.sim",
        "blazer.tasks",
        "blazer.agents",
    )
    source = (
        "import sys\nfrom blazer.sandbox import CodeSandbox, run_code, Limits\n"
        "assert run_code('result = 1', tier='process').value == 1\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_rooms_names_are_there_and_others_are_named() -> None:
    import blazer.sandbox  # noqa: PLC0415

    for name in blazer.sandbox.__all__:
        assert getattr(blazer.sandbox, name) is not None
    assert blazer.sandbox.Limits is Limits
    assert set(blazer.sandbox.__all__) == set(blazer.sandbox._HOMES)
    with pytest.raises(AttributeError, match="run_code"):
        blazer.sandbox.runcode  # noqa: B018


@in_module_loop
@pytest.mark.parametrize(("source", "kind"), [(b"x = 1", "bytes"), (None, "NoneType"), (5, "int")])
async def test_a_program_that_is_no_text_is_refused_by_kind(source: Any, kind: str, box: CodeSandbox) -> None:
    for ask in (box.run, box.check):
        with pytest.raises(UsageError, match=rf"must be a text \(str\), got {kind}"):
            await ask(source)


@in_module_loop
@pytest.mark.parametrize("inputs", [[1], [], "a", 5])
async def test_inputs_that_are_no_mapping_are_refused(inputs: Any, box: CodeSandbox) -> None:
    with pytest.raises(UsageError, match="inputs must be a mapping"):
        await box.run("x = 1", inputs=inputs)


def test_no_sandbox_is_opened_for_what_is_no_program() -> None:
    with pytest.raises(UsageError, match=r'source\.decode\("utf-8"\)'):
        run_code(b"x = 1", tier="process")  # type: ignore[arg-type]


@in_module_loop
async def test_the_words_of_an_exit_are_shown_and_its_number_is_none(box: CodeSandbox) -> None:
    result = await box.run("import sys\nsys.exit('went wrong')")
    assert (result.ending, result.stdout.text) == (Ending.COMPLETED, "went wrong\n")
    assert (await box.run("exit(3)")).stdout.text == ""


async def test_a_sandbox_that_is_not_open_says_so() -> None:
    with pytest.raises(UsageError, match="async with"):
        await CodeSandbox("process", limits=QUICK).run("x = 1")


@pytest.mark.parametrize(
    "given", [{"workers": 1.5}, {"workers": "2"}, {"guests": 0}, {"guests": -1}, {"limits": {"wall_s": 1}}]
)
def test_settings_of_another_kind_are_refused(given: Any) -> None:
    with pytest.raises(ConfigError, match=next(iter(given))):
        CodeSandbox("process", **given)


async def test_a_guest_that_stands_still_says_nothing_of_the_program() -> None:
    """Stopped, as by an overloaded machine: the sandbox failed, and no policy has refused anything."""
    limits = Limits(policy_s=0.5, guest_start_s=30)
    async with CodeSandbox("process", limits=limits, workers=1, guests=1) as box:

        async def stopped(timeout_s: float) -> Any:
            guest = await take(timeout_s)
            os.kill(guest.lines.inner_pid, signal.SIGSTOP)
            return guest

        take, box._pool.take = box._pool.take, stopped  # type: ignore[assignment, method-assign]
        result = await box.run("x = 1")
    assert result.ending is Ending.INFRASTRUCTURE, result
