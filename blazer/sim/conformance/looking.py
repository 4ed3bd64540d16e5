"""Checks of loading, state, digests, forward kinematics, time and pictures."""

from __future__ import annotations

import numpy as np

from blazer.core.geometry import matrix_to_quat, quat_to_matrix
from blazer.core.rng import stream
from blazer.sim import panda, samples
from blazer.sim.conformance.frame import Capability, Factory, check, go, loaded, near, refuses, require
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.protocol import Simulator


def says_who_it_is(factory: Factory) -> None:
    """Name, version and a time step that planning can rely on."""
    sim = factory()
    require(isinstance(sim, Simulator), f"{type(sim).__name__} lacks methods of the protocol")
    require(bool(sim.name) and bool(sim.version), "name or version is empty")
    require(0 < sim.timestep_s <= 0.01, f"timestep {sim.timestep_s} s is not in (0, 0.01]")
    sim.close()


def refuses_before_load(factory: Factory) -> None:
    """Nothing can be asked of an empty simulator, and closing twice is fine."""
    sim = factory()
    require(refuses(sim.state), "state() before load() did not raise SimulatorError")
    require(refuses(lambda: sim.step(1)), "step() before load() did not raise SimulatorError")
    sim.close()
    sim.close()


def refuses_two_bodies_of_one_name(factory: Factory) -> None:
    """Names are how everything is told apart."""
    twin = samples.box("block0", samples.pose(0.3, 0.1, TABLE_TOP_Z_M + 0.025))
    scene = samples.scene(twin, twin)
    sim = factory()
    require(refuses(lambda: sim.load(scene)), "a scene with two bodies of one name was loaded")
    sim.close()


def starts_at_home(factory: Factory) -> None:
    """Time zero, arm at home, gripper open and empty."""
    with loaded(factory, samples.cubes(2), settle=False) as sim:
        robot, gripper = sim.robot(), sim.state().gripper
        require(sim.time_s() == 0 and sim.steps() == 0, "time or steps do not start at zero")
        require(near(sim.joint_positions_rad(), robot.home_rad, 1e-9), "the arm does not start at home")
        require(abs(gripper.opening_m - robot.max_opening_m) < 1e-3, "the gripper does not start open")
        require(gripper.holding is None, "the gripper starts with something held")


def load_forgets(factory: Factory) -> None:
    """The same scene gives the same world, whatever was loaded and done before."""
    with loaded(factory, samples.cubes(3), settle=False) as sim:
        first = sim.digest()
        sim.step(20)
        go(sim, (0.3, 0.1, TABLE_TOP_Z_M + 0.2), 0.5, count=50)
        sim.move_gripper_fingers("close")
        sim.load(samples.tower(2))
        sim.step(5)
        sim.load(samples.cubes(3))
        require(sim.digest() == first, "a second load of the same scene has another digest")


def repeats_exactly(factory: Factory) -> None:
    """Two simulators given the same commands end in the same state, to the byte."""
    digests = []
    for _ in range(2):
        with loaded(factory, samples.cubes(4)) as sim:
            block = sim.state().objects[1]
            x, y, z = block.position_m
            go(sim, (x, y, z + 0.1), block.yaw_rad)
            go(sim, (x, y, z), block.yaw_rad)
            sim.move_gripper_fingers("close")
            go(sim, (x, y, z + 0.15), 0.0)
            sim.move_gripper_fingers("open")
            sim.settle()
            digests.append(sim.digest())
    require(digests[0] == digests[1], f"same commands, other digest: {digests[0]} and {digests[1]}")


def digest_tells_states_apart(factory: Factory) -> None:
    """Time, arm and fingers all show in the digest."""
    with loaded(factory, samples.cubes(1)) as sim:
        seen = [sim.digest()]
        sim.step(1)
        seen.append(sim.digest())
        go(sim, (0.3, 0.1, TABLE_TOP_Z_M + 0.3), count=50)
        seen.append(sim.digest())
        sim.move_gripper_fingers("close")
        seen.append(sim.digest())
        require(len(set(seen)) == len(seen), "two different states have one digest")


def looking_changes_nothing(factory: Factory) -> None:
    """Questions leave the world as it is, now and later."""
    digests = []
    for looks in (False, True):
        with loaded(factory, samples.cubes(3)) as sim:
            sim.step(7)
            before = sim.digest()
            if looks:
                home = sim.robot().home_rad
                low = home + np.array([0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0])
                sim.state(), sim.sample(), sim.tcp_pose(), sim.tcp_pose(low)
                sim.first_collision(np.array([home, low]), opening_m=0.02, margin_m=0.01)
                require(sim.digest() == before, "asking changed the digest")
            sim.step(50)
            digests.append(sim.digest())
    require(digests[0] == digests[1], "a world that was looked at went on differently")


def lists_bodies_in_order(factory: Factory) -> None:
    """State and samples hold every body of the scene, in its order, where it was put."""
    scene = samples.cubes(5)
    with loaded(factory, scene, settle=False) as sim:
        state, poses = sim.state(), sim.sample().object_poses
        require([o.name for o in state.objects] == [b.name for b in scene.bodies], "names or order differ")
        for body, item, sampled in zip(scene.bodies, state.objects, poses, strict=True):
            require(
                item.size_m == body.size_m and item.kind == body.kind, f"{body.name}: size or kind differs"
            )
            require(
                near(item.position_m, body.pose.position_m, 1e-6), f"{body.name}: is not where it was put"
            )
            require(near(sampled[:3], item.position_m, 1e-9), f"{body.name}: sample and state differ")


def knows_its_limits(factory: Factory) -> None:
    """The robot model is usable for planning."""
    with loaded(factory, samples.cubes(1)) as sim:
        robot = sim.robot()
        shapes = {
            np.shape(v) for v in (robot.lower_rad, robot.upper_rad, robot.home_rad, robot.velocity_rad_s)
        }
        require(shapes == {(7,)}, f"limits have shapes {shapes}, not (7,)")
        require(bool((robot.lower_rad < robot.home_rad).all()), "home is below a lower limit")
        require(bool((robot.home_rad < robot.upper_rad).all()), "home is above an upper limit")
        require(bool((robot.acceleration_rad_s2 > 0).all()), "an acceleration limit is not positive")


def kinematics_are_the_pandas(factory: Factory) -> None:
    """Forward kinematics agree with the published arm, and home points straight down."""
    random = stream(0, "conformance", "kinematics")
    with loaded(factory, samples.cubes(1), settle=False) as sim:
        down = quat_to_matrix(sim.tcp_pose().quat_wxyz)[:, 2]
        require(near(down, (0, 0, -1), 1e-4), f"at home the gripper points along {down}, not down")
        for _ in range(20):
            joints = random.uniform(panda.LOWER_RAD, panda.UPPER_RAD)
            tcp, pose = panda.forward(joints)[-1], sim.tcp_pose(joints)
            require(near(pose.position_m, tcp.position_m, 1e-6), f"tcp at {joints} is off")
            same = abs(float(matrix_to_quat(tcp.rotation) @ np.array(pose.quat_wxyz)))
            require(same > 1 - 1e-9, f"tcp at {joints} is turned otherwise")


def steps_are_time(factory: Factory) -> None:
    """Steps and simulated time go together."""
    with loaded(factory, samples.cubes(1), settle=False) as sim:
        sim.step(37)
        require(sim.steps() == 37, f"37 steps were counted as {sim.steps()}")
        require(abs(sim.time_s() - 37 * sim.timestep_s) < 1e-9, f"37 steps took {sim.time_s()} s")


def observer_keeps_time(factory: Factory) -> None:
    """The observer is called evenly in simulated time, whatever kind of stepping goes on."""
    with loaded(factory, samples.cubes(1), settle=False) as sim:
        times: list[float] = []
        sim.set_observer(lambda: times.append(sim.time_s()), rate_hz=20.0)
        sim.step(round(0.5 / sim.timestep_s))
        go(sim, (0.3, 0.1, TABLE_TOP_Z_M + 0.3), count=200)
        sim.move_gripper_fingers("close")
        sim.set_observer(None)
        count, wanted = len(times), int(sim.time_s() * 20.0 + 1e-6)
        require(count == wanted, f"{count} calls instead of {wanted}")
        require(near(np.diff(times), 0.05, 1e-6), "calls are not evenly spaced")
        sim.step(100)
        require(len(times) == count, "a removed observer was called")


def paints(factory: Factory) -> None:
    """Every camera gives a picture with something in it."""
    with loaded(factory, samples.cubes(4)) as sim:
        require({"front", "overhead"} <= set(sim.cameras()), "front or overhead is missing")
        before = sim.digest()
        for camera in sim.cameras():
            image = sim.render(camera, 160, 120)
            require(image.shape == (120, 160, 3) and image.dtype == np.uint8, f"{camera}: {image.shape}")
            require(float(image.std()) > 5, f"{camera}: the picture is blank")
        require(sim.digest() == before, "painting changed the digest")


CHECKS = (
    check(says_who_it_is),
    check(refuses_before_load),
    check(refuses_two_bodies_of_one_name),
    check(starts_at_home),
    check(load_forgets),
    check(repeats_exactly),
    check(digest_tells_states_apart),
    check(looking_changes_nothing),
    check(lists_bodies_in_order),
    check(knows_its_limits),
    check(kinematics_are_the_pandas),
    check(steps_are_time),
    check(observer_keeps_time),
    check(paints, Capability.PICTURES),
)
