"""Whatever a program calls, in whatever order: a skill does it or says why not, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from blazer.core.errors import SkillError
from blazer.sim import samples
from blazer.sim.protocol import Simulator
from blazer.sim.scene import Scene
from blazer.skills.api import SKILLS, ArgType, Param
from blazer.skills.arm import UP
from blazer.skills.runtime import SkillRuntime
from tests.skills.conftest import Start
from tests.skills.poses import Z

SCENES = {
    "cubes": samples.cubes(),
    "tower": samples.tower(),
    "ring": samples.ring_over_peg(),
    "jar": samples.jar_with_lid(),
    "bottle": samples.bottle(),
    "drawer": samples.drawer(),
}
CALLS = 25


def argument(param: Param, rng: np.random.Generator, loaded: Scene, sim: Simulator) -> Any:
    """Something of the right type: often sensible, sometimes absurd."""
    if param.optional and rng.random() < 0.5:
        return None
    names = [body.name for body in loaded.bodies]
    match param.type:
        case ArgType.POSITION:
            near = np.array(sim.state().object(str(rng.choice(names))).position_m)
            choices = (
                near + rng.choice([0.0, 0.02, 0.1]) * UP,
                rng.uniform((-0.1, -0.45, Z), (0.6, 0.45, Z + 0.4)),
                rng.uniform(-2, 2, 3),
            )
            return choices[rng.choice(3, p=(0.5, 0.4, 0.1))].tolist()
        case ArgType.ANGLE | ArgType.NUMBER:
            return float(rng.uniform(-4, 4))
        case ArgType.NAME | ArgType.TEXT:
            return str(rng.choice(names))
        case ArgType.NAMES:
            return [str(name) for name in rng.choice(names, rng.integers(0, 3))]
        case ArgType.FLAG:
            return bool(rng.integers(2))


def play(runtime: SkillRuntime, sim: Simulator, loaded: Scene, seed: int) -> list[str]:
    """Random calls; the outcomes."""
    rng = np.random.default_rng(seed)
    outcomes = []
    for _ in range(CALLS):
        skill = SKILLS[rng.integers(len(SKILLS))]
        arguments = {param.name: argument(param, rng, loaded, sim) for param in skill.params}
        try:
            runtime.call(skill.name, arguments)
            outcomes.append("done")
        except SkillError as error:
            assert error.skill == skill.name
            assert str(error).startswith(f"{skill.name}: ")
            outcomes.append(error.code)
        gripper = sim.state().gripper
        assert runtime.call("gripper_pose", {})["holding"] == gripper.holding
        np.testing.assert_allclose(
            runtime.call("gripper_pose", {})["position"], gripper.position_m, atol=1e-9
        )
    return outcomes


@pytest.mark.parametrize("name", SCENES)
def test_calls_do_or_say_why_not(start: Start, sim: Simulator, name: str) -> None:
    runtime = start(SCENES[name], 1)
    outcomes = play(runtime, sim, SCENES[name], 1)
    assert "done" in outcomes
    assert set(outcomes) - {"done"}, "random calls without one refusal would be a surprise"


def test_random_programs_reproduce(start: Start, sim: Simulator) -> None:
    digests = []
    for before in ("tower", "cubes"):
        play(start(SCENES[before], 9), sim, SCENES[before], 9)
        play(start(SCENES["cubes"], 2), sim, SCENES["cubes"], 2)
        digests.append(sim.digest())
    assert digests[0] == digests[1]
