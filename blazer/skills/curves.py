"""Joint-space curves: piecewise cubics in a path parameter s, once continuously differentiable.

One form for all three shapes that planning makes: a spline through inverse-kinematics solutions of a
straight tcp line, a straight joint segment, and a polyline whose corners are rounded by parabolas.
A curve has no time; `timing` gives it one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Curve(NamedTuple):
    """Piece k, from s = `breaks[k]` on, is sum_i `coefficients[k, i] * (s - breaks[k])**i`.

    Attributes:
        breaks: (m + 1,), strictly growing, from 0.
        coefficients: (m, 4, 7).
    """

    breaks: Array
    coefficients: Array

    @property
    def length(self) -> float:
        """The last s."""
        return float(self.breaks[-1])

    def at(self, s: Array) -> Array:
        """Configurations (n, 7) at (n,) parameters; clipped to the curve."""
        s = np.clip(s, 0.0, self.breaks[-1])
        piece = np.clip(np.searchsorted(self.breaks, s, side="right") - 1, 0, len(self.breaks) - 2)
        t = (s - self.breaks[piece])[:, None]
        c = self.coefficients[piece]
        values: Array = c[:, 0] + t * (c[:, 1] + t * (c[:, 2] + t * c[:, 3]))
        return values


def spline(points_rad: Array) -> Curve:
    """The natural cubic spline through the points (n, 7), n >= 2, by chord length."""
    chords = np.linalg.norm(np.diff(points_rad, axis=0), axis=1)
    # Repeated points would make an empty piece; a floor keeps the parameter growing.
    h = np.maximum(chords, max(1e-9, 1e-3 * float(chords.max(initial=0.0))))
    slopes = np.diff(points_rad, axis=0) / h[:, None]
    n = len(points_rad)
    second = np.zeros_like(points_rad)
    if n > 2:
        matrix = np.zeros((n - 2, n - 2))
        matrix.flat[:: n - 1] = 2 * (h[:-1] + h[1:])
        matrix.flat[1 :: n - 1] = matrix.flat[n - 2 :: n - 1] = h[1:-1]
        second[1:-1] = np.linalg.solve(matrix, 6 * np.diff(slopes, axis=0))
    c = np.empty((n - 1, 4, points_rad.shape[1]))
    c[:, 0] = points_rad[:-1]
    c[:, 1] = slopes - h[:, None] * (2 * second[:-1] + second[1:]) / 6
    c[:, 2] = second[:-1] / 2
    c[:, 3] = np.diff(second, axis=0) / (6 * h[:, None])
    return Curve(np.concatenate([[0.0], np.cumsum(h)]), c)


def polyline(points_rad: Array, radius_rad: Array) -> Curve:
    """Straight segments through (n, 7) points; corner k is cut `radius_rad[k]` before and after it.

    Args:
        points_rad: (n, 7), n >= 2, no two neighbours equal.
        radius_rad: (n - 2,) per inner point; must leave every segment a straight rest.
    """
    steps = np.diff(points_rad, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    directions = steps / lengths[:, None]
    cut = np.concatenate([[0.0], radius_rad, [0.0]])
    pieces: list[tuple[float, Array]] = []
    zero = np.zeros(points_rad.shape[1])
    for k, direction in enumerate(directions):
        start = points_rad[k] + cut[k] * direction
        pieces.append((lengths[k] - cut[k] - cut[k + 1], np.stack([start, direction, zero, zero])))
        if k + 1 < len(directions) and cut[k + 1] > 0:
            # Tangents of unit length at both ends, so the curve stays differentiable in s.
            corner = points_rad[k + 1] - cut[k + 1] * direction
            bend = (directions[k + 1] - direction) / (4 * cut[k + 1])
            pieces.append((2 * cut[k + 1], np.stack([corner, direction, bend, zero])))
    widths = np.array([width for width, _ in pieces])
    return Curve(np.concatenate([[0.0], np.cumsum(widths)]), np.stack([c for _, c in pieces]))
