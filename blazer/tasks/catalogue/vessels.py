"""Jars, lids, bottles, screw caps and cups."""

from __future__ import annotations

import math

from pydantic import Field

from blazer.core.records import Record
from blazer.sim.scene import Mechanism
from blazer.tasks.catalogue.shapes import Paint, Shape
from blazer.tasks.colors import Rgb, shade


class JarParams(Record):
    """A jar with a neck that a lid goes over."""

    diameter_m: float = Field(default=0.092, gt=0.03, le=0.2)
    height_m: float = Field(default=0.110, gt=0.03, le=0.3)
    neck_diameter_m: float = Field(default=0.056, gt=0.01)
    neck_height_m: float = Field(default=0.015, ge=0.005)
    mass_kg: float = Field(default=0.5, gt=0)


def jar(p: JarParams, rgb: Rgb) -> Shape:
    """A jar with shoulder and neck, open at the top."""
    body = p.height_m - p.neck_height_m
    dark = Paint((0.10, 0.09, 0.08), collides=False)
    band = Paint(shade(rgb, 1.55), collides=False)
    parts = [
        Paint(rgb).cylinder(p.diameter_m, body, (0, 0, body / 2)),
        Paint(shade(rgb, 1.3)).cylinder(
            p.neck_diameter_m, p.neck_height_m, (0, 0, body + p.neck_height_m / 2)
        ),
        band.cylinder(p.diameter_m * 1.002, body * 0.35, (0, 0, body * 0.45)),
        dark.cylinder(p.neck_diameter_m * 0.82, 0.0006, (0, 0, p.height_m - 0.0001)),
    ]
    return Shape(parts, p.mass_kg, graspable=p.diameter_m <= 0.076)


class LidParams(Record):
    """A lid with a skirt that goes over a jar's neck."""

    diameter_m: float = Field(default=0.074, gt=0.02, le=0.076)
    height_m: float = Field(default=0.021, gt=0.005)
    skirt_m: float = Field(default=0.004, gt=0.001)
    """Thickness of the skirt."""
    top_m: float = Field(default=0.010, gt=0.001)
    mass_kg: float = Field(default=0.05, gt=0)


def lid(p: LidParams, rgb: Rgb) -> Shape:
    """A round lid: a disc above a skirt."""
    drop = p.height_m - p.top_m
    inner = p.diameter_m - 2 * p.skirt_m
    # An octagonal skirt's corners stick out beyond its flats; inside the disc's circle it must stay.
    inner_flat = inner * math.cos(math.pi / 12) - 0.001
    parts = [Paint(rgb).cylinder(p.diameter_m, p.top_m, (0, 0, drop + p.top_m / 2))]
    parts += Paint(shade(rgb, 0.8)).ring(inner_flat, p.skirt_m, drop, 12, drop / 2)
    parts.append(
        Paint(shade(rgb, 1.3), collides=False).cylinder(p.diameter_m * 0.7, 0.0006, (0, 0, p.height_m))
    )
    return Shape(parts, p.mass_kg, friction=0.8)


class BottleParams(Record):
    """A wine bottle."""

    diameter_m: float = Field(default=0.075, gt=0.03, le=0.15)
    height_m: float = Field(default=0.288, gt=0.1, le=0.4)
    neck_diameter_m: float = Field(default=0.026, gt=0.01)
    fixed: bool = True


def bottle(p: BottleParams, rgb: Rgb) -> Shape:
    """A wine bottle with shoulder, neck and label."""
    h, d, n = p.height_m, p.diameter_m, p.neck_diameter_m
    shoulder = Paint(rgb)
    label = Paint((0.93, 0.90, 0.80), collides=False)
    stripe = Paint((0.55, 0.10, 0.12), collides=False)
    parts = [Paint(rgb).cylinder(d, h * 0.58, (0, 0, h * 0.29))]
    steps = 4
    for i in range(steps):
        width = d + (n - d) * ((i + 0.8) / steps) ** 1.1
        parts.append(shoulder.cylinder(width, h * 0.03 + 0.001, (0, 0, h * (0.58 + 0.03 * (i + 0.5)))))
    parts.append(Paint(rgb).cylinder(n, h * 0.30, (0, 0, h * 0.85)))
    parts.append(Paint(shade(rgb, 0.7), collides=False).cylinder(n * 1.18, h * 0.03, (0, 0, h * 0.96)))
    parts.append(label.cylinder(d * 1.004, h * 0.28, (0, 0, h * 0.30)))
    parts.append(stripe.cylinder(d * 1.008, h * 0.03, (0, 0, h * 0.36)))
    return Shape(parts, 0.9, fixed=p.fixed, graspable=False)


class ScrewCapParams(Record):
    """A cap on a thread."""

    owner: str
    """Name of the bottle it is screwed on."""
    diameter_m: float = Field(default=0.030, gt=0.01, le=0.07)
    height_m: float = Field(default=0.024, gt=0.005)
    release_rad: float = Field(default=math.radians(150), gt=0)
    pitch_m: float = Field(default=0.003, ge=0)
    friction_n_m: float = Field(default=0.02, ge=0)


def screw_cap(p: ScrewCapParams, rgb: Rgb) -> Shape:
    """A ribbed cap that turns on a thread and comes free after its release angle, counter-clockwise."""
    rib = Paint(shade(rgb, 0.7), collides=False)
    mark = Paint((0.95, 0.95, 0.92), collides=False)
    parts = [Paint(rgb).cylinder(p.diameter_m, p.height_m)]
    for part in rib.ring(p.diameter_m - 0.0021, 0.001, p.height_m * 0.8, 16):
        parts.append(part.model_copy(update={"size_m": (0.001, 0.002, p.height_m * 0.8)}))
    # A pointer on top lets a person see how far it has been turned.
    parts.append(mark.box((p.diameter_m * 0.42, 0.003, 0.0006), (p.diameter_m * 0.22, 0, p.height_m / 2)))
    mechanism = Mechanism(
        type="screw",
        owner=p.owner,
        range=(-0.05, 4 * math.pi),
        friction=p.friction_n_m,
        damping=0.002,
        pitch_m=p.pitch_m,
        release_rad=p.release_rad,
    )
    return Shape(parts, 0.02, friction=1.2, mechanism=mechanism)


class CupParams(Record):
    """A hollow cup."""

    diameter_m: float = Field(default=0.068, gt=0.03, le=0.074)
    height_m: float = Field(default=0.075, gt=0.03, le=0.2)
    wall_m: float = Field(default=0.004, gt=0.001)
    mass_kg: float = Field(default=0.12, gt=0)


def cup(p: CupParams, rgb: Rgb) -> Shape:
    """A hollow cup with a handle-less wall, a floor and a pale inside."""
    inner = p.diameter_m - 2 * p.wall_m
    sides = 12
    # The wall's corners define the diameter; its flats face the fingers.
    flat = p.diameter_m * math.cos(math.pi / sides) - 2 * p.wall_m
    inside = Paint(shade(rgb, 1.5), collides=False)
    parts = Paint(rgb).ring(flat, p.wall_m, p.height_m, sides, p.height_m / 2)
    parts.append(Paint(rgb).cylinder(inner, p.wall_m, (0, 0, p.wall_m / 2)))
    parts.append(inside.cylinder(inner * 0.98, 0.0006, (0, 0, p.wall_m + 0.0004)))
    return Shape(parts, p.mass_kg)


ENTRIES = (
    ("jar", "jar", JarParams, jar, (0.80, 0.75, 0.65)),
    ("lid", "lid", LidParams, lid, (0.60, 0.60, 0.62)),
    ("bottle", "bottle", BottleParams, bottle, (0.08, 0.22, 0.10)),
    ("screw_cap", "cap", ScrewCapParams, screw_cap, (0.55, 0.09, 0.12)),
    ("cup", "cup", CupParams, cup, (0.90, 0.88, 0.82)),
)
