"""Fixtures for the simulator's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from blazer.sim.mujoco.backend import MujocoSimulator


@pytest.fixture
def sim() -> Iterator[MujocoSimulator]:
    simulator = MujocoSimulator()
    yield simulator
    simulator.close()
