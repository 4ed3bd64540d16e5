"""The benchmark times the real sandbox from outside, and fails rather than guesses."""

from __future__ import annotations

import pytest

from blazer.core.errors import SandboxError
from blazer.eval.bench_programs import LONG_LINES, long_program, round_trips
from blazer.eval.neighbours import NEIGHBOURS, measure_flood
from blazer.eval.sandbox_bench import Amounts, bench_tier, dispatch_ms
from blazer.eval.verified_episodes import EpisodeTimes
from blazer.eval.watching import watched_tier
from blazer.sandbox.code import CodeSandbox
from blazer.sandbox.limits import Limits
from blazer.sandbox.policy import check_program

CONTRACT = [
    "tier",
    "dispatch_ms_p50",
    "dispatch_ms_p95",
    "dispatch_ms_p99",
    "cold_ms_p95",
    "skill_roundtrip_ms_p50",
    "skill_roundtrip_ms_p99",
    "policy_ms_p95",
    "programs_per_s",
    "teardown_ms_p50",
]
FEW = Amounts(dispatch=4, cold=4, calls=200, policy=4, programs=4, overshoot=4, episodes=0)


@pytest.mark.parametrize("number", range(12))
def test_long_programs_are_long_different_and_accepted(number: int) -> None:
    source = long_program(number)
    assert len(source.splitlines()) == LONG_LINES
    assert source != long_program(number + 1)
    assert check_program(source).findings == ()


async def test_figures_of_the_process_tier() -> None:
    ticks: list[None] = []
    found = await bench_tier("process", FEW, on_sample=lambda: ticks.append(None))
    said = found.model_dump(mode="json")
    assert list(said)[: len(CONTRACT)] == CONTRACT
    assert len(ticks) == FEW.total()
    # The first message comes after the program was handed over; a round trip is no start of a guest.
    assert 0 < said["skill_roundtrip_ms_p50"] <= said["skill_roundtrip_ms_p99"]
    assert said["dispatch_ms_p50"] > 0
    assert said["teardown_ms_p50"] > 0
    assert said["programs_per_s"] > 0
    # Four samples make no p99.
    assert said["dispatch_ms_p99"] is None and said["overshoot_ms_p99"] is None
    assert said["verified_episode_ratio"] is None and said["everyday_n"] is None


async def test_no_samples_are_an_error() -> None:
    with pytest.raises(SandboxError, match="no sample of dispatch"):
        await bench_tier("process", FEW.model_copy(update={"dispatch": 0}))


async def test_the_watched_tier_notes_every_step_in_order() -> None:
    limits = Limits(wall_s=5.0)
    watched = watched_tier("process", limits, skills=False)
    async with CodeSandbox(watched, limits=limits, workers=1) as box:
        assert (await box.run("print('here')")).ok
        assert (await box.run("x = 1")).ok
        assert not (await box.run("import os")).ok
    printed, silent, refused = watched.used
    steps = (printed.ready_s, printed.handed_s, printed.go_s, printed.first_print_s, printed.kill_s)
    assert list(steps) == sorted(step for step in steps if step is not None)
    assert printed.gone_s is not None and printed.kill_s is not None
    assert printed.gone_s >= printed.kill_s
    assert silent.first_print_s is None and silent.go_s is not None
    assert refused.go_s is None


async def test_dispatch_counts_only_what_was_asked() -> None:
    dispatch, teardown = await dispatch_ms("process", 3, lambda: None)
    assert len(dispatch) == len(teardown) == 3
    assert min(dispatch + teardown) > 0


def test_the_timing_program_prints_what_it_timed() -> None:
    source = round_trips(5, 2)
    names: dict[str, object] = {"gripper_pose": lambda: None, "print": (said := list[object]()).append}
    exec(compile(source, "p", "exec"), names)
    assert len(said) == 5 and all(isinstance(value, float) for value in said)


def test_ratios_are_to_the_process_tier() -> None:
    times = EpisodeTimes(task="t", seeds=8, wall_s={"process": (2.0, 4.0, 3.0), "docker": (4.5,)})
    assert times.ratio("docker") == 1.5 and times.ratio("process") == 1.0
    assert times.ratio("runsc") is None and times.median_s("runsc") is None


async def test_a_flood_is_measured_both_ways() -> None:
    report = await measure_flood("process", seconds=0.5)
    assert report.printed_mb > 1 and report.written_mb > 1


def test_neighbours_are_programs_that_the_policy_would_let_through_where_it_looks() -> None:
    for source, policy in NEIGHBOURS.values():
        assert check_program(source).accepted or not policy
