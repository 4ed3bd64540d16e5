"""Each predicate, on both sides of its limit, with what it measures."""

from __future__ import annotations

import math

import pytest

from blazer.core.records import GripperState
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.tasks.errors import PredicateError
from blazer.tasks.predicates import PREDICATES, check
from blazer.tasks.situation import Situation
from tests.tasks.builders import GRIPPER, at, placed, scene, situation, tilt_quat, world, yaw_quat

BLOCK = placed("block0", "box", (0.3, 0.0, 0.025))
OTHER = placed("block1", "box", (0.3, 0.2, 0.025))
THIRD = placed("block2", "box", (0.3, -0.2, 0.025))
TARGET = placed("target0", "pad", (0.2, 0.0, 0.0007))
RING = placed("ring0", "square_ring", (0.3, 0.1, 0.005))
SPOKE = placed("spoke0", "pillar", (0.3, -0.1, 0.06))
BOTTLE = placed("bottle0", "bottle", (0.2, 0.0, 0.144))
CAP = placed("cap0", "screw_cap", (0.2, 0.0, 0.3005), owner="bottle0")
TABLE = scene(BLOCK, OTHER, THIRD, TARGET)
COLUMN = {"size_m": [0.01, 0.01, 0.2], "relative_to": "target0", "at_m": [0, 0, 0.1]}


def holding(name: str) -> GripperState:
    return GRIPPER.model_copy(update={"holding": name})


def test_detected_measures_the_gap_to_the_sensor() -> None:
    params = {"object": "block0", "sensor": COLUMN}
    away = check("detected", params, situation(TABLE))
    assert not away.passed
    assert away.measured["distance_m"] == pytest.approx(0.1 - 0.025 - 0.005, abs=1e-5)
    assert check("detected", params, situation(TABLE, block0=at(0.229, 0, 0.025))).passed
    assert not check("detected", params, situation(TABLE, block0=at(0.2301, 0, 0.025))).passed


def test_detected_follows_the_sensors_owner() -> None:
    params = {
        "object": "block0",
        "sensor": {"size_m": [0.01] * 3, "relative_to": "block1", "at_m": [0.1, 0, 0]},
    }
    turned = situation(TABLE, block1=at(0.3, 0.2, 0.025, yaw_quat(math.pi / 2)), block0=at(0.3, 0.3, 0.025))
    straight = situation(TABLE, block0=at(0.3, 0.3, 0.025))
    assert check("detected", params, turned).passed
    assert not check("detected", params, straight).passed


def test_a_ring_is_its_bars_and_not_its_bounding_box() -> None:
    table = scene(RING, SPOKE)
    over = {"ring0": at(0.3, -0.1, 0.005)}
    hole = {"object": "ring0", "sensor": {"size_m": [0.02, 0.02, 0.2], "relative_to": "spoke0"}}
    bar = {
        "object": "ring0",
        "sensor": {"size_m": [0.04, 0.01, 0.2], "relative_to": "spoke0", "at_m": [0, 0.02, 0]},
    }
    assert not check("detected", hole, situation(table, **over)).passed
    assert check("not_detected", hole, situation(table, **over)).passed
    assert check("detected", bar, situation(table, **over)).passed


def test_detected_count_counts_and_names() -> None:
    params = {"objects": ["block0", "block1", "block2"], "at_least": 2, "sensor": COLUMN}
    tower = {"block0": at(0.2, 0, 0.025), "block2": at(0.2, 0, 0.075)}
    both = check("detected_count", params, situation(TABLE, **tower))
    assert both.passed
    assert both.measured == {"count": 2, "objects": "block0, block2"}
    assert not check("detected_count", params | {"at_least": 3}, situation(TABLE, **tower)).passed


@pytest.mark.parametrize(("x", "inside"), [(0.249, True), (0.251, False)])
def test_centre_in_asks_for_the_centre(x: float, inside: bool) -> None:
    params = {"object": "block0", "sensor": {"size_m": [0.1, 0.1, 0.1], "relative_to": "target0"}}
    result = check("centre_in", params, situation(TABLE, block0=at(x, 0, 0.025)))
    assert result.passed is inside
    assert result.measured["outside_m"] == pytest.approx(x - 0.25, abs=1e-6)
    count = check(
        "centre_in_count",
        {"objects": ["block0"], "at_least": 1, "sensor": params["sensor"]},
        situation(TABLE, block0=at(x, 0, 0.025)),
    )
    assert count.passed is inside


def test_centre_in_a_cylinder_is_round() -> None:
    sensor = {"shape": "cylinder", "size_m": [0.1, 0.1, 0.1], "relative_to": "target0"}
    corner = situation(TABLE, block0=at(0.2 + 0.04, 0.04, 0.025))
    assert not check("centre_in", {"object": "block0", "sensor": sensor}, corner).passed
    assert check("centre_in", {"object": "block0", "sensor": sensor | {"shape": "box"}}, corner).passed


@pytest.mark.parametrize(
    ("z", "x", "passed"), [(0.075, 0.3, True), (0.09, 0.3, False), (0.075, 0.36, False), (0.025, 0.36, False)]
)
def test_on_top(z: float, x: float, passed: bool) -> None:
    params = {"object": "block0", "support": "block1"}
    result = check("on_top", params, situation(TABLE, block0=at(x, 0.2, z)))
    assert result.passed is passed
    assert result.measured["gap_m"] == pytest.approx(z - 0.075, abs=1e-6)


def test_near_and_upright_and_on_table() -> None:
    close = situation(TABLE, block0=at(0.21, 0, 0.025, tilt_quat(0.3)))
    assert check("near", {"object": "block0", "target": "target0", "max_offset_m": 0.011}, close).passed
    assert not check("near", {"object": "block0", "target": "target0", "max_offset_m": 0.009}, close).passed
    assert check("upright", {"object": "block0", "max_tilt_rad": 0.31}, close).passed
    assert not check("upright", {"object": "block0", "max_tilt_rad": 0.29}, close).passed
    assert check("on_table", {"object": "block0"}, situation(TABLE)).passed
    assert not check("on_table", {"object": "block0"}, situation(TABLE, block0=at(0.3, 0, 0.04))).passed


@pytest.mark.parametrize(
    ("pose", "passed"),
    [
        (at(0.3, 0.28, 0.025), True),
        (at(0.3, 0.2, 0.075), False),
        (at(0.3, 0.2, 0.025), False),
        (at(0.3, 0.45, 0.025), False),
        (at(0.3, 0.28, 0.3), False),
    ],
)
def test_beside_is_on_the_table_next_to_it(pose: object, passed: bool) -> None:
    params = {"object": "block0", "reference": "block1", "max_gap_m": 0.1}
    assert check("beside", params, situation(TABLE, block0=pose)).passed is passed


def test_stacked_needs_an_unbroken_column_over_the_mark() -> None:
    params = {"objects": ["block0", "block1", "block2"], "count": 3, "over": "target0"}
    tower = {f"block{i}": at(0.2, 0.005 * i, 0.025 + 0.05 * i) for i in range(3)}
    assert check("stacked", params, situation(TABLE, **tower)).passed
    gap = tower | {"block1": at(0.2, 0, 0.30)}
    assert check("stacked", params, situation(TABLE, **gap)).measured["levels"] == 1
    elsewhere = {name: at(0.4, 0, pose.position_m[2] - TABLE_TOP_Z_M) for name, pose in tower.items()}
    assert check("stacked", params, situation(TABLE, **elsewhere)).measured["levels"] == 0


def test_mechanisms() -> None:
    table = scene(BOTTLE, CAP)
    closed = situation(table)
    loose = closed.final.object("cap0").model_copy(update={"attached_to": None, "joint_position": 2.7})
    turned = closed.final.object("cap0").model_copy(update={"joint_position": 1.0})
    rest = tuple(o for o in closed.final.objects if o.name != "cap0")
    off = closed._replace(final=closed.final.model_copy(update={"objects": (*rest, loose)}))
    half = closed._replace(final=closed.final.model_copy(update={"objects": (*rest, turned)}))
    beyond = {"object": "cap0", "beyond": 2.6}
    assert [check("joint_beyond", beyond, s).passed for s in (closed, half, off)] == [False, False, True]
    assert check("joint_beyond", {"object": "cap0", "beyond": 0.9}, half).passed
    assert [check("detached", {"object": "cap0"}, s).passed for s in (closed, half, off)] == [
        False,
        False,
        True,
    ]


def test_gripper() -> None:
    free, full = situation(TABLE), situation(TABLE, gripper=holding("block1"))
    assert check("nothing_grasped", {}, free).passed
    assert not check("nothing_grasped", {}, full).passed
    assert check("held", {"object": "block1"}, full).passed
    assert not check("held", {"object": "block0"}, full).passed


@pytest.mark.parametrize("field", ["linear_velocity_m_s", "angular_velocity_rad_s"])
def test_at_rest_names_what_moves(field: str) -> None:
    state = world(TABLE)
    moving = state.objects[1].model_copy(update={field: (0.0, 0.5, 0.0)})
    final = state.model_copy(update={"objects": (state.objects[0], moving, *state.objects[2:])})
    result = check("at_rest", {}, Situation(state, final, TABLE))
    assert not result.passed
    assert result.measured["object"] == "block1"
    assert check("at_rest", {}, Situation(state, state, TABLE)).passed


def test_undisturbed_spares_what_the_task_is_about() -> None:
    pushed = {"block1": at(0.3, 0.221, 0.025)}
    assert not check("undisturbed", {}, situation(TABLE, **pushed)).passed
    assert check("undisturbed", {}, situation(TABLE, "block1", **pushed)).passed
    assert check("undisturbed", {}, situation(TABLE, block1=at(0.3, 0.219, 0.025))).passed
    tilted = check("undisturbed", {}, situation(TABLE, block1=at(0.3, 0.2, 0.025, tilt_quat(0.2))))
    assert not tilted.passed
    assert tilted.measured["tilt_rad"] == pytest.approx(0.2, abs=1e-5)
    assert check("undisturbed", {}, situation(TABLE, block1=at(0.3, 0.2, 0.025, yaw_quat(2.0)))).passed


@pytest.mark.parametrize(
    ("name", "params", "says"),
    [
        ("detectd", {}, "Predicates: "),
        ("near", {"object": "block0", "target": "target0"}, "max_offset_m: is missing"),
        ("near", {"object": "block0", "target": "target0", "max_offset_m": 1, "x": 2}, "x: no such field"),
        ("near", {"object": "block9", "target": "target0", "max_offset_m": 1}, "Objects: block0"),
        ("detected", {"object": "block0", "sensor": {"size_m": [1, 1, 1], "relative_to": "moon"}}, "'moon'"),
        ("detected_count", {"objects": [], "sensor": COLUMN, "at_least": 1}, "objects"),
        ("near", {"object": "block0", "target": "target0", "max_offset_m": -1}, "greater than 0"),
    ],
)
def test_errors_say_what_would_be_right(name: str, params: dict[str, object], says: str) -> None:
    with pytest.raises(PredicateError) as caught:
        check(name, params, situation(TABLE))
    assert says in str(caught.value)


def test_every_predicate_has_a_line_for_people() -> None:
    assert len(PREDICATES) >= 15
    assert all(predicate.doc.endswith(".") for predicate in PREDICATES)
