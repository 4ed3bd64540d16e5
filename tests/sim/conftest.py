"""Fixtures for the simulator's tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from blazer.core.errors import SimulatorError
from blazer.sim import samples
from blazer.sim.mujoco.backend import MujocoSimulator


@pytest.fixture
def sim() -> Iterator[MujocoSimulator]:
    simulator = MujocoSimulator()
    yield simulator
    simulator.close()


@pytest.fixture(scope="session")
def opengl_reason() -> str:
    """Why no picture can be rendered here; "" where one can."""
    simulator = MujocoSimulator()
    simulator.load(samples.cubes(1))
    try:
        simulator.render("front", 16, 16)
    except SimulatorError as error:
        return str(error)
    finally:
        simulator.close()
    return ""


@pytest.fixture(autouse=True)
def egl_or_skip(request: pytest.FixtureRequest) -> None:
    """Tests marked `egl` are skipped aloud where there is no OpenGL, unless it is required."""
    if request.node.get_closest_marker("egl") is None:
        return
    reason = request.getfixturevalue("opengl_reason")
    if reason:
        required = "egl" in os.environ.get("BLAZER_REQUIRE", "").split(",")
        (pytest.fail if required else pytest.skip)(f"egl: {reason}")
