"""Tasks in the simulator: nothing interpenetrates at reset, everything rests, references succeed."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from blazer.core.records import Decision
from blazer.sim.backends import create_simulator
from blazer.sim.protocol import Simulator
from blazer.tasks.instantiate import instantiate, scene_of
from blazer.tasks.judge import judge
from blazer.tasks.library import get_task, task_names
from blazer.tasks.predicates import check
from blazer.tasks.situation import Situation

SEEDS = (0, 1, 2, 3, 11, 42)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    sim = create_simulator("mujoco")
    yield sim
    sim.close()


@pytest.mark.parametrize("name", task_names())
def test_reset_is_clean_and_stays(simulator: Simulator, name: str) -> None:
    for seed in SEEDS:
        instance = instantiate(get_task(name), seed)
        scene = scene_of(instance)
        simulator.load(scene)
        placed = simulator.state()
        robot = [pair for pair in placed.contacts if any(item.startswith("robot:") for item in pair)]
        assert not robot, f"seed {seed}: the robot at home touches {robot}"
        home = simulator.joint_positions_rad()
        assert simulator.first_collision(home[None], margin_m=0.005) is None
        assert simulator.settle(3.0), f"seed {seed}: something keeps moving"
        rested = simulator.state()
        # An interpenetration at reset would throw something; 2 mm is less than any gap asked for.
        for before in placed.objects:
            after = rested.object(before.name)
            moved = max(abs(a - b) for a, b in zip(before.position_m, after.position_m, strict=True))
            assert moved < 0.002, f"seed {seed}: {before.name} moved {moved:.4f} m by itself"
        assert check(
            "undisturbed",
            {"max_displacement_m": 0.002, "max_tilt_rad": 0.02},
            Situation(placed, rested, scene),
        ).passed
        verdict = judge(instance, rested, rested)
        assert (verdict.paper, verdict.strict) == (Decision.FAIL, Decision.FAIL)


@pytest.mark.parametrize("name", task_names())
def test_reset_reproduces(simulator: Simulator, name: str) -> None:
    digests = []
    for _ in range(2):
        simulator.load(scene_of(instantiate(get_task(name), 5)))
        simulator.settle(2.0)
        digests.append(simulator.digest())
    assert digests[0] == digests[1]


@pytest.mark.parametrize("seed", [101, 252])
def test_upright_jars_are_not_thrown(simulator: Simulator, seed: int) -> None:
    """Seeds at which MuJoCo's plane and an upright cylinder met in a contact that was not there."""
    simulator.load(scene_of(instantiate(get_task("close_jar"), seed)))
    placed = simulator.state()
    simulator.settle(2.0)
    for before in placed.objects:
        assert math.dist(before.position_m, simulator.state().object(before.name).position_m) < 0.001
