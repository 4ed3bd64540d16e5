"""The twenty colour names of RLBench's variations, with rgb values of our own choosing.

The values are picked so that a person can tell any two apart under the renderer's light, not to
match any colour standard.
"""

from __future__ import annotations

from blazer.core.errors import UnknownNameError

Rgb = tuple[float, float, float]

COLORS: dict[str, Rgb] = {
    "red": (0.86, 0.10, 0.10),
    "maroon": (0.45, 0.05, 0.09),
    "lime": (0.55, 0.95, 0.10),
    "green": (0.05, 0.50, 0.12),
    "blue": (0.10, 0.22, 0.90),
    "navy": (0.04, 0.06, 0.38),
    "yellow": (0.98, 0.86, 0.08),
    "cyan": (0.10, 0.86, 0.94),
    "magenta": (0.92, 0.08, 0.78),
    "silver": (0.77, 0.79, 0.82),
    "gray": (0.45, 0.45, 0.46),
    "orange": (0.98, 0.50, 0.05),
    "olive": (0.46, 0.46, 0.06),
    "purple": (0.46, 0.09, 0.55),
    "teal": (0.02, 0.48, 0.48),
    "azure": (0.22, 0.58, 0.99),
    "violet": (0.60, 0.36, 0.96),
    "rose": (0.99, 0.42, 0.58),
    "black": (0.07, 0.07, 0.08),
    "white": (0.96, 0.96, 0.95),
}


def rgb_of(name: str) -> Rgb:
    """The rgb value, each in [0, 1], of a colour name.

    Raises:
        UnknownNameError: with the names that exist.
    """
    try:
        return COLORS[name]
    except KeyError:
        raise UnknownNameError("colour", name, COLORS) from None


def shade(rgb: Rgb, factor: float) -> Rgb:
    """Darker for `factor` below 1, lighter (towards white) above 1."""
    if factor <= 1:
        return (rgb[0] * factor, rgb[1] * factor, rgb[2] * factor)
    mix = min(factor - 1, 1.0)
    return (rgb[0] + (1 - rgb[0]) * mix, rgb[1] + (1 - rgb[1]) * mix, rgb[2] + (1 - rgb[2]) * mix)
