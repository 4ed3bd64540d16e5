"""What a scene is made of: rigid bodies of primitive parts, and the few mechanisms a task needs.

This is the neutral form between a task (which composes it) and a physics backend (which builds
it). No backend type appears here. A backend that has its own scene files (RLBench) may use
`Scene.task` and the bodies' names instead of the parts.
"""

from __future__ import annotations

from typing import Literal

from blazer.core.records import Pose, Quat, Record, Vec3


class Part(Record):
    """One primitive of a body, in the body's frame.

    `size_m` holds full extents: box (x, y, z); cylinder and capsule (diameter, diameter, height
    along z); sphere (d, d, d); ellipsoid (x, y, z); hull: the extents of the convex hull of
    `points_m`.
    """

    shape: Literal["box", "cylinder", "sphere", "capsule", "ellipsoid", "hull"]
    size_m: Vec3
    position_m: Vec3 = (0.0, 0.0, 0.0)
    quat_wxyz: Quat = (1.0, 0.0, 0.0, 0.0)
    rgba: tuple[float, float, float, float]
    collides: bool = True
    """False for parts that are only seen."""
    visible: bool = True
    points_m: tuple[Vec3, ...] = ()
    """Vertices of a hull, in the part's frame."""


class Mechanism(Record):
    """How a body is tied to another one.

    `hinge`: turns about `axis` through `anchor_m` within `range`. `slide`: moves along `axis`.
    `screw`: turns about the owner's z axis, rises `pitch_m` a turn, and comes free (a rigid body
    of its own) once turned beyond `release_rad`. Axis and anchor are in the body's own frame.
    """

    type: Literal["hinge", "slide", "screw"]
    owner: str
    axis: Vec3 = (0.0, 0.0, 1.0)
    anchor_m: Vec3 = (0.0, 0.0, 0.0)
    range: tuple[float, float]
    """Radians, or metres for a slide."""
    friction: float = 0.0
    """Dry friction: N m, or N for a slide."""
    damping: float = 0.0
    pitch_m: float = 0.0
    release_rad: float | None = None


class Body(Record):
    """One object, or a fixed piece of scenery.

    The body frame's origin is the centre of the bounding box, x along its length, y its width.
    """

    name: str
    kind: str
    color: str = ""
    parts: tuple[Part, ...]
    size_m: Vec3
    """Bounding box: length, width, height."""
    pose: Pose
    mass_kg: float = 0.1
    fixed: bool = False
    graspable: bool = True
    friction: float = 1.0
    """Sliding friction coefficient."""
    mechanism: Mechanism | None = None
    listed: bool = True
    """Shown to the model in the state text."""


class Scene(Record):
    """Everything on the table. The table itself and the robot are the backend's own."""

    task: str
    bodies: tuple[Body, ...]

    def body(self, name: str) -> Body:
        """The body called `name`; KeyError with the names that exist otherwise."""
        for item in self.bodies:
            if item.name == name:
                return item
        raise KeyError(f"no body {name!r}; there are {', '.join(b.name for b in self.bodies)}")
