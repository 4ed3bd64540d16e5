"""Distance between convex parts, for sensors that ask whether an object reaches into a volume.

Gilbert, Johnson and Keerthi's algorithm (IEEE J. Robotics and Automation 4(2), 1988) on support
functions, so that every primitive of a scene and every sensor takes the same path. The simplex step
tries all faces of at most four points instead of Johnson's recursion: slower, and hard to get wrong.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import NamedTuple

import numpy as np

from blazer.core.geometry import Array, quat_multiply, quat_rotate, quat_to_matrix
from blazer.core.records import Quat, Vec3
from blazer.sim.scene import Part

_ITERATIONS = 64
_TOLERANCE_M = 1e-7


class Solid(NamedTuple):
    """A convex primitive in the world frame."""

    shape: str
    half: Array
    position: Array
    rotation: Array
    points: Array

    @property
    def radius(self) -> float:
        """Of a ball around `position` that holds it."""
        if self.shape == "hull":
            return float(np.linalg.norm(self.points, axis=1).max())
        if self.shape in ("sphere", "ellipsoid"):
            return float(self.half.max())
        return float(np.linalg.norm(self.half))


def solid_of(part: Part, position_m: Vec3, quat_wxyz: Quat) -> Solid:
    """A part of a body whose frame is at a pose."""
    position = np.asarray(position_m) + quat_rotate(quat_wxyz, part.position_m)
    rotation = quat_to_matrix(quat_multiply(quat_wxyz, part.quat_wxyz))
    points = np.asarray(part.points_m, float).reshape(-1, 3)
    return Solid(part.shape, np.asarray(part.size_m) / 2, position, rotation, points)


def support(solid: Solid, direction: Array) -> Array:
    """The point (3,) of a solid that lies furthest along a direction (3,)."""
    d = direction @ solid.rotation
    half = solid.half
    if solid.shape == "box":
        local = np.where(d >= 0, half, -half)
    elif solid.shape == "hull":
        local = solid.points[int(np.argmax(solid.points @ d))]
    elif solid.shape in ("sphere", "ellipsoid"):
        scaled = half * d
        norm = float(np.linalg.norm(scaled))
        local = half * scaled / norm if norm > 0 else np.array([half[0], 0.0, 0.0])
    else:
        local = _round_support(solid, d)
    return np.asarray(solid.position + solid.rotation @ local)


def _round_support(solid: Solid, d: Array) -> Array:
    radius, half_height = solid.half[0], solid.half[2]
    if solid.shape == "capsule":
        norm = float(np.linalg.norm(d)) or 1.0
        tip = radius * d / norm
        tip[2] += np.copysign(half_height - radius, d[2])
        return np.asarray(tip)
    across = float(np.hypot(d[0], d[1]))
    xy = radius * d[:2] / across if across > 0 else np.array([radius, 0.0])
    return np.array([xy[0], xy[1], np.copysign(half_height, d[2])])


def distance_m(a: Solid, b: Solid) -> float:
    """Distance between two convex solids; 0 where they intersect or touch."""
    if _holds_centre(a, b) or _holds_centre(b, a):
        return 0.0
    v = a.position - b.position
    simplex = np.empty((0, 3))
    for _ in range(_ITERATIONS):
        squared = float(v @ v)
        if squared < _TOLERANCE_M**2:
            return 0.0
        w = support(a, -v) - support(b, v)
        # No point of the difference lies noticeably nearer to the origin: v is the nearest.
        if len(simplex) and squared - float(v @ w) <= 1e-9 * squared + _TOLERANCE_M**2:
            break
        if len(simplex) and float(np.abs(simplex - w).max(axis=1).min()) < 1e-12:
            break
        v, simplex = _nearest(np.vstack([simplex, w]))
        if len(simplex) == 4:
            return 0.0
    return float(np.linalg.norm(v))


def _holds_centre(outer: Solid, inner: Solid) -> bool:
    """Whether one solid's centre is for certain inside the other: the usual case of an intersection.

    False says nothing. A hull's origin need not be a point of it.
    """
    if inner.shape == "hull" or outer.shape not in ("box", "cylinder"):
        return False
    x, y, z = np.abs((inner.position - outer.position) @ outer.rotation).tolist()
    half_x, half_y, half_z = outer.half.tolist()
    across = math.hypot(x, y) <= half_x if outer.shape == "cylinder" else x <= half_x and y <= half_y
    return bool(across and z <= half_z)


def _nearest(points: Array) -> tuple[Array, Array]:
    """The point nearest to the origin in the hull of up to four points, and the points it needs."""
    best, face, least = points[-1], points[-1:], np.inf
    for size in range(1, len(points) + 1):
        for chosen in combinations(range(len(points)), size):
            corners = points[list(chosen)]
            weights = _affine_weights(corners)
            if weights is None or weights.min() < -1e-12:
                continue
            candidate = weights @ corners
            squared = float(candidate @ candidate)
            if squared < least - 1e-18:
                best, face, least = candidate, corners, squared
    return best, face


def _affine_weights(corners: Array) -> Array | None:
    """Weights, adding to one, of the point nearest to the origin in the affine hull of `corners`."""
    if len(corners) == 1:
        return np.ones(1)
    edges = corners[1:] - corners[0]
    gram = edges @ edges.T
    try:
        rest = np.linalg.solve(gram, -edges @ corners[0])
    except np.linalg.LinAlgError:
        return None
    return np.concatenate([[1 - rest.sum()], rest])
