"""Watching changes nothing: an observer, at any rate, leaves the physics as it is without one."""

from __future__ import annotations

import pytest

from blazer.core.records import WorldState
from blazer.sim.backends import create_simulator
from blazer.skills.runtime import SkillRuntime
from blazer.tasks.instantiate import instantiate, scene_of
from blazer.tasks.library import get_task


def _final_digest(task: str, rate_hz: float | None) -> str:
    """Turn a thing that may be screwed on, pull, let go."""
    sim, seen = create_simulator(), list[WorldState]()
    instance = instantiate(get_task(task), 3)
    scene = scene_of(instance)
    try:
        sim.load(scene)
        if rate_hz:
            sim.set_observer(lambda: seen.append(sim.state()), rate_hz)
        runtime = SkillRuntime(sim, scene, 3)
        thing = next(body for body in scene.bodies if body.mechanism or not body.fixed)
        runtime.call("pick", {"name": thing.name}) if thing.mechanism is None else _unscrew(
            runtime, thing.name
        )
        sim.settle()
        return sim.digest()
    finally:
        sim.close()


def _unscrew(runtime: SkillRuntime, name: str) -> None:
    thing = runtime.call("get_object", {"name": name})
    runtime.call("move_gripper", {"position": thing["position"], "yaw": -1.3, "allow_contact_with": [name]})
    runtime.call("close_gripper", {})
    runtime.call("rotate_gripper", {"angle": 2.0})
    runtime.call("open_gripper", {})


@pytest.mark.parametrize("task", ["open_wine_bottle", "put_block"])
def test_the_world_does_not_know_that_it_is_watched(task: str) -> None:
    alone = _final_digest(task, None)
    assert {_final_digest(task, rate_hz) for rate_hz in (0.7, 10.0, 333.0)} == {alone}
