"""Things that other things are put into: trays, bins, baskets, bowls."""

from __future__ import annotations

import math

from pydantic import Field

from blazer.core.geometry import quat_multiply
from blazer.core.records import Record
from blazer.tasks.catalogue.shapes import Paint, Shape, about_x, about_y, quat, yawed
from blazer.tasks.colors import Rgb, shade


class TrayParams(Record):
    """A rectangular tray."""

    length_m: float = Field(default=0.20, gt=0.05, le=0.5)
    width_m: float = Field(default=0.125, gt=0.05, le=0.5)
    height_m: float = Field(default=0.05, gt=0.01, le=0.3)
    wall_m: float = Field(default=0.005, gt=0.001)
    fixed: bool = True


def tray(p: TrayParams, rgb: Rgb) -> Shape:
    """An open tray: a floor and four walls."""
    floor = 0.004
    rim = Paint(shade(rgb, 1.25), collides=False)
    parts = [Paint(shade(rgb, 0.85)).box((p.length_m, p.width_m, floor), (0, 0, floor / 2))]
    wall = p.height_m - floor
    parts += Paint(rgb).frame((p.length_m, p.width_m), p.wall_m, wall, floor + wall / 2)
    parts += rim.frame((p.length_m, p.width_m), p.wall_m * 1.02, 0.0008, p.height_m)
    return Shape(parts, 0.6, fixed=p.fixed, graspable=False)


class BinParams(Record):
    """A round bin."""

    diameter_m: float = Field(default=0.20, gt=0.08, le=0.4)
    height_m: float = Field(default=0.19, gt=0.05, le=0.4)
    wall_m: float = Field(default=0.005, gt=0.001)
    fixed: bool = True


def bin_(p: BinParams, rgb: Rgb) -> Shape:
    """A round bin, open at the top, with a rim and a dark floor."""
    sides, floor = 16, 0.004
    inner = p.diameter_m * math.cos(math.pi / sides) - 2 * p.wall_m
    parts = Paint(rgb).ring(inner, p.wall_m, p.height_m, sides, p.height_m / 2)
    parts.append(Paint(shade(rgb, 0.4)).cylinder(inner, floor, (0, 0, floor / 2)))
    parts += Paint(shade(rgb, 0.55), collides=False).ring(
        inner - 0.0012, p.wall_m + 0.0012, 0.009, sides, p.height_m - 0.0040
    )
    return Shape(parts, 0.8, fixed=p.fixed, graspable=False)


class BasketParams(Record):
    """A woven basket."""

    length_m: float = Field(default=0.16, gt=0.06, le=0.4)
    width_m: float = Field(default=0.13, gt=0.06, le=0.4)
    height_m: float = Field(default=0.07, gt=0.03, le=0.3)
    wall_m: float = Field(default=0.006, gt=0.001)
    fixed: bool = True


def basket(p: BasketParams, rgb: Rgb) -> Shape:
    """An open basket with woven sides."""
    floor = 0.005
    parts = [Paint(shade(rgb, 0.7)).box((p.length_m, p.width_m, floor), (0, 0, floor / 2))]
    solid = Paint(rgb).frame((p.length_m, p.width_m), p.wall_m, p.height_m, p.height_m / 2)
    parts += solid
    weave = Paint(shade(rgb, 0.62), collides=False)
    for level in (0.22, 0.5, 0.78):
        outer = (p.length_m + 0.0008, p.width_m + 0.0008)
        parts += weave.frame(outer, p.wall_m + 0.0008, p.height_m * 0.09, p.height_m * level)
    for side in (-1, 1):
        for step in range(-3, 4):
            rib = (0.004, 0.0012, p.height_m * 0.9)
            parts.append(weave.box(rib, (step * p.length_m / 7.5, side * p.width_m / 2, p.height_m / 2)))
    return Shape(parts, 0.3, fixed=p.fixed, graspable=False)


class BowlParams(Record):
    """A round bowl with sloping sides."""

    diameter_m: float = Field(default=0.18, gt=0.08, le=0.35)
    floor_diameter_m: float = Field(default=0.10, gt=0.03)
    height_m: float = Field(default=0.06, gt=0.02, le=0.2)
    wall_m: float = Field(default=0.005, gt=0.001)
    fixed: bool = True


def bowl(p: BowlParams, rgb: Rgb) -> Shape:
    """A round bowl with sloping sides."""
    sides = 14
    low, high = p.floor_diameter_m / 2, p.diameter_m / 2 - p.wall_m
    run, rise = high - low, p.height_m
    slope = math.atan2(run, rise)
    length = math.hypot(run, rise)
    width = 2 * p.diameter_m / 2 * math.tan(math.pi / sides)
    parts = [Paint(shade(rgb, 1.25)).cylinder(p.floor_diameter_m * 1.06, 0.005, (0, 0, 0.0025))]
    for index in range(sides):
        angle = 2 * math.pi * index / sides
        radius = (low + high) / 2
        at = (radius * math.cos(angle), radius * math.sin(angle), rise / 2)
        turn = quat(quat_multiply(yawed(angle), about_y(slope)))
        parts.append(Paint(rgb).box((p.wall_m, width, length), at, turn))
    return Shape(parts, 0.4, fixed=p.fixed, graspable=False)


class GrillParams(Record):
    """A kettle-less grill on four legs, its lid open at the back (+x)."""

    length_m: float = Field(default=0.22, gt=0.1, le=0.4)
    width_m: float = Field(default=0.34, gt=0.1, le=0.6)
    height_m: float = Field(default=0.13, gt=0.05, le=0.3)
    """Of the grate."""
    lid_m: float = Field(default=0.10, ge=0.0, le=0.3)
    """How far the open lid rises above the grate."""


def grill(p: GrillParams, rgb: Rgb) -> Shape:
    """A grill with a grate of bars and an open lid at its back."""
    body = Paint(rgb)
    steel = Paint((0.72, 0.73, 0.75), collides=False)
    coal = Paint((0.55, 0.16, 0.06), collides=False)
    depth = p.height_m * 0.5
    z = p.height_m
    parts = [
        body.box((p.length_m, p.width_m, depth), (0, 0, z - depth / 2 - 0.0055)),
        # One smooth plate carries the meat: bars alone would catch the corners of what slides on them.
        Paint((0.20, 0.08, 0.05)).box((p.length_m * 0.94, p.width_m * 0.96, 0.005), (0, 0, z - 0.0025)),
        coal.box((p.length_m * 0.6, p.width_m * 0.7, 0.001), (0, 0, z - 0.0004)),
    ]
    bars = 13
    for index in range(bars):
        y = (index / (bars - 1) - 0.5) * p.width_m * 0.92
        parts.append(steel.box((p.length_m * 0.92, 0.006, 0.001), (0, y, z - 0.0002)))
    leg = z - depth - 0.0055
    for i in (-1, 1):
        for j in (-1, 1):
            at = (i * p.length_m * 0.42, j * p.width_m * 0.42, leg / 2)
            parts.append(Paint((0.30, 0.30, 0.31)).cylinder(0.018, leg, at))
    if p.lid_m > 0:
        x = p.length_m / 2 + 0.012
        tilt = about_y(0.25)
        lid_at = (x + 0.012, 0, z + p.lid_m / 2 - 0.01)
        parts.append(Paint(shade(rgb, 0.85)).box((0.022, p.width_m, p.lid_m), lid_at, tilt))
        handle = (x + 0.045, 0, z + p.lid_m * 0.7)
        parts.append(steel.cylinder(0.012, p.width_m * 0.4, handle, about_x(math.pi / 2)))
    return Shape(parts, 5.0, fixed=True, graspable=False)


ENTRIES = (
    ("tray", "tray", TrayParams, tray, (0.62, 0.48, 0.33)),
    ("bin", "bin", BinParams, bin_, (0.30, 0.33, 0.36)),
    ("basket", "basket", BasketParams, basket, (0.76, 0.58, 0.34)),
    ("bowl", "bowl", BowlParams, bowl, (0.88, 0.88, 0.90)),
    ("grill", "grill", GrillParams, grill, (0.16, 0.17, 0.19)),
)
