"""Backends by name, and what is imported when."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from blazer.core.errors import SimulatorError, UnknownNameError
from blazer.sim import samples
from blazer.sim.backends import backend_names, create_simulator
from blazer.sim.kinematic import KinematicSimulator
from blazer.sim.mujoco.backend import MujocoSimulator
from blazer.sim.protocol import Simulator


def test_every_name_gives_a_simulator() -> None:
    for name in backend_names():
        sim = create_simulator(name)
        assert isinstance(sim, Simulator)
        assert sim.name == name
        sim.close()


def test_the_fake_is_a_simulator_but_not_offered() -> None:
    assert isinstance(KinematicSimulator(), Simulator)
    assert "kinematic" not in backend_names()


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="mujoco"):
        create_simulator("mojuco")


def test_physics_is_not_imported_before_it_is_asked_for() -> None:
    code = "import sys, blazer.sim.backends, blazer.sim.conformance; sys.exit('mujoco' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("bad", [np.zeros((0, 7)), np.zeros((3, 6)), np.full((1, 7), np.nan)])
def test_nonsense_configurations_are_refused(sim: MujocoSimulator, bad: np.ndarray) -> None:
    sim.load(samples.cubes(1))
    before = sim.digest()
    for ask in (sim.follow, sim.first_collision):
        with pytest.raises(SimulatorError, match="joint configurations"):
            ask(bad)
    assert sim.digest() == before


def test_the_same_run_in_another_process_has_the_same_digest(sim: MujocoSimulator) -> None:
    code = (
        "from blazer.sim import samples; from blazer.sim.mujoco.backend import MujocoSimulator as S\n"
        "s = S(); s.load(samples.bottle(False)); s.settle(); s.move_gripper_fingers('close'); s.step(50)\n"
        "import sys; sys.stdout.write(s.digest())"
    )
    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    sim.load(samples.tower())
    sim.settle()
    sim.load(samples.bottle(False))
    sim.settle()
    sim.move_gripper_fingers("close")
    sim.step(50)
    assert sim.digest() == other
