"""Solid things that are picked up: blocks, balls, rings, hulls of a seeded stream, flat cases, pads."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from pydantic import Field

from blazer.core.geometry import Array
from blazer.core.records import Record
from blazer.core.rng import stream
from blazer.sim.scene import Part
from blazer.tasks.catalogue.shapes import Paint, Shape
from blazer.tasks.colors import Rgb, shade


class BoxParams(Record):
    """Full extents."""

    length_m: float = Field(default=0.05, gt=0, le=0.6)
    width_m: float = Field(default=0.05, gt=0, le=0.6)
    height_m: float = Field(default=0.05, gt=0, le=0.6)
    mass_kg: float = Field(default=0.1, gt=0)
    fixed: bool = False


def box(p: BoxParams, rgb: Rgb) -> Shape:
    """A plain block."""
    size = (p.length_m, p.width_m, p.height_m)
    return Shape([Paint(rgb).box(size)], p.mass_kg, fixed=p.fixed, graspable=p.width_m <= 0.076)


class BallParams(Record):
    """A ball with seams."""

    diameter_m: float = Field(default=0.06, gt=0.01, le=0.075)
    mass_kg: float = Field(default=0.08, gt=0)


def ball(p: BallParams, rgb: Rgb) -> Shape:
    """A ball with dark seams, like a basketball."""
    seam = Paint(shade(rgb, 0.25), collides=False)
    d = p.diameter_m
    stripe = 0.0016
    # Discs a hair wider than the ball show as great circles and stay inside the bounding box.
    parts = [
        Paint(rgb).sphere(d),
        seam.cylinder(d * 1.004, stripe),
        seam.cylinder(d * 1.004, stripe, turn=(math.sqrt(0.5), math.sqrt(0.5), 0.0, 0.0)),
        seam.cylinder(d * 1.004, stripe, turn=(math.sqrt(0.5), 0.0, math.sqrt(0.5), 0.0)),
    ]
    return Shape(parts, p.mass_kg, friction=1.0)


class RingParams(Record):
    """A square ring of four bars."""

    outer_m: float = Field(default=0.05, gt=0.02, le=0.076)
    bar_m: float = Field(default=0.01, gt=0.002)
    height_m: float = Field(default=0.01, gt=0.002)
    mass_kg: float = Field(default=0.03, gt=0)


def square_ring(p: RingParams, rgb: Rgb) -> Shape:
    """A flat square ring."""
    return Shape(Paint(rgb).frame((p.outer_m, p.outer_m), p.bar_m, p.height_m), p.mass_kg, friction=0.5)


class ThingParams(Record):
    """A random convex thing; the same `shape_seed` makes the same thing everywhere."""

    shape_seed: int = 0
    length_m: tuple[float, float] = (0.045, 0.065)
    width_m: tuple[float, float] = (0.030, 0.045)
    height_m: tuple[float, float] = (0.028, 0.042)
    style: Literal["facet", "crumpled"] = "facet"
    mass_kg: float = Field(default=0.08, gt=0)


def _drawn(bounds_m: tuple[float, float], u: float) -> float:
    return bounds_m[0] + (bounds_m[1] - bounds_m[0]) * u


def _outline(rng: np.random.Generator, count: int) -> Array:
    """A convex outline (count, 2) within the unit square, widest in y near x = 0 on both sides."""
    angles = 2 * np.pi * (np.arange(count) + rng.uniform(-0.22, 0.22, count)) / count
    angles[0], angles[count // 4] = 0.0, np.pi / 2
    angles[count // 2], angles[3 * count // 4] = np.pi, 3 * np.pi / 2
    return np.stack([np.cos(angles), np.sin(angles)], axis=1) * 0.5


def _folds(rng: np.random.Generator, size: Array, rgb: Rgb) -> list[Part]:
    """What crumpled paper looks like: overlapping facets of slightly different shades, within `size`."""
    folds = []
    for index in range(9):
        directions = rng.normal(size=(9, 3))
        ball = directions / np.linalg.norm(directions, axis=1, keepdims=True)
        centre = rng.uniform(-0.14, 0.14, 3) if index else np.zeros(3)
        points = np.clip((centre + ball * rng.uniform(0.28, 0.46)) * 1.12, -0.5, 0.5) * size
        folds.append(Paint(shade(rgb, rng.uniform(0.72, 1.0)), collides=False).hull(points))
    return folds


def thing(p: ThingParams, rgb: Rgb) -> Shape:
    """A random convex thing that lies flat and can be grasped across its middle."""
    rng = stream(p.shape_seed, "thing")
    u = rng.uniform(size=3)
    size = np.array([_drawn(p.length_m, u[0]), _drawn(p.width_m, u[1]), _drawn(p.height_m, u[2])])
    middle = _outline(rng, 12)
    low, high = middle * rng.uniform(0.72, 0.88), middle * rng.uniform(0.6, 0.85)
    levels = ((low, -0.5), (middle, rng.uniform(-0.12, 0.12)), (high, 0.5))
    points = np.concatenate([np.column_stack([ring, np.full(len(ring), z)]) for ring, z in levels]) * size
    parts = [Paint(rgb).hull(points)]
    if p.style == "crumpled":
        parts = [parts[0].model_copy(update={"visible": False}), *_folds(rng, size, rgb)]
    return Shape(parts, p.mass_kg, friction=1.2)


class PadParams(Record):
    """A coloured square on the table top."""

    side_m: float = Field(default=0.10, gt=0.02, le=0.3)
    rings: bool = True
    """Draw it as a target, with a lighter square inside."""


def pad(p: PadParams, rgb: Rgb) -> Shape:
    """A thin coloured square on the table: it is seen, it marks a place, and nothing bumps into it."""
    parts = [Paint(rgb, collides=False).box((p.side_m, p.side_m, 0.001))]
    if p.rings:
        inner = Paint(shade(rgb, 1.6), collides=False)
        core = Paint(shade(rgb, 0.8), collides=False)
        parts.append(inner.box((p.side_m * 0.7, p.side_m * 0.7, 0.001), (0, 0, 0.0002)))
        parts.append(core.box((p.side_m * 0.4, p.side_m * 0.4, 0.001), (0, 0, 0.0004)))
    return Shape(parts, 0.05, fixed=True, graspable=False)


class CaseParams(Record):
    """A flat case with a lid seam and a clasp."""

    length_m: float = Field(default=0.14, gt=0.03, le=0.25)
    width_m: float = Field(default=0.065, gt=0.02, le=0.075)
    height_m: float = Field(default=0.035, gt=0.01, le=0.1)
    mass_kg: float = Field(default=0.12, gt=0)


def case(p: CaseParams, rgb: Rgb) -> Shape:
    """A flat case, as for spectacles."""
    seam = Paint(shade(rgb, 0.5), collides=False)
    metal = Paint((0.85, 0.80, 0.55), collides=False)
    size = (p.length_m, p.width_m, p.height_m)
    clasp = (0.018, 0.0008, 0.010)
    parts = [
        Paint(rgb).box(size),
        seam.box((p.length_m * 1.001, p.width_m * 1.001, 0.002), (0, 0, p.height_m * 0.1)),
        metal.box(clasp, (0, p.width_m / 2, p.height_m * 0.1)),
        metal.box(clasp, (0, -p.width_m / 2, p.height_m * 0.1)),
    ]
    return Shape(parts, p.mass_kg)


ENTRIES = (
    ("box", "block", BoxParams, box, (0.70, 0.55, 0.35)),
    ("ball", "ball", BallParams, ball, (0.85, 0.40, 0.10)),
    ("square_ring", "ring", RingParams, square_ring, (0.75, 0.60, 0.35)),
    ("thing", "item", ThingParams, thing, (0.65, 0.50, 0.40)),
    ("pad", "target", PadParams, pad, (0.80, 0.10, 0.10)),
    ("case", "case", CaseParams, case, (0.30, 0.22, 0.16)),
)
