"""Fruit, vegetables and meat: visual bodies of revolution over colliding hulls with a flat foot.

The foot is on purpose: a sphere on a flat table never comes to rest in a simulator without rolling
friction, and a fruit in a kitchen lies still.
"""

from __future__ import annotations

import math

import numpy as np
from pydantic import Field

from blazer.core.records import Record
from blazer.sim.scene import Part
from blazer.tasks.catalogue.shapes import Paint, Shape, revolved, yawed
from blazer.tasks.colors import Rgb, shade


class RoundParams(Record):
    """A round fruit."""

    diameter_m: float = Field(default=0.066, gt=0.02, le=0.074)
    height_m: float = Field(default=0.066, gt=0.02, le=0.12)
    mass_kg: float = Field(default=0.1, gt=0)


def _solid(p: RoundParams) -> list[Part]:
    """The invisible colliding hull of a round fruit, standing on z = 0."""
    r, h = p.diameter_m / 2, p.height_m
    profile = ((r * 0.62, 0.0), (r * 0.93, h * 0.22), (r, h * 0.5), (r * 0.93, h * 0.78), (r * 0.5, h * 0.97))
    return [Paint((1, 1, 1), visible=False).hull(revolved(profile, 12))]


def _skin(p: RoundParams, rgb: Rgb) -> Part:
    size = (p.diameter_m, p.diameter_m, p.height_m)
    return Paint(rgb, collides=False).ellipsoid(size, (0, 0, p.height_m / 2))


def tomato(p: RoundParams, rgb: Rgb) -> Shape:
    """A tomato with a green calyx."""
    green = Paint((0.12, 0.42, 0.10), collides=False)
    parts = [*_solid(p), _skin(p, rgb)]
    z = p.height_m * 0.985
    for index in range(5):
        turn = yawed(index * 2 * math.pi / 5)
        x, y = math.cos(index * 2 * math.pi / 5) * 0.009, math.sin(index * 2 * math.pi / 5) * 0.009
        parts.append(green.box((0.018, 0.005, 0.002), (x, y, z), turn))
    parts.append(green.cylinder(0.005, 0.008, (0, 0, z + 0.004)))
    return Shape(parts, p.mass_kg)


def apple(p: RoundParams, rgb: Rgb) -> Shape:
    """An apple with a stalk and a leaf."""
    stalk = Paint((0.30, 0.18, 0.08), collides=False)
    leaf = Paint((0.15, 0.50, 0.12), collides=False)
    z = p.height_m
    parts = [
        *_solid(p),
        _skin(p, rgb),
        Paint(shade(rgb, 0.6), collides=False).cylinder(0.014, 0.001, (0, 0, z)),
    ]
    parts.append(stalk.cylinder(0.004, 0.014, (0, 0, z + 0.006)))
    parts.append(leaf.ellipsoid((0.020, 0.009, 0.002), (0.010, 0, z + 0.008)))
    return Shape(parts, p.mass_kg)


def orange(p: RoundParams, rgb: Rgb) -> Shape:
    """An orange with its green button."""
    button = Paint((0.25, 0.40, 0.12), collides=False)
    return Shape([*_solid(p), _skin(p, rgb), button.cylinder(0.010, 0.002, (0, 0, p.height_m))], p.mass_kg)


def plum(p: RoundParams, rgb: Rgb) -> Shape:
    """A plum with a short stalk."""
    stalk = Paint((0.30, 0.20, 0.10), collides=False)
    return Shape([*_solid(p), _skin(p, rgb), stalk.cylinder(0.003, 0.012, (0, 0, p.height_m))], p.mass_kg)


class LongParams(Record):
    """A fruit that lies on its side, along x."""

    length_m: float = Field(default=0.09, gt=0.03, le=0.2)
    diameter_m: float = Field(default=0.058, gt=0.02, le=0.074)
    mass_kg: float = Field(default=0.1, gt=0)


def _lying(stations: tuple[tuple[float, float], ...], count: int = 10) -> Part:
    """An invisible hull of revolution about x, with a flat foot on z = 0.

    `stations` lists (x, radius); the axis lies at the largest radius.
    """
    axis_z = max(radius for _, radius in stations)
    foot_z = 0.12 * axis_z
    points: list[tuple[float, float, float]] = []
    for x, radius in stations:
        for index in range(count):
            angle = 2 * math.pi * (index + 0.5) / count
            points.append((x, radius * math.cos(angle), max(axis_z + radius * math.sin(angle), foot_z)))
        if radius > 0.7 * axis_z:
            points += [(x * 0.8, 0.45 * radius, 0.0), (x * 0.8, -0.45 * radius, 0.0)]
    return Paint((1, 1, 1), visible=False).hull(np.array(points))


def lemon(p: LongParams, rgb: Rgb) -> Shape:
    """A lemon with its two tips."""
    half, r = p.length_m / 2, p.diameter_m / 2
    ends = (
        (-half * 0.9, r * 0.3),
        (-half * 0.5, r * 0.82),
        (0.0, r),
        (half * 0.5, r * 0.82),
        (half * 0.9, r * 0.3),
    )
    skin = Paint(rgb, collides=False)
    parts = [
        _lying(ends),
        skin.ellipsoid((p.length_m * 0.94, p.diameter_m, p.diameter_m), (0, 0, r)),
        skin.ellipsoid((0.022, 0.016, 0.016), (half - 0.011, 0, r)),
        skin.ellipsoid((0.022, 0.016, 0.016), (-half + 0.011, 0, r)),
    ]
    return Shape(parts, p.mass_kg)


def pear(p: LongParams, rgb: Rgb) -> Shape:
    """A pear lying on its side, with its stalk."""
    half, r = p.length_m / 2, p.diameter_m / 2
    ends = ((-half, r * 0.5), (-half * 0.45, r), (0.0, r), (half * 0.5, r * 0.6), (half, r * 0.35))
    skin = Paint(rgb, collides=False)
    stalk = Paint((0.30, 0.20, 0.10), collides=False)
    parts = [
        _lying(ends),
        skin.ellipsoid((p.length_m * 0.7, p.diameter_m, p.diameter_m), (-half * 0.3, 0, r)),
        skin.ellipsoid((p.length_m * 0.7, p.diameter_m * 0.62, p.diameter_m * 0.62), (half * 0.32, 0, r)),
        stalk.box((0.016, 0.003, 0.003), (half + 0.006, 0, r)),
    ]
    return Shape(parts, p.mass_kg)


def banana(p: LongParams, rgb: Rgb) -> Shape:
    """A banana: a bent row of ellipsoids with dark ends."""
    dark = Paint((0.30, 0.22, 0.08), collides=False)
    skin = Paint(rgb, collides=False)
    half, r = p.length_m / 2, p.diameter_m / 2
    bend = 0.35 * p.diameter_m
    parts = [
        Paint(rgb, visible=False).box((p.length_m * 0.9, p.diameter_m, p.diameter_m * 0.94), (0, 0, r * 0.94))
    ]
    steps = 9
    for index in range(steps):
        u = 2 * index / (steps - 1) - 1
        thick = p.diameter_m * (0.80 - 0.42 * u * u)
        at = (u * half * 0.86, bend * (0.5 - u * u), r * 0.9)
        slope = math.atan2(-2 * bend * u, half * 0.86)
        piece = skin.ellipsoid((p.length_m * 0.26, thick, thick * 1.1), at)
        parts.append(piece.model_copy(update={"quat_wxyz": yawed(slope)}))
    for side in (-1, 1):
        parts.append(dark.ellipsoid((0.014, 0.010, 0.010), (side * half * 0.95, -bend * 0.55, r * 0.9)))
    return Shape(parts, p.mass_kg)


class MeatParams(Record):
    """A cut of meat, lying flat."""

    length_m: float = Field(default=0.095, gt=0.03, le=0.2)
    width_m: float = Field(default=0.055, gt=0.02, le=0.074)
    height_m: float = Field(default=0.030, gt=0.01, le=0.08)
    mass_kg: float = Field(default=0.15, gt=0)


def _slab(p: MeatParams) -> Part:
    """An invisible hull: a rounded slab standing on z = 0."""
    points = []
    for z, scale in ((0.0, 0.90), (p.height_m * 0.5, 1.0), (p.height_m, 0.86)):
        for index in range(12):
            angle = 2 * math.pi * (index + 0.5) / 12
            # A squarish outline: the fingers find flat flanks in the middle.
            c, s = math.cos(angle), math.sin(angle)
            x, y = math.copysign(abs(c) ** 0.55, c), math.copysign(abs(s) ** 0.55, s)
            points.append((x * scale * p.length_m / 2, y * scale * p.width_m / 2, z))
    return Paint((1, 1, 1), visible=False).hull(np.array(points))


def chicken(p: MeatParams, rgb: Rgb) -> Shape:
    """A roast drumstick: a fat end, a thin end and a bone."""
    bone = Paint((0.96, 0.93, 0.85), collides=False)
    skin = Paint(rgb, collides=False)
    half, z = p.length_m / 2, p.height_m / 2
    parts = [
        _slab(p),
        skin.ellipsoid((p.length_m * 0.72, p.width_m, p.height_m), (-half * 0.26, 0, z)),
        skin.ellipsoid((p.length_m * 0.6, p.width_m * 0.6, p.height_m * 0.8), (half * 0.36, 0, z)),
        bone.box((0.034, 0.009, 0.009), (half * 0.98, 0, z)),
        bone.ellipsoid((0.012, 0.013, 0.012), (half + 0.015, 0.006, z)),
        bone.ellipsoid((0.012, 0.013, 0.012), (half + 0.015, -0.006, z)),
        Paint(shade(rgb, 0.7), collides=False).ellipsoid(
            (p.length_m * 0.4, p.width_m * 0.6, p.height_m * 0.3), (-half * 0.25, 0, p.height_m * 0.86)
        ),
    ]
    return Shape(parts, p.mass_kg)


def steak(p: MeatParams, rgb: Rgb) -> Shape:
    """A steak with a rim of fat, a T-bone and grill marks."""
    fat = Paint((0.95, 0.86, 0.74), collides=False)
    mark = Paint(shade(rgb, 0.35), collides=False)
    meat = Paint(rgb, collides=False)
    half, top = p.length_m / 2, p.height_m
    parts = [
        _slab(p),
        fat.ellipsoid((p.length_m, p.width_m, p.height_m * 0.9), (0, 0, top * 0.46)),
        meat.ellipsoid((p.length_m * 0.93, p.width_m * 0.9, p.height_m), (0, 0, top * 0.5)),
        fat.box((p.length_m * 0.55, 0.006, 0.002), (-half * 0.2, 0, top * 0.985)),
        fat.box((0.006, p.width_m * 0.5, 0.002), (-half * 0.45, 0, top * 0.975)),
    ]
    for step in (-1, 0, 1, 2):
        at = (half * (0.02 + 0.22 * step), 0, top * 0.975 - abs(step) * 0.0008)
        parts.append(mark.box((0.0045, p.width_m * 0.55, 0.002), at, yawed(0.5)))
    return Shape(parts, p.mass_kg)


ENTRIES = (
    ("tomato", "tomato", RoundParams, tomato, (0.84, 0.12, 0.08)),
    ("apple", "apple", RoundParams, apple, (0.78, 0.09, 0.12)),
    ("orange", "orange", RoundParams, orange, (0.96, 0.55, 0.08)),
    ("plum", "plum", RoundParams, plum, (0.38, 0.10, 0.34)),
    ("lemon", "lemon", LongParams, lemon, (0.97, 0.87, 0.16)),
    ("pear", "pear", LongParams, pear, (0.68, 0.78, 0.22)),
    ("banana", "banana", LongParams, banana, (0.96, 0.84, 0.20)),
    ("chicken", "chicken", MeatParams, chicken, (0.76, 0.46, 0.18)),
    ("steak", "steak", MeatParams, steak, (0.48, 0.17, 0.13)),
)
