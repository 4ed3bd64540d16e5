"""The real world behind the sandbox: the same program and seed end in the same state, on every tier."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from blazer.core.outcomes import Outcome
from blazer.sandbox.sandbox import Sandbox
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import get_task, reference_program
from blazer.tasks.spec import TaskInstance
from tests.sandbox.conftest import in_module_loop, opened


def instance(seed: int, task: str = "put_block") -> TaskInstance:
    return instantiate(get_task(task), seed)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real() -> AsyncIterator[Sandbox]:
    async for item in opened("process", backend="mujoco", workers=1):
        yield item


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def contained() -> AsyncIterator[Sandbox]:
    async for item in opened("docker", backend="mujoco", workers=1):
        yield item


@in_module_loop
async def test_reference_program_succeeds_and_is_reproduced(real: Sandbox) -> None:
    source = reference_program(instance(0))
    first = await real.run(source, instance(0))
    assert (first.execution.outcome, first.execution.fault) == (Outcome.SUCCESS, None)
    again = await real.run(source, instance(0))
    assert again.execution.final_digest == first.execution.final_digest != first.execution.initial_digest
    assert again.execution.initial_digest == first.execution.initial_digest
    assert [c.result for c in again.execution.skill_calls] == [c.result for c in first.execution.skill_calls]
    assert again.verdict == first.verdict
    other = await real.run(source, instance(1))
    assert other.execution.initial_digest != first.execution.initial_digest


@in_module_loop
async def test_verified_seeds_end_as_they_would_alone(real: Sandbox) -> None:
    source = reference_program(instance(2))
    alone = [await real.run(source, instance(seed)) for seed in (3, 4)]
    together = await real.run(source, instance(2), verify=[instance(3), instance(4)])
    assert together.execution.outcome is Outcome.SUCCESS  # or there would be no further seeds
    assert [s.final_digest for s in together.verify_seeds] == [e.execution.final_digest for e in alone]


@in_module_loop
async def test_trajectory_is_recorded_evenly(real: Sandbox) -> None:
    episode = await real.run("move_gripper((0.25, 0.0, 1.0))", instance(0))
    trajectory = episode.execution.trajectory
    assert trajectory is not None
    samples = len(trajectory.joint_rad)
    assert samples == len(trajectory.gripper_opening_m) == len(trajectory.object_poses)
    assert abs(samples - trajectory.rate_hz * episode.execution.timings.simulated_s) <= 2
    assert {len(joints) for joints in trajectory.joint_rad} == {7}
    without = await real.run("move_gripper((0.25, 0.0, 1.0))", instance(0), trajectory=False)
    assert without.execution.trajectory is None
    assert without.execution.final_digest == episode.execution.final_digest


@in_module_loop
async def test_doing_nothing_is_goal_not_met(real: Sandbox) -> None:
    episode = await real.run("pass", instance(0))
    assert episode.execution.outcome is Outcome.GOAL_NOT_MET
    assert episode.verdict.checks


@in_module_loop
async def test_out_of_reach_is_unreachable(real: Sandbox) -> None:
    episode = await real.run("move_gripper((5.0, 0.0, 1.0))", instance(0))
    assert episode.execution.outcome is Outcome.UNREACHABLE
    assert episode.execution.skill_calls[0].error is not None


@in_module_loop
async def test_observe_lists_what_a_program_would_see(real: Sandbox) -> None:
    world = await real.observe(instance(0))
    episode = await real.run("print([o.name for o in get_objects()])", instance(0))
    assert episode.execution.stdout.text == f"{[item.name for item in world.objects]}\n"


@in_module_loop
@pytest.mark.docker
async def test_containers_compute_the_same(real: Sandbox, contained: Sandbox) -> None:
    source = reference_program(instance(0))
    here, there = await real.run(source, instance(0)), await contained.run(source, instance(0))
    assert there.execution.isolation.tier == "docker"
    assert there.execution.outcome is Outcome.SUCCESS
    assert there.execution.final_digest == here.execution.final_digest
