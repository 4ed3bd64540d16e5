"""From a neutral `Scene` to a compiled MuJoCo model with the index tables the backend needs."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

import mujoco
import numpy as np
from numpy.typing import NDArray

from blazer.core.errors import SimulatorError
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.mujoco import arm, classes
from blazer.sim.mujoco.bodies import add_bodies, nut_of
from blazer.sim.mujoco.stage import add_stage
from blazer.sim.scene import Body, Mechanism, Scene

TIMESTEP_S = 0.002


class Screw(NamedTuple):
    """Where a screwed part's constraint and angle are found."""

    body: str
    owner: str
    weld: int
    qpos: int
    release_rad: float
    rise_m_rad: float
    geoms: tuple[int, ...]


class Built(NamedTuple):
    """A compiled scene.

    Attributes:
        names: Per MuJoCo body, its name in contacts: `table`, `robot:...`, or the scene's.
        geom_body: (ngeom,) body of each geom.
        body_ids: Scene bodies by name.
        grasp_welds: Constraint that can hold each graspable body.
        free_qpos: Address of a free body's pose in qpos.
        joint_qpos: Address of a hinge, slide or screw position in qpos.
    """

    scene: Scene
    model: Any
    names: tuple[str, ...]
    geom_body: NDArray[np.int32]
    body_ids: dict[str, int]
    grasp_welds: dict[str, int]
    free_qpos: dict[str, int]
    joint_qpos: dict[str, int]
    screws: tuple[Screw, ...]
    hand: int
    tcp: int
    pads: tuple[int, int]


def build(scene: Scene) -> Built:
    """Compile a scene.

    Raises:
        SimulatorError: with MuJoCo's own words, if it does not compile.
    """
    return _index(scene, compose(scene, pictured=False))


def compose(scene: Scene, *, pictured: bool) -> Any:
    """A compiled model: of what collides only, or with everything that is drawn as well.

    Both have the same bodies and joints in the same order, so one's `qpos` fits the other. Physics
    runs on the lean one, which is quicker to build and to step.

    Raises:
        SimulatorError: with MuJoCo's own words, if it does not compile.
    """
    spec = _base(pictured=True) if pictured else _lean_base().copy()
    add_bodies(spec, scene, pictured=pictured)
    try:
        return spec.compile()
    except ValueError as error:
        raise SimulatorError(f"scene {scene.task!r} does not compile: {error}") from error


@cache
def _lean_base() -> Any:
    """What all scenes share; copying it is many times quicker than making it."""
    return _base(pictured=False)


def _base(*, pictured: bool) -> Any:
    """Options, table and robot."""
    spec = mujoco.MjSpec()
    _set_options(spec)
    if pictured:
        add_stage(spec)
    spec.worldbody.add_geom(
        name="table",
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        pos=[0, 0, TABLE_TOP_Z_M],
        size=[1, 1, 0.1],
        contype=classes.STATIC,
        conaffinity=0,
        group=classes.HIDDEN,
        friction=[1.0, 0.002, 0.0005],
        solref=classes.CONTACT_SOLREF,
        solimp=classes.CONTACT_SOLIMP,
    )
    arm.add_panda(spec, pictured=pictured)
    return spec


def _set_options(spec: Any) -> None:
    option = spec.option
    option.timestep = TIMESTEP_S
    option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    option.solver = mujoco.mjtSolver.mjSOL_NEWTON
    option.iterations = 20
    option.ls_iterations = 10
    option.tolerance = 1e-7
    # Objects at rest cost nothing: four to five times as many steps a second on a full table.
    option.enableflags = int(mujoco.mjtEnableBit.mjENBL_SLEEP)
    option.sleep_tolerance = 2e-4
    spec.compiler.boundinertia = 1e-6
    spec.compiler.degree = False


def _index(scene: Scene, model: Any) -> Built:
    names = tuple(["table"] + [model.body(i).name for i in range(1, model.nbody)])
    free, joints = {}, {}
    for body in scene.bodies:
        if body.mechanism is not None:
            joint = nut_of(body.name) if body.mechanism.type == "screw" else body.name
            joints[body.name] = int(model.joint(joint).qposadr[0])
        if not body.fixed and (body.mechanism is None or body.mechanism.type == "screw"):
            free[body.name] = int(model.joint(body.name).qposadr[0])
    return Built(
        scene=scene,
        model=model,
        names=names,
        geom_body=np.array(model.geom_bodyid, dtype=np.int32),
        body_ids={body.name: int(model.body(body.name).id) for body in scene.bodies},
        grasp_welds={b.name: int(model.equality(f"grasp:{b.name}").id) for b in scene.bodies if _can_hold(b)},
        free_qpos=free,
        joint_qpos=joints,
        screws=tuple(
            _screw(model, body, body.mechanism)
            for body in scene.bodies
            if body.mechanism is not None and body.mechanism.type == "screw"
        ),
        hand=int(model.body("robot:hand").id),
        tcp=int(model.site("tcp").id),
        pads=(int(model.geom("left_finger_pad").id), int(model.geom("right_finger_pad").id)),
    )


def _can_hold(body: Body) -> bool:
    return body.graspable and not body.fixed


def _screw(model: Any, body: Body, mechanism: Mechanism) -> Screw:
    release = mechanism.release_rad
    return Screw(
        body=body.name,
        owner=mechanism.owner,
        weld=int(model.equality(f"thread:{body.name}").id),
        qpos=int(model.joint(nut_of(body.name)).qposadr[0]),
        release_rad=float("inf") if release is None else release,
        rise_m_rad=mechanism.pitch_m / (2 * math.pi),
        geoms=tuple(int(model.geom(f"{body.name}/{i}").id) for i, p in enumerate(body.parts) if p.collides),
    )
