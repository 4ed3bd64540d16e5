"""Every type of the catalogue keeps the conventions that programs rely on."""

from __future__ import annotations

import numpy as np
import pytest

from blazer.core.errors import TaskError, UnknownNameError
from blazer.core.records import Pose
from blazer.sim.scene import Body
from blazer.tasks.catalogue import TYPES, build_body
from blazer.tasks.catalogue.shapes import bounds
from blazer.tasks.colors import COLORS, rgb_of
from blazer.tasks.spec import PlacedObject
from tests.tasks.builders import placed

REQUIRED = {"screw_cap": {"owner": "bottle0"}}


def body_of(type_name: str, color: str = "", **params: object) -> Body:
    merged = {**REQUIRED.get(type_name, {}), **params}
    pose = Pose(position_m=(0, 0, 0))
    return build_body(PlacedObject(name="x0", type=type_name, kind="", color=color, params=merged, pose=pose))


@pytest.mark.parametrize("type_name", TYPES.names())
def test_origin_is_the_centre_of_the_tangible_box(type_name: str) -> None:
    body = body_of(type_name)
    low, high = bounds([p for p in body.parts if p.collides] or body.parts)
    assert np.allclose((low + high) / 2, 0, atol=1e-6)
    assert np.allclose(high - low, body.size_m, atol=1e-6)
    assert body.mass_kg > 0


@pytest.mark.parametrize("type_name", TYPES.names())
def test_what_can_be_grasped_fits_the_gripper(type_name: str) -> None:
    body = body_of(type_name)
    if body.graspable:
        assert not body.fixed
        assert body.size_m[1] < 0.076, "wider than the fingers open"
        assert body.size_m[1] <= body.size_m[0] + 1e-6, "length is the longer side"


@pytest.mark.parametrize("type_name", TYPES.names())
def test_a_colour_shows(type_name: str) -> None:
    assert body_of(type_name, "lime").parts != body_of(type_name, "navy").parts
    assert body_of(type_name, "lime").color == "lime"


def test_things_come_from_their_seed() -> None:
    assert body_of("thing", shape_seed=4) == body_of("thing", shape_seed=4)
    assert body_of("thing", shape_seed=4).parts != body_of("thing", shape_seed=5).parts


@pytest.mark.parametrize("style", ["facet", "crumpled"])
@pytest.mark.parametrize("seed", range(30))
def test_things_lie_flat_and_can_be_pinched_across_their_middle(seed: int, style: str) -> None:
    body = body_of("thing", shape_seed=seed, style=style)
    points = np.array(next(part.points_m for part in body.parts if part.collides))
    bottom = points[points[:, 2] < points[:, 2].min() + 1e-6]
    assert len(bottom) >= 8
    middle = points[np.abs(points[:, 1]) > body.size_m[1] / 2 - 1e-6]
    assert np.abs(middle[:, 0]).max() < 0.012, "its widest place is not under the pads"


def test_twenty_colours_are_told_apart() -> None:
    values = np.array(list(COLORS.values()))
    assert len(COLORS) == 20
    apart = np.linalg.norm(values[:, None] - values[None], axis=2) + np.eye(20)
    assert apart.min() > 0.15


def test_unknown_names_and_parameters_are_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'bottle'"):
        build_body(placed("x0", "botle", (0, 0, 0)))
    with pytest.raises(TaskError, match="Parameters: diameter_m"):
        body_of("jar", radius=3)
    with pytest.raises(TaskError, match="diameter_m"):
        body_of("jar", diameter_m=-1)
    with pytest.raises(UnknownNameError, match="colour 'read'"):
        rgb_of("read")
