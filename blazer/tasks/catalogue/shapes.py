"""Small builders of parts, and the bounding box of a list of parts.

Lengths in metres, z up, positions of part centres. Pure geometry: nothing here knows an object.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from blazer.core.geometry import Array, quat_from_yaw, quat_rotate, quat_to_matrix
from blazer.core.records import Quat, Vec3
from blazer.sim.scene import Mechanism, Part
from blazer.tasks.colors import Rgb

IDENTITY: Quat = (1.0, 0.0, 0.0, 0.0)


class Shape(NamedTuple):
    """What a catalogue entry makes of its parameters."""

    parts: list[Part]
    mass_kg: float
    fixed: bool = False
    graspable: bool = True
    friction: float = 1.0
    mechanism: Mechanism | None = None


def vec3(values: Iterable[float]) -> Vec3:
    """Three floats, rounded to a tenth of a micrometre so that JSON stays readable."""
    x, y, z = (round(float(v), 7) for v in values)
    return (x, y, z)


def quat(values: Iterable[float]) -> Quat:
    """Four floats, rounded."""
    w, x, y, z = (round(float(v), 9) for v in values)
    return (w, x, y, z)


def yawed(yaw_rad: float) -> Quat:
    """Quaternion of a turn about z."""
    return quat(quat_from_yaw(yaw_rad))


def about_y(angle_rad: float) -> Quat:
    """Quaternion of a turn about y."""
    return quat((math.cos(angle_rad / 2), 0.0, math.sin(angle_rad / 2), 0.0))


def about_x(angle_rad: float) -> Quat:
    """Quaternion of a turn about x."""
    return quat((math.cos(angle_rad / 2), math.sin(angle_rad / 2), 0.0, 0.0))


class Paint(NamedTuple):
    """How a part shows and whether it is solid."""

    rgb: Rgb
    collides: bool = True
    visible: bool = True
    alpha: float = 1.0

    def part(
        self,
        shape: str,
        size_m: Sequence[float],
        at_m: Sequence[float] = (0.0, 0.0, 0.0),
        turn: Quat = IDENTITY,
        points_m: tuple[Vec3, ...] = (),
    ) -> Part:
        """One part."""
        return Part.model_validate(
            {
                "shape": shape,
                "size_m": vec3(size_m),
                "position_m": vec3(at_m),
                "quat_wxyz": turn,
                "rgba": (*(round(c, 4) for c in self.rgb), self.alpha),
                "collides": self.collides,
                "visible": self.visible,
                "points_m": points_m,
            }
        )

    def box(self, size_m: Sequence[float], at_m: Sequence[float] = (0, 0, 0), turn: Quat = IDENTITY) -> Part:
        """A box of full extents `size_m`."""
        return self.part("box", size_m, at_m, turn)

    def cylinder(
        self, diameter_m: float, height_m: float, at_m: Sequence[float] = (0, 0, 0), turn: Quat = IDENTITY
    ) -> Part:
        """An upright cylinder."""
        return self.part("cylinder", (diameter_m, diameter_m, height_m), at_m, turn)

    def sphere(self, diameter_m: float, at_m: Sequence[float] = (0, 0, 0)) -> Part:
        """A ball."""
        return self.part("sphere", (diameter_m,) * 3, at_m)

    def ellipsoid(self, size_m: Sequence[float], at_m: Sequence[float] = (0, 0, 0)) -> Part:
        """An ellipsoid of full extents `size_m`."""
        return self.part("ellipsoid", size_m, at_m)

    def hull(self, points: Array, at_m: Sequence[float] = (0, 0, 0)) -> Part:
        """The convex hull of points (n, 3)."""
        extent = points.max(axis=0) - points.min(axis=0)
        return self.part("hull", extent, at_m, points_m=tuple(vec3(p) for p in points))

    def ring(
        self, inner_diameter_m: float, thickness_m: float, height_m: float, count: int, z_m: float = 0.0
    ) -> list[Part]:
        """A round wall made of `count` upright boxes; the free inside is `inner_diameter_m` wide."""
        radius = inner_diameter_m / 2 + thickness_m / 2
        width = 2 * (inner_diameter_m / 2 + thickness_m) * math.tan(math.pi / count)
        parts = []
        for index in range(count):
            angle = 2 * math.pi * index / count
            at = (radius * math.cos(angle), radius * math.sin(angle), z_m)
            parts.append(self.box((thickness_m, width, height_m), at, yawed(angle)))
        return parts

    def frame(
        self, outer_m: tuple[float, float], thickness_m: float, height_m: float, z_m: float = 0.0
    ) -> list[Part]:
        """Four walls around a rectangle of outer extents `outer_m`."""
        length, width = outer_m
        x, y = (length - thickness_m) / 2, (width - thickness_m) / 2
        long_wall = (length, thickness_m, height_m)
        short_wall = (thickness_m, width - 2 * thickness_m, height_m)
        return [
            self.box(long_wall, (0, y, z_m)),
            self.box(long_wall, (0, -y, z_m)),
            self.box(short_wall, (x, 0, z_m)),
            self.box(short_wall, (-x, 0, z_m)),
        ]


def revolved(profile_m: Sequence[tuple[float, float]], count: int = 12) -> Array:
    """Points (n, 3) of a body of revolution; `profile_m` lists (radius, z), `count` points a ring.

    The first point of each ring lies at half a step, so that flat facets face the y axis, where the
    fingers come from.
    """
    points: list[tuple[float, float, float]] = []
    for radius, z in profile_m:
        if radius == 0:
            points.append((0.0, 0.0, z))
            continue
        for index in range(count):
            angle = 2 * math.pi * (index + 0.5) / count
            points.append((radius * math.cos(angle), radius * math.sin(angle), z))
    return np.array(points)


def part_half_extents(part: Part) -> Array:
    """Half extents (3,) of a part's bounding box along its body's axes, about the part's centre.

    Exact but for hulls, whose points need not be centred; use `part_bounds` for those.
    """
    matrix = quat_to_matrix(part.quat_wxyz)
    half = np.asarray(part.size_m) / 2
    if part.shape == "box":
        return np.asarray(np.abs(matrix) @ half)
    if part.shape in ("sphere", "ellipsoid"):
        return np.asarray(np.sqrt((matrix * half) ** 2 @ np.ones(3)))
    axis = matrix[:, 2]
    if part.shape == "capsule":
        return np.asarray(np.abs(axis) * (half[2] - half[0]) + half[0])
    return np.asarray(np.abs(axis) * half[2] + half[0] * np.sqrt(np.maximum(0.0, 1 - axis**2)))


def part_bounds(part: Part) -> tuple[Array, Array]:
    """Lowest and highest corner (3,), (3,) of a part in its body's frame."""
    centre = np.asarray(part.position_m)
    if part.shape == "hull":
        points = quat_rotate(part.quat_wxyz, np.asarray(part.points_m)) + centre
        return points.min(axis=0), points.max(axis=0)
    half = part_half_extents(part)
    return centre - half, centre + half


def bounds(parts: Sequence[Part]) -> tuple[Array, Array]:
    """Lowest and highest corner of all parts together."""
    corners = [part_bounds(part) for part in parts]
    return np.min([low for low, _ in corners], axis=0), np.max([high for _, high in corners], axis=0)


def centred(parts: Sequence[Part]) -> tuple[tuple[Part, ...], Vec3]:
    """The parts moved so that their bounding box is centred on the origin, and its extents.

    The box is that of the parts that can be touched: a leaf or a seam that is only seen does not move
    the place where a gripper should close. Bodies without any such part are boxed as they look.
    """
    low, high = bounds([p for p in parts if p.collides] or parts)
    middle = (low + high) / 2
    moved = tuple(p.model_copy(update={"position_m": vec3(np.asarray(p.position_m) - middle)}) for p in parts)
    return moved, vec3(high - low)
