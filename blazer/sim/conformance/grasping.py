"""Checks of the gripper, of what is held, and of mechanisms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from blazer.core.geometry import quat_to_matrix
from blazer.sim import samples
from blazer.sim.conformance.frame import Factory, check, go, loaded, near, require
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.probe import path, solve
from blazer.sim.protocol import Simulator
from blazer.sim.scene import Scene

_AT = (0.3, 0.1)
_TOP = TABLE_TOP_Z_M


def _block(offset_y_m: float = 0.0, **options: Any) -> Scene:
    at = samples.pose(_AT[0], _AT[1] + offset_y_m, _TOP + 0.025)
    return samples.scene(samples.box("block0", at, **options))


def _reach(sim: Simulator, height_m: float = 0.025) -> None:
    """Put the open fingers around the block's place."""
    go(sim, (*_AT, _TOP + 0.12))
    result = go(sim, (*_AT, _TOP + height_m))
    require(result.completed, f"lowering open fingers around a block ended with {result}")


def closing_on_nothing_holds_nothing(factory: Factory) -> None:
    """An empty hand says so."""
    with loaded(factory, _block(0.2)) as sim:
        _reach(sim)
        result = sim.move_gripper_fingers("close")
        require(result.held is None and result.touched == (), f"closed on nothing: {result}")
        require("nothing" in result.reason, f"the reason does not say so: {result.reason!r}")
        require(abs(result.opening_m) < 2e-3, f"the fingers stopped at {result.opening_m} m")


def both_pads_hold(factory: Factory) -> None:
    """An object between the pads is held, and the fingers stop at its width."""
    with loaded(factory, _block()) as sim:
        _reach(sim)
        result = sim.move_gripper_fingers("close")
        require(result.held == "block0" and result.reason == "", f"not held: {result}")
        require(abs(result.opening_m - 0.05) < 2e-3, f"5 cm wide, pads at {result.opening_m} m")
        require(sim.state().gripper.holding == "block0", "the state does not say what is held")
        require("block0" in sim.state().gripper.touching, "what is held is not touched")


def one_pad_does_not_hold(factory: Factory) -> None:
    """A body too heavy to be pushed to the other pad is not held, and the reason says which pad."""
    with loaded(factory, _block(0.029, size_m=(0.05, 0.018, 0.05), mass_kg=60.0)) as sim:
        _reach(sim)
        result = sim.move_gripper_fingers("close")
        require(result.held is None, f"one pad was enough: {result}")
        require(result.touched == ("block0",), f"touched {result.touched}")
        require("only the" in result.reason and "block0" in result.reason, f"reason: {result.reason!r}")


def scenery_cannot_be_held(factory: Factory) -> None:
    """Fixed bodies, and those marked so, are not held."""
    for options in ({"fixed": True}, {"graspable": False}):
        with loaded(factory, _block(**options)) as sim:
            _reach(sim)
            result = sim.move_gripper_fingers("close")
            require(result.held is None and result.touched == ("block0",), f"{options}: {result}")
            require("cannot" in result.reason, f"reason: {result.reason!r}")


def what_is_held_goes_along(factory: Factory) -> None:
    """A held object keeps its pose in the hand while the arm moves and turns."""
    with loaded(factory, _block()) as sim:
        _reach(sim)
        sim.move_gripper_fingers("close")
        before = _in_hand(sim)
        for target, yaw in (((*_AT, _TOP + 0.2), 0.0), ((0.35, -0.2, _TOP + 0.25), 0.9)):
            result = go(sim, target, yaw)
            require(result.completed and result.lost_object is None, f"carrying ended with {result}")
            require(near(_in_hand(sim), before, 3e-3), "the object shifted in the hand")
        block = sim.state().objects[0]
        require(near(block.position_m, (0.35, -0.2, _TOP + 0.25), 5e-3), f"carried to {block.position_m}")


def opening_lets_go(factory: Factory) -> None:
    """A released object falls, and the hand is empty."""
    with loaded(factory, _block()) as sim:
        _reach(sim)
        sim.move_gripper_fingers("close")
        go(sim, (*_AT, _TOP + 0.10))
        result = sim.move_gripper_fingers("open")
        require(result.held is None and sim.state().gripper.holding is None, "it is still held")
        require(abs(result.opening_m - sim.robot().max_opening_m) < 2e-3, f"opened to {result.opening_m} m")
        sim.settle()
        height = sim.state().objects[0].position_m[2]
        require(height < _TOP + 0.06, f"a released block hangs at {height}")
        require(go(sim, (*_AT, _TOP + 0.3)).completed, "leaving the released block met something")
        require(sim.state().objects[0].position_m[2] < _TOP + 0.06, "a released block went along")


def the_held_object_collides(factory: Factory) -> None:
    """Queries carry the held object along; what it rests on at the start does not count."""
    wall = samples.box("wall", samples.pose(0.3, -0.1, _TOP + 0.1), (0.3, 0.02, 0.2), fixed=True)
    scene = samples.scene(*_block().bodies, wall)
    with loaded(factory, scene) as sim:
        _reach(sim)
        sim.move_gripper_fingers("close")
        start = sim.joint_positions_rad()
        up = solve((*_AT, _TOP + 0.3), 0.0, start)
        lift = sim.first_collision(path(start, up, 100))
        require(lift is None, f"lifting off the table was called a collision: {lift}")
        # The block's lower edge is 2.5 cm below the tcp, the fingertips are not.
        over = solve((0.3, -0.1, _TOP + 0.2 + 0.012), 0.0, up)
        hit = sim.first_collision(over[None])
        require(hit is not None and hit[1].first == "block0", f"the held block in a wall: {hit}")
        require(sim.first_collision(over[None], allow=frozenset({"wall"})) is None, "`allow` was not heeded")


def a_cap_comes_free_when_unscrewed(factory: Factory) -> None:
    """A screwed part turns and rises with the hand, and comes free past its release angle."""
    with loaded(factory, samples.bottle()) as sim:
        cap = sim.state().object("cap0")
        require(cap.attached_to == "bottle0" and cap.joint_position is not None, f"starts as {cap}")
        allow = frozenset({"cap0", "bottle0"})
        height = cap.position_m[2]
        go(sim, (0.25, 0.0, height + 0.08), -1.4)
        go(sim, (0.25, 0.0, height), -1.4, allow=allow)
        result = sim.move_gripper_fingers("close")
        require(result.held == "cap0", f"the cap was not held: {result}")
        for degrees in range(15, 181, 15):
            go(sim, (0.25, 0.0, height), -1.4 + math.radians(degrees), allow=allow, count=150)
            cap = sim.state().object("cap0")
            if degrees <= 135:
                turned = math.degrees(cap.joint_position or 0.0)
                require(cap.attached_to == "bottle0", f"free after {degrees} degrees of the hand")
                require(abs(turned - degrees) < 8, f"the hand turned {degrees} degrees, the cap {turned}")
        require(cap.attached_to is None, "still attached after 180 degrees")
        require(math.degrees(cap.joint_position or 0.0) > 149, f"last turn {cap.joint_position}")
        require(go(sim, (0.25, 0.0, height + 0.1), math.pi - 1.4, allow=allow).completed, "lifting failed")
        lifted = sim.state().object("cap0").position_m[2] - height
        require(abs(lifted - 0.1) < 8e-3, f"the free cap was lifted by {lifted} m")


def a_cap_left_alone_stays(factory: Factory) -> None:
    """Without a hand nothing turns, and pulling is not unscrewing."""
    with loaded(factory, samples.bottle()) as sim:
        before = sim.state().object("cap0")
        sim.step(300)
        after = sim.state().object("cap0")
        require(near(before.position_m, after.position_m, 5e-4), "a screwed cap moved by itself")
        require(after.attached_to == "bottle0" and abs(after.joint_position or 0.0) < 0.02, "it turned")


def mechanisms_start_at_zero(factory: Factory) -> None:
    """Hinges and slides report their position and who holds them."""
    with loaded(factory, samples.drawer()) as sim:
        for name in ("flap", "slider"):
            item = sim.state().object(name)
            require(item.attached_to == "case", f"{name} hangs on {item.attached_to}")
            require(item.joint_position is not None and abs(item.joint_position) < 0.01, f"{name}: {item}")


def _in_hand(sim: Simulator) -> list[float]:
    """Position of the first object in the frame of the tcp."""
    tcp, block = sim.tcp_pose(), sim.state().objects[0]
    offset = np.subtract(block.position_m, tcp.position_m)
    return [float(value) for value in quat_to_matrix(tcp.quat_wxyz).T @ offset]


CHECKS = (
    check(closing_on_nothing_holds_nothing),
    check(both_pads_hold),
    check(one_pad_does_not_hold),
    check(scenery_cannot_be_held),
    check(what_is_held_goes_along),
    check(opening_lets_go),
    check(the_held_object_collides),
    check(a_cap_comes_free_when_unscrewed),
    check(a_cap_left_alone_stays),
    check(mechanisms_start_at_zero),
)
