"""How a run ended, told from real evidence: each ending from a program that ends so, and no other."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import sysconfig
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

import blazer
from blazer.core.outcomes import Ending, Outcome
from blazer.sandbox.code import CodeSandbox
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.limits import Limits
from blazer.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import PATIENT, QUICK, TIERS, in_module_loop, opened, opened_code
from tests.sandbox.test_episodes import _children

_CRASH = "import ctypes\ndef f():\n    ctypes.string_at(0)\nf()\n"
_EACH = "import os\nfor fd in range(3, 40):\n    try:\n        %s\n    except OSError:\n        pass\n"
_SPEAK = _EACH % "os.write(fd, {line!r})"
_CLOSE = _EACH % "os.close(fd)" + "while True:\n    pass\n"

WITH_POLICY = [
    ("x = 1", Ending.COMPLETED),
    ("exit()", Ending.COMPLETED),
    ("raise SystemExit(3)", Ending.COMPLETED),
    ("1 / 0", Ending.RAISED),
    ("def f():\n    f()\nf()", Ending.RAISED),
    ("raise KeyboardInterrupt", Ending.RAISED),
    ("import os", Ending.REFUSED),
    ("x = = 1", Ending.REFUSED),
    ("while True: print('x' * 9999)", Ending.OUTPUT_FLOOD),
]
TOO_MUCH_MEMORY = [
    "x = bytearray(10 ** 10)",
    "x = [0]\nwhile True: x = x + x",
    "x = []\nwhile True: x.append('y' * 5000 + str(len(x)))",
    "import numpy as np\nx = []\nwhile True: x.append(np.ones(10 ** 6))",
    "raise MemoryError",
]
RAW = [
    ("import os\nos._exit(0)", Ending.EARLY_EXIT),
    ("import os\nos._exit(9)", Ending.EARLY_EXIT),
    (_CRASH, Ending.CRASHED),
    ("import os\nos.abort()", Ending.CRASHED),
    (_SPEAK.format(line=b"junk\n"), Ending.PROTOCOL_ERROR),
    (_SPEAK.format(line=b'{"t":"ready","attest":{"steps":{},"seen":{}}}\n'), Ending.PROTOCOL_ERROR),
    (_SPEAK.format(line=b"x" * 100_000), Ending.PROTOCOL_ERROR),
    ("import os\nwhile True: os.write(1, b'x' * 9999)", Ending.OUTPUT_FLOOD),
    ("import os\nwhile True: os.write(2, b'x' * 9999)", Ending.OUTPUT_FLOOD),
]
ENDLESS = [
    ("while True: pass", True),
    ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", False),
    ("import time\ntime.sleep(3600)", False),
    ("import signal\nsignal.signal(15, signal.SIG_IGN)\nwhile True:\n    pass", False),
    (_CLOSE, False),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=TIERS[1:])
async def patient(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    async for item in opened(request.param, limits=PATIENT.model_copy(update={"skill_calls": 70})):
        yield item


@in_module_loop
@pytest.mark.parametrize(("source", "ending"), WITH_POLICY)
async def test_ending(source: str, ending: Ending, box: CodeSandbox) -> None:
    result = await box.run(source)
    assert result.ending is ending, result
    assert (result.fault is None) is (ending is Ending.COMPLETED)


@pytest.mark.parametrize("tier", TIERS[1:])
async def test_out_of_memory(tier: str) -> None:
    async for box in opened_code(tier, limits=PATIENT, workers=1):
        for source in TOO_MUCH_MEMORY:
            result = await box.run(source)
            assert result.ending is Ending.OUT_OF_MEMORY, (source, result)
            assert result.fault is not None


@in_module_loop
@pytest.mark.parametrize(("source", "policy"), ENDLESS)
async def test_what_does_not_end_is_stopped_by_the_clock(
    source: str, policy: bool, brief_box: CodeSandbox
) -> None:
    result = await brief_box.run(source, policy=policy)
    # A container's stream stays open as long as anything of it lives; a pipe does not.
    closed = source is _CLOSE and brief_box.isolation.tier == "process"
    assert result.ending is (Ending.PROTOCOL_ERROR if closed else Ending.TIME_OUT), result
    assert result.fault is not None
    assert (await brief_box.run("x = 1")).ok


@in_module_loop
@pytest.mark.parametrize(("source", "ending"), RAW)
async def test_ending_without_the_policy(source: str, ending: Ending, box: CodeSandbox) -> None:
    result = await box.run(source, policy=False)
    assert result.ending is ending, result
    assert result.fault is not None
    assert (await box.run("x = 1")).ok


@in_module_loop
@pytest.mark.parametrize(
    ("source", "ending", "outcome"),
    [
        ("while True: open_gripper()", Ending.SIMULATED_TIME_OUT, Outcome.TIMEOUT),
        ("import time\ntime.sleep(1e5)", Ending.SIMULATED_TIME_OUT, Outcome.TIMEOUT),
        ("while True: gripper_pose()", Ending.CALL_BUDGET, Outcome.RESOURCE_LIMIT),
        ("pick('missing')", Ending.RAISED, Outcome.GRASP_MISSED),
        ("pick('thing0')", Ending.COMPLETED, Outcome.GOAL_NOT_MET),
        ("pick('bug')", Ending.INFRASTRUCTURE, Outcome.INFRA_ERROR),
    ],
)
async def test_ending_in_an_episode(source: str, ending: Ending, outcome: Outcome, patient: Sandbox) -> None:
    execution = (await patient.run(source, fake_instance())).execution
    assert (execution.ending, execution.outcome) == (ending, outcome), execution.fault


@pytest.mark.parametrize(
    "source",
    [
        "x = {}\nn = 0\nwhile True:\n    n += 1\n    x[n] = [n]",
        "x = None\nwhile True: x = (x,)",
        "x = []\nwhile True: x.append([[]])",
        "x = []\ntry:\n    while True: x.append([[]])\nexcept MemoryError:\n    y = [x, [x]]\n1 / 0",
    ],
)
async def test_a_memory_full_of_small_things_leaves_room_for_a_report(source: str) -> None:
    async with CodeSandbox("process", limits=Limits(wall_s=60.0, memory_mb=96), workers=1) as box:
        result = await box.run(source)
        assert result.ending in (Ending.OUT_OF_MEMORY, Ending.RAISED), result
        assert result.fault is not None
        assert result.fault.kind in ("MemoryError", "ZeroDivisionError")
        assert (await box.run("x = 1")).ok


@in_module_loop
async def test_each_seed_has_its_ending(process_sandbox: Sandbox) -> None:
    source = "for n in range(10):\n    open_gripper()\npick('thing0')\nplace_on('thing0')\n"
    short, long = fake_instance(1, time_limit_s=5.0), fake_instance(2, time_limit_s=60.0)
    episode = await process_sandbox.run(source, long, verify=[short, long])
    assert [seed.ending for seed in episode.verify_seeds] == [Ending.SIMULATED_TIME_OUT, Ending.COMPLETED]


@in_module_loop
async def test_memory_used_up_on_one_seed_is_free_on_the_next(patient: Sandbox) -> None:
    source = (
        "import random\npick('thing0')\nplace_on('thing0')\nx = []\n"
        "if random.random() > LIMIT:\n    while True: x.append('y' * 10 ** 6 + str(len(x)))\n"
    )
    further = [fake_instance(seed) for seed in range(1, 7)]
    probe = await patient.run("import random\nprint(random.random())", fake_instance(0))
    first = float(probe.execution.stdout.text)
    episode = await patient.run(source.replace("LIMIT", str(first)), fake_instance(0), verify=further)
    endings = [seed.ending for seed in episode.verify_seeds]
    assert len(endings) == 6
    assert set(endings) == {Ending.COMPLETED, Ending.OUT_OF_MEMORY}


@in_module_loop
async def test_a_crash_tells_nothing_of_where_the_machine_keeps_its_files(box: CodeSandbox) -> None:
    found = await box.run("import ctypes\nctypes.string_at(0)", policy=False)
    assert found.fault is not None
    assert "guest/main.py" in found.stdout.text
    for text in (found.stdout.text, found.fault.message):
        assert str(Path(blazer.__file__).parent) not in text and sys.prefix not in text
        # A container's library may lie at the same place.
        assert box.isolation.tier != "process" or sysconfig.get_path("stdlib") not in text


@in_module_loop
async def test_a_crash_tells_its_line_and_its_signal(box: CodeSandbox) -> None:
    fault = (await box.run(_CRASH, policy=False)).fault
    assert fault is not None
    assert fault.line == 3
    assert "SIGSEGV" in fault.message


@in_module_loop
async def test_a_death_without_a_word_names_the_last_line_known(process_sandbox: Sandbox) -> None:
    source = "import os\npick('thing0')\nos._exit(0)\n"
    execution = (await process_sandbox.run(source, fake_instance(), policy=False)).execution
    assert execution.ending is Ending.EARLY_EXIT
    assert execution.fault is not None
    assert execution.fault.line == 2
    assert "its last skill call was pick at line 2" in execution.fault.message


@in_module_loop
async def test_an_exit_code_cannot_pass_for_a_signal(process_sandbox: Sandbox) -> None:
    for code in (137, 139, 143, 255):
        source = f"import os\nos._exit({code})\n"
        execution = (await process_sandbox.run(source, fake_instance(), policy=False)).execution
        # A guest may not even use codes by which a daemon tells of signals; it then dies by a trap.
        assert execution.ending in (Ending.EARLY_EXIT, Ending.CRASHED)
        assert execution.outcome is Outcome.PROGRAM_ERROR


async def _killed(box: CodeSandbox, times: int) -> Ending:
    """Run a program whose guest is killed from outside so many times; how it ended."""
    task = asyncio.create_task(box.run("n = 0\nwhile n < 10 ** 7: n += 1\nresult = n"))
    for _ in range(times):
        await asyncio.sleep(0.3)
        for pid in _children("guest/main.py"):
            os.kill(pid, signal.SIGKILL)
    return (await task).ending


async def test_killed_from_outside_once_costs_a_retry_and_twice_is_infrastructure() -> None:
    async with CodeSandbox("process", limits=QUICK.model_copy(update={"wall_s": 120.0})) as box:
        assert await _killed(box, 1) is Ending.COMPLETED
        tries = 0
        task = asyncio.create_task(box.run("while True: pass"))
        while not task.done():
            await asyncio.sleep(0.05)
            tries += 1
            assert tries < 2000
            for pid in _children("guest/main.py"):
                os.kill(pid, signal.SIGKILL)
        result = await task
        assert result.ending is Ending.INFRASTRUCTURE
        assert result.fault is not None
        assert (await box.run("result = 1")).value == 1
