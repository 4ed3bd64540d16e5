"""Pictures: they show the scene as it is, and a missing OpenGL says what to install."""

from __future__ import annotations

import numpy as np
import pytest

from blazer.core.errors import SimulatorError, UnknownNameError
from blazer.sim import samples
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.mujoco import picture
from blazer.sim.mujoco.backend import MujocoSimulator

Z = TABLE_TOP_Z_M


def _red_pixels(image: np.ndarray) -> int:
    r, g, b = (image[..., i].astype(int) for i in range(3))
    return int(((r > 90) & (r > 2.2 * g) & (r > 2.2 * b)).sum())


@pytest.mark.egl
def test_an_object_is_seen_where_it_is(sim: MujocoSimulator) -> None:
    sim.load(samples.scene(samples.box("block0", samples.pose(0.35, 0.2, Z + 0.025))))
    seen = sim.render("front", 320, 240)
    assert _red_pixels(seen) > 50
    columns = np.flatnonzero((seen[..., 0].astype(int) > 2.2 * seen[..., 1]).any(axis=0))
    assert columns.mean() > 160, "the front camera faces the robot, so its left (+y) is on the right"
    sim.load(samples.scene(samples.box("block0", samples.pose(0.35, 0.2, Z + 0.025), rgba=samples.GREY)))
    assert _red_pixels(sim.render("front", 320, 240)) < 20


@pytest.mark.egl
def test_sizes_may_change_between_pictures(sim: MujocoSimulator) -> None:
    sim.load(samples.cubes(2))
    for width, height in ((64, 48), (320, 200), (64, 48)):
        assert sim.render("overhead", width, height).shape == (height, width, 3)


@pytest.mark.egl
def test_the_same_state_gives_the_same_picture(sim: MujocoSimulator) -> None:
    sim.load(samples.cubes(3))
    first = sim.render("front", 160, 120)
    assert (sim.render("front", 160, 120) == first).all()


def test_unknown_cameras_list_the_known_ones(sim: MujocoSimulator) -> None:
    sim.load(samples.cubes(1))
    with pytest.raises(UnknownNameError, match="overhead"):
        sim.render("ovrehead")


def test_without_opengl_physics_goes_on_and_pictures_say_what_to_install(
    sim: MujocoSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        raise ImportError(f"no {name}")

    monkeypatch.setattr(picture.importlib, "import_module", missing)
    sim.load(samples.cubes(1))
    sim.step(5)
    with pytest.raises(SimulatorError, match="libegl1"):
        sim.render()
    sim.step(5)
    assert sim.steps() == 10
