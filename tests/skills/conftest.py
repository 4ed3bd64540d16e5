"""A simulator for the skills' tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import hypothesis
import pytest

from blazer.sim.backends import create_simulator
from blazer.sim.protocol import Simulator
from blazer.sim.scene import Scene
from blazer.skills.runtime import SkillRuntime

# A busy machine is not a slow property, and a suite must say the same twice.
hypothesis.settings.register_profile("skills", deadline=None, derandomize=True)
hypothesis.settings.load_profile("skills")

Start = Callable[..., SkillRuntime]


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """Empty."""
    simulator = create_simulator("mujoco")
    yield simulator
    simulator.close()


@pytest.fixture
def start(sim: Simulator) -> Start:
    """Loads a scene and gives its runtime."""

    def begin(scene: Scene, seed: int = 0, **options: float) -> SkillRuntime:
        sim.load(scene)
        return SkillRuntime(sim, scene, seed, **options)  # type: ignore[arg-type]

    return begin
