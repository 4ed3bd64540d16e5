"""Programs end to end over a world without physics: records, limits, seeds, faults of the sandbox."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from blazer.core.errors import ConfigError
from blazer.core.outcomes import Outcome
from blazer.core.records import Decision
from blazer.sandbox.classify import Limit
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import in_module_loop

GOOD = "pick('thing0')\nplace_on('thing0')\nprint('done')\n"


@in_module_loop
async def test_success_is_recorded(sandbox: Sandbox) -> None:
    episode = await sandbox.run(GOOD, fake_instance())
    found = episode.execution
    assert (found.outcome, episode.verdict.strict) == (Outcome.SUCCESS, Decision.PASS)
    assert [(call.index, call.skill, call.arguments, call.line) for call in found.skill_calls] == [
        (0, "pick", {"name": "thing0"}, 1),
        (1, "place_on", {"name": "thing0"}, 2),
    ]
    assert found.stdout.text == "done\n"
    assert found.initial_digest and found.final_digest and found.trajectory is not None
    assert found.isolation.tier == sandbox._tier.name


@in_module_loop
@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("missing", Outcome.GRASP_MISSED),
        ("blocked", Outcome.COLLISION),
        ("hit", Outcome.COLLISION),
        ("far", Outcome.UNREACHABLE),
    ],
)
async def test_uncaught_skill_errors(name: str, outcome: Outcome, process_sandbox: Sandbox) -> None:
    episode = await process_sandbox.run(f"\npick({name!r})", fake_instance())
    assert episode.execution.outcome is outcome
    fault = episode.execution.fault
    assert fault is not None
    assert (fault.line, fault.skill) == (2, "pick")
    assert episode.execution.skill_calls[0].error is not None


@in_module_loop
@pytest.mark.parametrize(
    ("argument", "text"),
    [
        ("(0.1, 0.2, float('nan'))", "position[2] is nan; it must be finite"),
        ("[0.1, float('-inf'), 1]", "position[1] is -inf; it must be finite"),
        ("[0.1, 10 ** 30, 1]", "position[1] is a huge integer"),
        ("[0, 0, [0, None, {}]]", "position[2][2] is a dict"),
        ("float('nan')", "position is nan"),
        ("[[[[[[1]]]]]]", "nested too deeply"),
        ("range(3)", "position is a range"),
    ],
)
async def test_what_is_wrong_in_an_argument_is_named_with_its_place(
    argument: str, text: str, process_sandbox: Sandbox
) -> None:
    execution = (await process_sandbox.run(f"\nmove_gripper({argument})", fake_instance())).execution
    assert execution.outcome is Outcome.SKILL_MISUSE
    assert execution.fault is not None
    assert text in execution.fault.message
    assert execution.fault.line == 2


@in_module_loop
async def test_endless_recursion_says_what_to_do(process_sandbox: Sandbox) -> None:
    execution = (await process_sandbox.run("def f(n):\n    return f(n)\nf(1)", fake_instance())).execution
    assert execution.fault is not None
    assert (execution.fault.kind, execution.fault.line) == ("RecursionError", 2)
    assert "give it a way out, or use a loop" in execution.fault.message


@in_module_loop
async def test_a_caught_skill_error_is_no_fault(process_sandbox: Sandbox) -> None:
    source = f"try:\n    pick('far')\nexcept Unreachable as e:\n    print(e.skill, e)\n{GOOD}"
    episode = await process_sandbox.run(source, fake_instance())
    assert episode.execution.outcome is Outcome.SUCCESS
    assert "pick pick: 'far' fails" in episode.execution.stdout.text


@in_module_loop
async def test_an_exception_after_the_goal_does_not_undo_it(process_sandbox: Sandbox) -> None:
    episode = await process_sandbox.run(GOOD + "1 / 0\n", fake_instance())
    assert episode.execution.outcome is Outcome.SUCCESS
    assert episode.execution.fault is not None
    assert episode.execution.fault.line == 4


@in_module_loop
async def test_a_limit_after_the_goal_is_no_success(brief_sandbox: Sandbox) -> None:
    episode = await brief_sandbox.run(GOOD + "while True: pass\n", fake_instance())
    assert (episode.execution.outcome, episode.verdict.strict) == (Outcome.TIMEOUT, Decision.PASS)
    assert episode.execution.stdout.text == "done\n"


@in_module_loop
async def test_every_limit_names_itself(process_sandbox: Sandbox, brief_sandbox: Sandbox) -> None:
    programs = {
        Limit.WALL: "while True: pass",
        Limit.SIMULATED: "while True: open_gripper()",
        Limit.SKILL_CALLS: "while True: gripper_pose()",
        Limit.OUTPUT: "while True: print('x' * 9999)",
    }
    for limit, source in programs.items():
        episode = await (brief_sandbox if limit is Limit.WALL else process_sandbox).run(
            source, fake_instance()
        )
        assert episode.execution.fault is not None
        assert episode.execution.fault.kind == limit.value


@in_module_loop
async def test_a_time_out_says_where_the_program_was_last_seen(brief_sandbox: Sandbox) -> None:
    for source, text in (
        ("x = 1\nwhile True: pass", "it made no skill call"),
        ("x = 1\nopen_gripper()\nwhile True: pass", "its last skill call was open_gripper at line 2"),
    ):
        fault = (await brief_sandbox.run(source, fake_instance())).execution.fault
        assert fault is not None
        assert fault.line is None, "the line of the last call is not where it hangs"
        assert fault.message.startswith(f"the program ran for 2 s without coming to its end; {text}; ")


@in_module_loop
@pytest.mark.parametrize("source", ["x = bytearray(10 ** 10)", "import numpy\nx = numpy.ones(10 ** 10)"])
async def test_too_much_memory_names_the_limit(process_sandbox: Sandbox, source: str) -> None:
    execution = (await process_sandbox.run(source, fake_instance())).execution
    assert execution.outcome is Outcome.RESOURCE_LIMIT
    assert execution.fault is not None
    assert execution.fault.message.startswith("used more than the 256 MB of memory a program may use")


@in_module_loop
async def test_exactly_the_allowed_calls_are_executed(process_sandbox: Sandbox) -> None:
    episode = await process_sandbox.run("while True: gripper_pose()", fake_instance())
    assert len(episode.execution.skill_calls) == process_sandbox.limits.skill_calls
    assert [call.index for call in episode.execution.skill_calls] == list(
        range(len(episode.execution.skill_calls))
    )


@in_module_loop
async def test_wall_limit_is_kept(brief_sandbox: Sandbox) -> None:
    execution = (await brief_sandbox.run("while True: pass", fake_instance())).execution
    # How soon after the limit is for `blazer bench sandbox` to say: it depends on the machine.
    assert brief_sandbox.limits.wall_s <= execution.timings.wall_s < 20 * brief_sandbox.limits.wall_s


@in_module_loop
async def test_one_guest_over_many_seeds(sandbox: Sandbox) -> None:
    source = (
        "import random\nstate = globals_seen = []\nstate.append(1)\nprint(len(state), random.random())\n"
        + GOOD
    )
    further = [fake_instance(seed) for seed in range(1, 9)]
    episode = await sandbox.run(source, fake_instance(), verify=further)
    assert [seed.seed for seed in episode.verify_seeds] == list(range(1, 9))
    assert {seed.outcome for seed in episode.verify_seeds} == {Outcome.SUCCESS}
    assert episode.execution.stdout.text.startswith("1 ")


@in_module_loop
async def test_a_seed_that_is_stopped_does_not_spoil_the_next(process_sandbox: Sandbox) -> None:
    source = "for n in range(10):\n    open_gripper()\n"
    short, long = fake_instance(1, time_limit_s=5.0), fake_instance(2, time_limit_s=60.0)
    episode = await process_sandbox.run(source + GOOD, long, verify=[short, long, short, long])
    assert episode.execution.outcome is Outcome.SUCCESS
    found = [seed.outcome for seed in episode.verify_seeds]
    assert found == [Outcome.TIMEOUT, Outcome.SUCCESS, Outcome.TIMEOUT, Outcome.SUCCESS]


@in_module_loop
async def test_same_program_and_seed_does_the_same(process_sandbox: Sandbox) -> None:
    source = (
        "import random, numpy as np\n"
        "names = {'jar', 'lid', 'cup', 'bin', 'peg'}\n"
        "print(list(names), random.random(), random.Random().random())\n"
        "print(np.random.rand(), np.random.default_rng().random())\n"
        "for name in names:\n    try:\n        pick(name)\n    except SkillError: pass\n"
    )
    first = await process_sandbox.run(source, fake_instance(3))
    again = await process_sandbox.run(source, fake_instance(3))
    other = await process_sandbox.run(source, fake_instance(4))
    assert first.execution.fault is None
    assert first.execution.stdout == again.execution.stdout != other.execution.stdout
    assert first.execution.final_digest == again.execution.final_digest


@in_module_loop
async def test_programs_do_not_see_each_other(process_sandbox: Sandbox) -> None:
    sources = [f"for i in range(20):\n    print('{n}')\n{GOOD}" for n in range(12)]
    episodes = await asyncio.gather(
        *(process_sandbox.run(s, fake_instance(n)) for n, s in enumerate(sources))
    )
    for number, episode in enumerate(episodes):
        assert episode.execution.outcome is Outcome.SUCCESS
        assert episode.execution.stdout.text == f"{number}\n" * 20 + "done\n"


@in_module_loop
async def test_a_source_beyond_the_cap_is_refused_unread(process_sandbox: Sandbox) -> None:
    episode = await process_sandbox.run("x = 1\n" * 50_000, fake_instance())
    assert episode.execution.outcome is Outcome.POLICY_REJECTED
    assert (await process_sandbox.check("x = 1\n" * 50_000)).findings[0].rule == "size"


@in_module_loop
async def test_check_says_the_same_as_a_run(process_sandbox: Sandbox) -> None:
    assert (await process_sandbox.check(GOOD)).accepted
    report = await process_sandbox.check("import os\npik(1)\n")
    assert [f.rule for f in report.findings] == ["import", "unknown_name"]
    hostile = await process_sandbox.check("x = " + "-" * 60_000 + "1")
    assert not hostile.accepted
    assert (await process_sandbox.check(GOOD)).accepted


@in_module_loop
async def test_a_world_that_crashes_twice_is_an_infra_error(sandbox: Sandbox) -> None:
    for name in ("segfault", "bug"):
        episode = await sandbox.run(f"pick({name!r})", fake_instance())
        assert episode.execution.outcome is Outcome.INFRA_ERROR
        assert episode.verdict.strict is Decision.NONE
    assert (await sandbox.run(GOOD, fake_instance())).execution.outcome is Outcome.SUCCESS


@in_module_loop
async def test_a_world_that_hangs_is_an_infra_error(process_sandbox: Sandbox) -> None:
    limits = process_sandbox.limits.model_copy(update={"skill_s": 0.3})
    async with Sandbox("none", backend="fake", limits=limits, workers=1) as sandbox:
        episode = await sandbox.run("pick('hang')", fake_instance())
    assert episode.execution.outcome is Outcome.INFRA_ERROR


@in_module_loop
async def test_killed_world_mid_episode_costs_one_retry(process_sandbox: Sandbox) -> None:
    killed = []

    async def kill_soon() -> None:
        await asyncio.sleep(0.3)
        for world in process_sandbox._all:
            if world.pid is not None:
                os.kill(world.pid, signal.SIGKILL)
                killed.append(world.pid)

    source = "n = 0\nfor i in range(2 * 10**6): n += 1\nopen_gripper()\n" + GOOD
    episode, _ = await asyncio.gather(process_sandbox.run(source, fake_instance()), kill_soon())
    assert killed
    assert episode.execution.outcome is Outcome.SUCCESS
    assert len(episode.execution.skill_calls) == 3


@in_module_loop
async def test_guest_killed_from_outside_is_not_the_programs_fault(process_sandbox: Sandbox) -> None:
    task = asyncio.create_task(process_sandbox.run("while True: gripper_pose()\n", fake_instance()))
    tries = 0
    while not task.done():
        await asyncio.sleep(0.05)
        for pid in _children("guest/main.py"):
            os.kill(pid, signal.SIGKILL)
            tries += 1
        assert tries < 500
    assert (await task).execution.outcome in (Outcome.INFRA_ERROR, Outcome.RESOURCE_LIMIT)
    assert (await process_sandbox.run(GOOD, fake_instance())).execution.outcome is Outcome.SUCCESS


@in_module_loop
async def test_cancelling_leaves_nothing_behind(process_sandbox: Sandbox) -> None:
    task = asyncio.create_task(process_sandbox.run("while True: pass", fake_instance()))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(60):
        while any(_cpu_s(pid) > 0.25 for pid in _children("guest/main.py")):
            await asyncio.sleep(0.05)
    assert (await process_sandbox.run(GOOD, fake_instance())).execution.outcome is Outcome.SUCCESS


def test_bad_settings_are_refused() -> None:
    with pytest.raises(ConfigError, match="docker, runsc and process"):
        Sandbox("vm")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="at least 1"):
        Sandbox("process", workers=0)


def _children(pattern: str) -> list[int]:
    """Processes below this one whose command line holds `pattern`."""
    parents = {pid: int(stat[1]) for pid in _pids() if (stat := _stat(pid))}
    found = []
    for pid in parents:
        above = pid
        while above in parents and above != os.getpid():
            above = parents[above]
        if above == os.getpid() and pattern in _command(pid):
            found.append(pid)
    return found


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _cpu_s(pid: int) -> float:
    stat = _stat(pid)
    return int(stat[11]) / os.sysconf("SC_CLK_TCK") if stat else 0.0
