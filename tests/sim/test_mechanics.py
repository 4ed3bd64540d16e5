"""Things at rest stay at rest, things let go come to rest, and bad scenes are refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blazer.core.errors import SimulatorError
from blazer.sim import samples
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.mujoco.backend import MujocoSimulator
from blazer.sim.mujoco.build import build
from blazer.sim.probe import path, solve
from blazer.sim.scene import Body, Mechanism, Part, Scene

Z = TABLE_TOP_Z_M


@pytest.mark.parametrize(
    "scene",
    [samples.cubes(8), samples.tower(4), samples.jar_with_lid(0.0), samples.bottle(), samples.bottle(False)],
    ids=["cubes", "tower", "jar", "bottle", "loose bottle"],
)
def test_a_scene_at_rest_stays(sim: MujocoSimulator, scene: Scene) -> None:
    sim.load(scene)
    before = {item.name: item.position_m for item in sim.state().objects}
    assert sim.settle()
    sim.step(500)
    for item in sim.state().objects:
        assert np.abs(np.subtract(item.position_m, before[item.name])).max() < 1e-3, item.name
        assert np.abs(item.linear_velocity_m_s).max() < 1e-3, item.name


def test_a_lid_let_fall_closes_the_jar(sim: MujocoSimulator) -> None:
    sim.load(samples.jar_with_lid(0.02))
    assert sim.settle(4.0)
    assert ("jar0", "lid0") in sim.state().contacts
    lid = sim.state().object("lid0")
    assert lid.position_m[2] == pytest.approx(Z + 0.12, abs=1e-3)


@given(
    st.floats(0.0, 0.0015),
    st.floats(0, 6.3),
    st.floats(-0.03, 0.03),
    st.floats(0.001, 0.03),
    st.floats(0, 1.5),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_ring_let_fall_within_its_clearance_slides_down(
    sim: MujocoSimulator, off_m: float, along: float, turn_rad: float, drop_m: float, base_yaw: float
) -> None:
    peg, _ = samples.ring_over_peg(0.01, base_yaw).bodies
    at = samples.pose(
        0.25 + off_m * np.cos(along), off_m * np.sin(along), Z + 0.145 + drop_m, base_yaw + turn_rad
    )
    sim.load(samples.scene(peg, samples.ring("ring0", at)))
    assert sim.settle(4.0), "it jitters"
    assert sim.state().object("ring0").position_m[2] == pytest.approx(Z + 0.025, abs=1e-3), "it jammed"


def test_a_ball_rolls_out_and_stops(sim: MujocoSimulator) -> None:
    ball = Body(
        name="ball",
        kind="ball",
        parts=(Part(shape="sphere", size_m=(0.06, 0.06, 0.06), rgba=samples.RED),),
        size_m=(0.06, 0.06, 0.06),
        pose=samples.pose(0.3, 0.1, Z + 0.06),
        mass_kg=0.05,
    )
    slope = samples.box(
        "slope", samples.pose(0.3, 0.1, Z + 0.005), (0.05, 0.05, 0.01), fixed=True, graspable=False
    )
    sim.load(samples.scene(ball, slope))
    assert sim.settle(4.0)


def test_masses_are_what_the_scene_says() -> None:
    for scene in (samples.cubes(2), samples.jar_with_lid(), samples.bottle(False), samples.drawer()):
        built = build(scene)
        for body in scene.bodies:
            if not body.fixed:
                mass = built.model.body_mass[built.body_ids[body.name]]
                assert mass == pytest.approx(body.mass_kg, rel=1e-6), body.name


def _hull(points: int) -> Body:
    part = Part(shape="hull", size_m=(0.1, 0.1, 0.1), rgba=samples.RED, points_m=((0.0, 0.0, 0.0),) * points)
    return Body(name="odd", kind="odd", parts=(part,), size_m=(0.1, 0.1, 0.1), pose=samples.pose(0.3, 0, 1.0))


def _hanging(name: str, owner: str) -> Body:
    link = Mechanism(type="slide", owner=owner, range=(0.0, 0.1))
    return samples.box(name, samples.pose(0.3, 0.0, 1.0), mechanism=link)


@pytest.mark.parametrize(
    ("bodies", "message"),
    [
        ((_hull(3),), "'odd/0' has 3 points"),
        ((_hull(6),), "does not compile"),
        ((_hanging("a", "b"), _hanging("b", "a")), "circle"),
        ((_hanging("a", "ghost"),), "'a' hangs on 'ghost'"),
        ((_hanging("a", "a"),), "'a' hangs on 'a'"),
    ],
)
def test_scenes_that_cannot_be_built_say_why(
    sim: MujocoSimulator, bodies: tuple[Body, ...], message: str
) -> None:
    with pytest.raises(SimulatorError, match=message):
        sim.load(samples.scene(*bodies))


def test_a_diverged_simulation_is_an_error_and_leaves_no_file(
    sim: MujocoSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sim.load(samples.cubes(1))
    sim._loaded.data.qvel[9:12] = np.nan  # type: ignore[union-attr]
    with pytest.raises(SimulatorError, match="cannot be trusted"):
        sim.step(10)
    assert not list(tmp_path.iterdir())


def test_sleeping_objects_wake_when_touched(sim: MujocoSimulator) -> None:
    """Rest is a matter of speed only: what sleeps must still be pushed."""
    sim.load(samples.cubes(1))
    sim.settle()
    block = sim.state().objects[0].position_m
    sim.move_gripper_fingers("close")
    start = sim.joint_positions_rad()
    beside = solve((block[0], block[1] - 0.08, Z + 0.03), 0.0, start)
    through = solve((block[0], block[1] + 0.02, Z + 0.03), 0.0, beside)
    above = solve((block[0], block[1] - 0.08, Z + 0.2), 0.0, start)
    for a, b in ((start, above), (above, beside)):
        assert sim.follow(path(a, b, 300)).completed
    stopped = sim.follow(path(beside, through, 300))
    assert stopped.contact is not None
    assert stopped.contact.second == "block0"
    sim.follow(path(sim.joint_positions_rad(), through, 300), allow=frozenset({"block0"}))
    assert sim.state().objects[0].position_m[1] > block[1] + 0.02


def test_an_arm_held_up_says_so_and_stops_straining(sim: MujocoSimulator) -> None:
    wall = samples.box("wall", samples.pose(0.3, 0.25, Z + 0.15), (0.4, 0.02, 0.3), fixed=True)
    sim.load(samples.scene(wall))
    start = sim.joint_positions_rad()
    into = solve((0.3, 0.25, Z + 0.2), 0.0, start)
    result = sim.follow(path(start, into, 400), allow=frozenset({"wall"}))
    assert not result.completed
    assert result.contact is None
    stood = sim.joint_positions_rad()
    sim.step(200)
    assert np.abs(sim.joint_positions_rad() - stood).max() < 5e-3
    assert np.abs(sim._loaded.data.actuator_force[:7]).max() < 40  # type: ignore[union-attr]
