"""Time-optimal traversal of a curve from rest to rest within joint velocity and acceleration limits.

Reachability analysis after Pham & Pham, "A New Approach to Time-Optimal Path Parameterization Based
on Reachability Analysis" (IEEE T-RO 2018): on a grid of s, with x the squared path speed and u the
path acceleration constant between grid points, one backward pass finds the greatest x from which
the end can still be reached, one forward pass takes the greatest step that stays within it. Every
constraint is a band on u that shifts with x, so each two-variable linear program has a closed form:
the least of a few affine functions of the next (or last) x.

Not the published library: for these two kinds of limits the method is a page, while the package
brings 90 MB of plotting and science libraries into every worker. The tests compare the two.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from blazer.skills.curves import Curve

Array = NDArray[np.float64]

GRID_INTERVALS = 24
"""At least that many; more would shorten a motion by well under one per cent."""
_BEND = 0.15
"""Largest change of a curve's tangent, which is about a unit vector, between grid points."""
DERATE = 0.97
"""Share of the limits used: between grid points and in finite differences a little is overshot."""
_TINY = 1e-12
_PAIRS = np.triu_indices(14, 1)
"""All pairs of bands: seven joints at both ends of an interval."""


def retime(curve: Curve, velocity_rad_s: Array, acceleration_rad_s2: Array, step_s: float) -> Array:
    """Sample the fastest traversal evenly in time.

    Args:
        curve: The shape; it is kept exactly.
        velocity_rad_s: (7,) limits.
        acceleration_rad_s2: (7,) limits.
        step_s: Time between samples.

    Returns:
        (t, 7), t >= 1: the samples after the start, the last one being the curve's end.
    """
    grid = _grid(curve)
    speeds = path_speeds(curve, grid, velocity_rad_s * DERATE, acceleration_rad_s2 * DERATE)
    durations = 2 * np.diff(grid) / np.maximum(speeds[:-1] + speeds[1:], _TINY)
    samples = _sampled(curve, grid, speeds, durations, step_s)
    excess = _excess(curve, samples, velocity_rad_s, acceleration_rad_s2, step_s)
    if excess > 1.0:
        # The grid was too coarse for a sharp bend: all of it a little slower.
        excess *= 1.001
        samples = _sampled(curve, grid, speeds / excess, durations * excess, step_s)
    return samples


def _sampled(curve: Curve, grid: Array, speeds: Array, durations: Array, step_s: float) -> Array:
    times = np.concatenate([[0.0], np.cumsum(durations)])
    count = max(1, math.ceil(times[-1] / step_s - 1e-9))
    # Slower by a hair, so that the last sample falls on the end.
    sample_times = np.arange(1, count + 1) * (times[-1] / count)
    k = np.clip(np.searchsorted(times, sample_times, side="right") - 1, 0, len(durations) - 1)
    t = sample_times - times[k]
    gain = (speeds[1:] - speeds[:-1]) / durations
    samples = curve.at(grid[k] + t * (speeds[k] + 0.5 * gain[k] * t))
    samples[-1] = curve.at(np.array([curve.length]))[0]
    return samples


def _excess(curve: Curve, samples: Array, velocity: Array, acceleration: Array, step_s: float) -> float:
    """By what factor time must stretch for the samples to keep the limits by finite differences."""
    path = np.empty((len(samples) + 3, samples.shape[1]))
    path[:2], path[2:-1], path[-1] = curve.coefficients[0, 0], samples, samples[-1]
    speed = (path[1:] - path[:-1]) / step_s
    rise = (speed[1:] - speed[:-1]) / step_s
    return max(float((np.abs(speed) / velocity).max()), math.sqrt(float((np.abs(rise) / acceleration).max())))


def path_speeds(curve: Curve, grid: Array, velocity_rad_s: Array, acceleration_rad_s2: Array) -> Array:
    """The greatest ds/dt (n,) on the grid, 0 at both ends."""
    first, second = _derivatives(curve, grid)
    n = len(grid) - 1
    double = 2 * np.diff(grid)[:, None]
    slope, half = _bands(first, second, double, acceleration_rad_s2)
    top = np.zeros(n + 1)
    with np.errstate(divide="ignore", over="ignore"):
        ceiling = np.min(velocity_rad_s / np.abs(first), axis=-1) ** 2  # (n, 2)
        top[1:n] = np.minimum(ceiling[1:, 0], ceiling[:-1, 1])
        top[:n] = np.minimum(top[:n], _consistent(slope, half, double))
        # Backward: u <= (goal - x) / double against each lower edge, solved for x. An edge steeper
        # than that line the other way never binds.
        gain = 1 + double * slope
        back_gain = np.where(gain > 0, 1 / gain, 0.0)
        back_rest = np.where(gain > 0, double * half / gain, np.inf)
    reach = [0.0] * (n + 1)
    limits, edges = top.tolist(), _binding(back_gain, back_rest, top[1:])
    for i in range(n - 1, -1, -1):
        goal = reach[i + 1]
        reach[i] = min(limits[i], *[g * goal + r for g, r in edges[i]])
    # Forward: the next x for the greatest u is the least of the upper edges, affine in x.
    x = [0.0] * (n + 1)
    for i, row in enumerate(_binding(gain, double * half, np.array(reach[:-1]))):
        here = x[i]
        x[i + 1] = max(0.0, min(reach[i + 1], *[g * here + r for g, r in row]))
    return np.sqrt(x)


def _binding(gain: Array, rest: Array, most: Array) -> list[list[tuple[float, float]]]:
    """Of the affine functions (n, 14) of each row those that can be the least between 0 and `most`.

    Few can, and the passes over the grid are plain loops over them.
    """
    end = rest + gain * most[:, None]
    keep = np.minimum(rest, end) <= np.maximum(rest, end).min(axis=1, keepdims=True)
    rows: list[list[tuple[float, float]]] = [[] for _ in most]
    kept = zip(np.nonzero(keep)[0].tolist(), gain[keep].tolist(), rest[keep].tolist(), strict=True)
    for row, g, r in kept:
        rows[row].append((g, r))
    return rows


def _grid(curve: Curve) -> Array:
    """The breaks, with long and with bent pieces divided."""
    widths = np.diff(curve.breaks)
    w, c = widths[:, None], curve.coefficients
    bend = np.linalg.norm(w * (2 * c[:, 2] + 3 * w * c[:, 3]), axis=1)
    parts = np.maximum(np.ceil(widths / curve.length * GRID_INTERVALS), np.ceil(bend / _BEND))
    parts = np.clip(parts, 1, GRID_INTERVALS).astype(int)
    ends = np.cumsum(parts)
    piece = np.repeat(np.arange(len(parts)), parts)
    share = (np.arange(ends[-1]) - (ends - parts)[piece]) / parts[piece]
    return np.append(curve.breaks[piece] + widths[piece] * share, curve.breaks[-1])


def _derivatives(curve: Curve, grid: Array) -> tuple[Array, Array]:
    """First and second derivative by s at both ends of each interval: (n, 2, 7) each."""
    middle = (grid[:-1] + grid[1:]) / 2
    piece = np.searchsorted(curve.breaks, middle, side="right") - 1
    t = (np.stack([grid[:-1], grid[1:]], axis=1) - curve.breaks[piece][:, None])[..., None]
    c = curve.coefficients[piece][:, :, None, :]
    return c[:, 1] + t * (2 * c[:, 2] + 3 * t * c[:, 3]), 2 * c[:, 2] + 6 * t * c[:, 3]


def _bands(first: Array, second: Array, double: Array, limit: Array) -> tuple[Array, Array]:
    """Acceleration limits as |u - slope * x| <= half, (n, 14) each, x at the interval's start.

    At its end x has grown by `double` * u, twice the interval's width, which shifts the coefficient
    of u there.
    """
    of_u = first.copy()
    of_u[:, 1] += double * second[:, 1]
    # A joint that does not move along the curve would divide by zero; its band is wide open.
    of_u = np.where(np.abs(of_u) < 1e-9, 1e-9, of_u)
    n = len(double)
    return (-second / of_u).reshape(n, -1), (limit / np.abs(of_u)).reshape(n, -1)


def _consistent(slope: Array, half: Array, double: Array) -> Array:
    """The greatest x (n,) at which all bands overlap and u may keep x + double * u above zero."""
    one, other = _PAIRS
    closing = np.abs(slope[:, one] - slope[:, other])
    gap = half[:, one] + half[:, other]
    falling = -(slope + 1 / double)
    with np.errstate(divide="ignore", invalid="ignore"):
        overlap = (gap / closing).min(axis=1)
        alive = np.where(falling > 0, half / falling, np.inf).min(axis=1)
    bound: Array = np.minimum(overlap, alive)
    return bound
