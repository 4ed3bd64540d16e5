"""Collision queries against what MuJoCo itself finds on the full model."""

from __future__ import annotations

import mujoco
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from blazer.sim import panda, samples
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.mujoco.backend import MujocoSimulator
from blazer.sim.mujoco.touch import ARM, COUNTS, HAND, HELD
from blazer.sim.probe import path, solve

Z = TABLE_TOP_Z_M
near_home = arrays(float, 7, elements=st.floats(-0.7, 0.7)).map(
    lambda offset: np.clip(panda.HOME_RAD + offset, panda.LOWER_RAD, panda.UPPER_RAD)
)


@pytest.fixture(scope="module")
def crowded() -> MujocoSimulator:
    """A table full of tall things."""
    sim = MujocoSimulator()
    posts = (
        samples.box(f"post{i}", samples.pose(0.05 + 0.12 * (i % 4), -0.3 + 0.2 * (i // 4), Z + 0.12, 0.4 * i))
        for i in range(16)
    )
    sim.load(samples.scene(*(post.model_copy(update={"fixed": True}) for post in posts)))
    return sim


def _touches_by_mujoco(sim: MujocoSimulator, joints: np.ndarray) -> set[str]:
    """What the robot penetrates on the physics model, robot parts among themselves aside."""
    built = sim._loaded.built  # type: ignore[union-attr]
    data = mujoco.MjData(built.model)
    data.qpos[:] = sim._loaded.data.qpos  # type: ignore[union-attr]
    data.qpos[:7] = joints
    mujoco.mj_kinematics(built.model, data)
    mujoco.mj_collision(built.model, data)
    found = set()
    for geoms in data.contact.geom:
        names = [built.names[built.geom_body[geom]] for geom in geoms]
        robots = [name.startswith("robot:") for name in names]
        if all(robots):
            found.add("self")
        elif any(robots):
            found.add(names[robots.index(False)])
    return found


@given(near_home)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_query_finds_exactly_what_physics_would_touch(crowded: MujocoSimulator, q: np.ndarray) -> None:
    hit, real = crowded.first_collision(q[None]), _touches_by_mujoco(crowded, q)
    assert (hit is not None) == bool(real)
    if hit is not None:
        other = "self" if hit[1].second.startswith("robot:") else hit[1].second
        assert other in real
        assert hit[1].depth_m >= 0


@given(near_home, st.floats(0.0, 0.03), st.floats(0.0, 0.03))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_wider_margin_never_frees(crowded: MujocoSimulator, q: np.ndarray, a: float, b: float) -> None:
    narrow, wide = sorted((a, b))
    if crowded.first_collision(q[None], margin_m=narrow) is not None:
        assert crowded.first_collision(q[None], margin_m=wide) is not None


@given(near_home)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_allowing_all_that_is_touched_frees(crowded: MujocoSimulator, q: np.ndarray) -> None:
    real = _touches_by_mujoco(crowded, q) - {"self"}
    hit = crowded.first_collision(q[None], allow=frozenset(real))
    assert hit is None or hit[1].second.startswith("robot:")


@given(near_home)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_questions_does_not_matter(crowded: MujocoSimulator, q: np.ndarray) -> None:
    first = crowded.first_collision(q[None])
    crowded.first_collision(panda.HOME_RAD[None], margin_m=0.02, opening_m=0.0)
    assert crowded.first_collision(q[None]) == first


def test_which_pairs_count_does_not_depend_on_their_order() -> None:
    assert (COUNTS == COUNTS.T).all()
    assert not COUNTS[HAND, HELD], "the pads hold what is held"
    assert not COUNTS[HAND, HAND]
    assert COUNTS[ARM, HAND]


def test_a_body_dropped_into_the_hand_s_way_is_seen_where_it_is_now(sim: MujocoSimulator) -> None:
    sim.load(samples.scene(samples.box("block0", samples.pose(0.3, 0.1, Z + 0.4))))
    low = solve((0.3, 0.1, Z + 0.025), 0.5)[None]
    assert sim.first_collision(low, opening_m=0.0) is None
    sim.settle()
    hit = sim.first_collision(low, opening_m=0.0)
    assert hit is not None
    assert hit[1].second == "block0"


def test_a_held_object_too_deep_in_its_support_counts(sim: MujocoSimulator) -> None:
    sim.load(samples.scene(samples.box("block0", samples.pose(0.3, 0.1, Z + 0.025))))
    sim.settle()
    high, grip = solve((0.3, 0.1, Z + 0.15)), solve((0.3, 0.1, Z + 0.03))
    sim.follow(path(panda.HOME_RAD, high, 300))
    sim.follow(path(high, grip, 200))
    assert sim.move_gripper_fingers("close").held == "block0"
    shallow, deep = solve((0.3, 0.1, Z + 0.029), 0.0, grip), solve((0.3, 0.1, Z + 0.025), 0.0, grip)
    assert sim.first_collision(shallow[None]) is None
    hit = sim.first_collision(deep[None])
    assert hit is not None
    assert (hit[1].first, hit[1].second) == ("block0", "table")


def test_a_cap_on_its_thread_is_an_obstacle(sim: MujocoSimulator) -> None:
    sim.load(samples.bottle())
    sim.settle()
    into = solve((0.25, 0.0, Z + 0.21))[None]
    hit = sim.first_collision(into, opening_m=0.01)
    assert hit is not None
    assert hit[1].second == "cap0"
    assert sim.first_collision(into) is None, "open fingers fit around the cap"
