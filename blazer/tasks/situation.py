"""What a predicate may look at: the world before and after, and the shapes that were in it.

Not here: anything the program said or returned, and anything that could change the world.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from blazer.core.geometry import Array, quat_rotate, quat_to_matrix
from blazer.core.records import ObjectState, Record, Vec3, WorldState
from blazer.sim.scene import Body, Part, Scene
from blazer.tasks.catalogue.shapes import part_bounds
from blazer.tasks.convex import Solid, distance_m, solid_of
from blazer.tasks.errors import PredicateError
from blazer.tasks.spec import Extent


class Sensor(Record):
    """A volume that objects may reach into.

    `size_m` holds full extents; of a cylinder (diameter, diameter, height).
    """

    shape: Literal["box", "cylinder"] = "box"
    size_m: tuple[Extent, Extent, Extent]
    relative_to: str
    """The object whose frame (origin at its centre) the volume is fixed to."""
    at_m: Vec3 = (0.0, 0.0, 0.0)
    """Of the volume's centre, in that frame."""


class Situation(NamedTuple):
    """The evidence a goal is judged on.

    Attributes:
        initial: The world before the program ran.
        final: The world after it had settled.
        scene: The bodies, for their shapes.
        movable: Objects that the task is about.
    """

    initial: WorldState
    final: WorldState
    scene: Scene
    movable: tuple[str, ...] = ()

    def object(self, name: str) -> ObjectState:
        """An object at the end.

        Raises:
            PredicateError: there is none of that name; names the ones that exist.
        """
        return _state(self.final, name)

    def object_before(self, name: str) -> ObjectState:
        """An object at the beginning; raises as `object`."""
        return _state(self.initial, name)

    def body(self, name: str) -> Body:
        """The shape of an object; raises as `object`."""
        for body in self.scene.bodies:
            if body.name == name:
                return body
        raise _no_object(name, [body.name for body in self.scene.bodies])

    def solids(self, name: str) -> list[Solid]:
        """The parts of an object that can be touched, where they are at the end."""
        state = self.object(name)
        return [solid_of(part, state.position_m, state.quat_wxyz) for part in _tangible(self.body(name))]

    def bounds(self, name: str) -> tuple[Array, Array]:
        """Lowest and highest corner (3,) of an object's parts at the end, in the world frame."""
        state = self.object(name)
        rotation = quat_to_matrix(state.quat_wxyz)
        lows, highs = [], []
        for part in _tangible(self.body(name)):
            low, high = _turned_bounds(part, rotation)
            lows.append(low)
            highs.append(high)
        centre = np.asarray(state.position_m)
        return centre + np.min(lows, axis=0), centre + np.max(highs, axis=0)

    def sensor_solid(self, sensor: Sensor) -> Solid:
        """A sensor's volume where it is at the end."""
        owner = self.object(sensor.relative_to)
        volume = Part(shape=sensor.shape, size_m=sensor.size_m, position_m=sensor.at_m, rgba=(0, 0, 0, 0))
        return solid_of(volume, owner.position_m, owner.quat_wxyz)

    def distance_to_sensor(self, name: str, sensor: Sensor) -> float:
        """Distance in metres from an object's nearest part to a sensor's volume; 0 if it reaches in."""
        volume = self.sensor_solid(sensor)
        # Nearest first, so that the cheap bound spares most of the exact tests.
        parts = [(_lower_bound(part, volume), index, part) for index, part in enumerate(self.solids(name))]
        best = np.inf
        for bound, _, part in sorted(parts, key=lambda item: item[:2]):
            if bound >= best or best == 0:
                break
            best = min(best, distance_m(part, volume))
        return float(best)

    def offset_from(self, name: str, other: str) -> Array:
        """An object's centre (3,) in the frame of another one."""
        there = self.object(other)
        delta = np.asarray(self.object(name).position_m) - np.asarray(there.position_m)
        return np.asarray(delta @ quat_to_matrix(there.quat_wxyz))


def _lower_bound(part: Solid, volume: Solid) -> float:
    apart = float(np.linalg.norm(part.position - volume.position))
    return apart - part.radius - volume.radius


def _tangible(body: Body) -> list[Part]:
    """Parts that can be touched, or all where there are none."""
    return [part for part in body.parts if part.collides] or list(body.parts)


def _turned_bounds(part: Part, rotation: Array) -> tuple[Array, Array]:
    """Bounds about the body's origin of a part of a turned body; of its own box, so never too small."""
    if part.shape == "hull":
        points = (quat_rotate(part.quat_wxyz, np.asarray(part.points_m)) + part.position_m) @ rotation.T
        return points.min(axis=0), points.max(axis=0)
    low, high = part_bounds(part)
    middle = rotation @ ((low + high) / 2)
    reach = np.abs(rotation) @ ((high - low) / 2)
    return middle - reach, middle + reach


def _state(world: WorldState, name: str) -> ObjectState:
    for item in world.objects:
        if item.name == name:
            return item
    raise _no_object(name, [item.name for item in world.objects])


def _no_object(name: str, known: list[str]) -> PredicateError:
    return PredicateError(f"there is no object {name!r}. Objects: {', '.join(known) or 'none'}")
