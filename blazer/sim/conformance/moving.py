"""Checks of motion, collision queries, rest and falling."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from blazer.sim import samples
from blazer.sim.conformance.frame import Capability, Factory, check, go, loaded, near, require
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.probe import path, solve
from blazer.sim.scene import Scene

_AT = (0.3, 0.1)
_TOP = TABLE_TOP_Z_M


def _one_block(z_m: float = 0.025, **options: Any) -> Scene:
    return samples.scene(samples.box("block0", samples.pose(*_AT, _TOP + z_m), **options))


def _beside_then_into() -> Scene:
    return samples.scene(
        samples.box("wall", samples.pose(0.3, 0.2, _TOP + 0.1), (0.3, 0.02, 0.2), fixed=True, graspable=False)
    )


def arrives(factory: Factory) -> None:
    """The arm gets where the last way-point is, to a millimetre, and stays."""
    with loaded(factory, samples.cubes(1)) as sim:
        target = (0.35, -0.15, _TOP + 0.2)
        result = go(sim, target, 0.7)
        require(result.completed and result.contact is None, f"a free motion ended with {result}")
        require(result.steps >= 300, f"300 way-points took {result.steps} steps")
        require(result.tracking_error_rad < 2e-3, f"tracking error {result.tracking_error_rad} rad")
        require(near(sim.tcp_pose().position_m, target, 1e-3), "the tcp is more than 1 mm off")
        sim.step(100)
        require(near(sim.tcp_pose().position_m, target, 1e-3), "the arm drifts")


def query_and_motion_agree(factory: Factory) -> None:
    """What a query foretells, the motion meets; a body that is allowed stops neither."""
    with loaded(factory, _beside_then_into()) as sim:
        go(sim, (0.3, 0.05, _TOP + 0.12))
        start = sim.joint_positions_rad()
        way = path(start, solve((0.3, 0.19, _TOP + 0.12), 0.0, start), 300)
        foretold = sim.first_collision(way)
        require(foretold is not None, "a path into a wall was called free")
        if foretold is None:
            return
        index, contact = foretold
        require(contact.second == "wall" and contact.first.startswith("robot:"), f"foretold {contact}")
        require(0 < index < 299, f"collision foretold at way-point {index}")
        require(sim.first_collision(way[:index]) is None, "the part before the collision is not free")
        require(sim.first_collision(way, allow=frozenset({"wall"})) is None, "`allow` was not heeded")
        result = sim.follow(way)
        require(not result.completed and result.contact is not None, "the motion went through a wall")
        require(result.contact is not None and result.contact.second == "wall", f"met {result.contact}")
        require(abs(result.steps - index) < 60, f"foretold at {index}, met at {result.steps}")


def margin_keeps_away(factory: Factory) -> None:
    """A margin turns a near miss into a collision."""
    with loaded(factory, _beside_then_into()) as sim:
        # Turned so that the hand is narrow towards the wall: 2.4 cm.
        beside = solve((0.3, 0.19 - 0.024 - 0.02, _TOP + 0.12), math.pi / 2)[None]
        require(sim.first_collision(beside) is None, "2 cm beside a wall was called a collision")
        require(sim.first_collision(beside, margin_m=0.04) is not None, "a margin of 4 cm was not heeded")


def opening_matters(factory: Factory) -> None:
    """Queries may ask about fingers that are not as they are now."""
    with loaded(factory, _one_block()) as sim:
        around = solve((*_AT, _TOP + 0.025), 0.0)[None]
        require(sim.first_collision(around) is None, "open fingers around a block were called a collision")
        hit = sim.first_collision(around, opening_m=0.03)
        require(hit is not None and hit[1].second == "block0", f"closed fingers in a block: {hit}")


def table_is_solid(factory: Factory) -> None:
    """A path below the table's top collides with `table`."""
    with loaded(factory, _one_block()) as sim:
        below = sim.first_collision(solve((0.2, -0.2, _TOP - 0.01), 0.0)[None])
        require(below is not None and below[1].second == "table", f"below the table: {below}")


def an_object_let_fall_lies_on_the_table(factory: Factory) -> None:
    """Nothing hangs in the air after settling."""
    with loaded(factory, _one_block(0.06)) as sim:
        block = sim.state().objects[0]
        require(abs(block.position_m[2] - _TOP - 0.025) < 1e-3, f"it lies at {block.position_m}")
        require(("block0", "table") in sim.state().contacts, "it does not touch the table")
        require(sim.settle(), "settled once, restless again")


def falling_takes_time(factory: Factory) -> None:
    """An object falls as gravity has it."""
    with loaded(factory, _one_block(0.325), settle=False) as sim:
        steps = round(0.1 / sim.timestep_s)
        sim.step(steps)
        block = sim.state().objects[0]
        fallen = _TOP + 0.325 - block.position_m[2]
        require(abs(fallen - 0.5 * 9.81 * 0.01) < 3e-3, f"fell {fallen} m in 0.1 s")
        require(abs(block.linear_velocity_m_s[2] + 0.981) < 0.05, f"falls at {block.linear_velocity_m_s}")
        require(sim.physics_wall_s() > 0, "physics took no wall time")


def a_tower_stands(factory: Factory) -> None:
    """Stacked cubes come to rest and stay where they are."""
    with loaded(factory, samples.tower(4)) as sim:
        sim.step(round(1.0 / sim.timestep_s))
        for index, block in enumerate(sim.state().objects):
            wanted = (0.25, 0.0, _TOP + 0.025 + 0.05 * index)
            require(near(block.position_m, wanted, 2e-3), f"{block.name} is at {block.position_m}")
            speed = float(np.abs(block.linear_velocity_m_s).max())
            require(speed < 2e-3, f"{block.name} moves at {speed} m/s")


def a_ring_slides_down_its_peg(factory: Factory) -> None:
    """2.5 mm of clearance a side is enough, without jamming or jitter."""
    for yaw in (0.0, 0.6):
        with loaded(factory, samples.ring_over_peg(0.01, yaw)) as sim:
            ring = sim.state().object("ring0")
            require(abs(ring.position_m[2] - _TOP - 0.025) < 1e-3, f"yaw {yaw}: stuck at {ring.position_m}")


def fixed_bodies_stay(factory: Factory) -> None:
    """Scenery does not move, even when pushed."""
    with loaded(factory, _beside_then_into()) as sim:
        before = sim.state().object("wall").position_m
        go(sim, (0.3, 0.05, _TOP + 0.12))
        go(sim, (0.3, 0.14, _TOP + 0.12), stop_on_contact=False)
        require(sim.state().object("wall").position_m == before, "a fixed body moved")


CHECKS = (
    check(arrives),
    check(query_and_motion_agree),
    check(margin_keeps_away),
    check(opening_matters),
    check(table_is_solid),
    check(an_object_let_fall_lies_on_the_table),
    check(falling_takes_time, Capability.PHYSICS),
    check(a_tower_stands),
    check(a_ring_slides_down_its_peg),
    check(fixed_bodies_stay),
)
