"""Scenery that stands where it is: hoop, backboard, ring stop, peg base and pillars."""

from __future__ import annotations

import math

from pydantic import Field

from blazer.core.records import Record
from blazer.sim.scene import Part
from blazer.tasks.catalogue.shapes import Paint, Shape
from blazer.tasks.colors import Rgb, shade


class HoopParams(Record):
    """A tube of slats that stands on the table."""

    inner_diameter_m: float = Field(default=0.10, gt=0.05, le=0.2)
    height_m: float = Field(default=0.226, gt=0.05, le=0.4)
    foot_m: float = Field(default=0.02, ge=0.0)
    """How far the slats begin above the table; four feet carry them."""
    slats: int = Field(default=8, ge=6, le=16)


def hoop(p: HoopParams, rgb: Rgb) -> Shape:
    """A basketball hoop: an upright cage of slats with a rim, open at the top."""
    middle = p.foot_m + p.height_m / 2
    top = p.foot_m + p.height_m
    slats = Paint((0.93, 0.93, 0.90)).ring(p.inner_diameter_m, 0.006, p.height_m, p.slats, middle)
    parts: list[Part] = []
    for slat in slats:
        narrow = (slat.size_m[0], slat.size_m[1] * 0.45, slat.size_m[2])
        parts.append(slat.model_copy(update={"size_m": narrow}))
    parts += Paint(rgb).ring(p.inner_diameter_m, 0.008, 0.008, 16, top - 0.004)
    parts += Paint(rgb).ring(p.inner_diameter_m, 0.007, 0.006, 16, p.foot_m + 0.003)
    foot = Paint(shade(rgb, 0.5))
    radius = p.inner_diameter_m / 2 + 0.004
    for index in range(4):
        angle = math.pi / 4 + index * math.pi / 2
        at = (radius * math.cos(angle), radius * math.sin(angle), p.foot_m / 2)
        parts.append(foot.cylinder(0.008, p.foot_m, at))
    return Shape(parts, 1.0, fixed=True, graspable=False)


class BackboardParams(Record):
    """The board behind a hoop, on a post; its face looks along -x."""

    width_m: float = Field(default=0.42, gt=0.1, le=0.6)
    height_m: float = Field(default=0.30, gt=0.1, le=0.5)
    clearance_m: float = Field(default=0.185, ge=0.0)
    """Of its lower edge above the table."""


def backboard(p: BackboardParams, rgb: Rgb) -> Shape:
    """A board of clear glass with a painted square, on a post."""
    z = p.clearance_m + p.height_m / 2
    line = Paint((0.85, 0.20, 0.10), collides=False)
    parts = [
        # Glass, as in a hall: from behind, hoop and ball stay in view.
        Paint(rgb, alpha=0.35).box((0.012, p.width_m, p.height_m), (0, 0, z)),
        Paint((0.25, 0.26, 0.28)).box(
            (0.02, 0.03, p.clearance_m + 0.05), (0.012, 0, (p.clearance_m + 0.05) / 2)
        ),
    ]
    side, thick, low = 0.12, 0.008, p.clearance_m + 0.05
    # On both faces, so that it looks like a backboard from behind too.
    for x in (-0.0062, 0.0062):
        for dy in (-side / 2, side / 2):
            parts.append(line.box((0.001, thick, side), (x, dy, low + side / 2)))
        for dz in (0.0, side):
            parts.append(line.box((0.001, side + thick, thick), (x, 0, low + dz)))
    return Shape(parts, 2.0, fixed=True, graspable=False)


class RingStopParams(Record):
    """A low square frame that keeps a ball in its place."""

    inner_m: float = Field(default=0.046, gt=0.01, le=0.2)
    outer_m: float = Field(default=0.065, gt=0.02, le=0.25)
    height_m: float = Field(default=0.008, gt=0.002, le=0.05)


def ring_stop(p: RingStopParams, rgb: Rgb) -> Shape:
    """A low square frame."""
    bar = (p.outer_m - p.inner_m) / 2
    return Shape(Paint(rgb).frame((p.outer_m, p.outer_m), bar, p.height_m, p.height_m / 2), 0.2, True, False)


class PegBaseParams(Record):
    """A plate that pillars stand on."""

    length_m: float = Field(default=0.40, gt=0.05, le=0.6)
    width_m: float = Field(default=0.10, gt=0.03, le=0.4)
    height_m: float = Field(default=0.02, gt=0.004, le=0.1)


def peg_base(p: PegBaseParams, rgb: Rgb) -> Shape:
    """A wooden plate with darker edges."""
    edge = Paint(shade(rgb, 0.7), collides=False)
    parts = [Paint(rgb).box((p.length_m, p.width_m, p.height_m), (0, 0, p.height_m / 2))]
    for y in (-1, 1):
        at = (0, y * (p.width_m / 2 - 0.004), p.height_m)
        parts.append(edge.box((p.length_m, 0.004, 0.0008), at))
    return Shape(parts, 1.0, fixed=True, graspable=False)


class PillarParams(Record):
    """A square pillar."""

    side_m: float = Field(default=0.025, gt=0.005, le=0.1)
    height_m: float = Field(default=0.12, gt=0.02, le=0.3)


def pillar(p: PillarParams, rgb: Rgb) -> Shape:
    """A square pillar that rings are put over."""
    top = Paint(shade(rgb, 1.35), collides=False)
    parts = [
        Paint(rgb).box((p.side_m, p.side_m, p.height_m)),
        top.box((p.side_m * 0.7, p.side_m * 0.7, 0.0006), (0, 0, p.height_m / 2 - 0.0002)),
    ]
    return Shape(parts, 0.2, fixed=True, graspable=False, friction=0.3)


class StandParams(Record):
    """A low block that something is put on: a coaster, a book, a box."""

    length_m: float = Field(default=0.12, gt=0.03, le=0.3)
    width_m: float = Field(default=0.12, gt=0.03, le=0.3)
    height_m: float = Field(default=0.02, gt=0.004, le=0.2)
    round: bool = False
    fixed: bool = True


def stand(p: StandParams, rgb: Rgb) -> Shape:
    """A low coloured stand, square or round."""
    light = Paint(shade(rgb, 1.3), collides=False)
    if p.round:
        parts = [
            Paint(rgb).cylinder(p.length_m, p.height_m),
            light.cylinder(p.length_m * 0.8, 0.0006, (0, 0, p.height_m / 2)),
        ]
    else:
        parts = [
            Paint(rgb).box((p.length_m, p.width_m, p.height_m)),
            light.box((p.length_m * 0.86, p.width_m * 0.86, 0.0006), (0, 0, p.height_m / 2)),
        ]
    return Shape(parts, 0.4, fixed=p.fixed, graspable=False)


ENTRIES = (
    ("hoop", "hoop", HoopParams, hoop, (0.90, 0.35, 0.10)),
    ("backboard", "backboard", BackboardParams, backboard, (0.94, 0.94, 0.95)),
    ("ring_stop", "ball stand", RingStopParams, ring_stop, (0.35, 0.35, 0.37)),
    ("peg_base", "base", PegBaseParams, peg_base, (0.72, 0.56, 0.38)),
    ("pillar", "spoke", PillarParams, pillar, (0.60, 0.60, 0.60)),
    ("stand", "stand", StandParams, stand, (0.60, 0.60, 0.60)),
)
