"""What is only seen: floor, table, lights and cameras."""

from __future__ import annotations

from typing import Any

import mujoco
import numpy as np

from blazer.sim.layout import TABLE_TOP_Z_M, WORKSPACE_CENTER_M
from blazer.sim.mujoco import classes

CAMERAS = ("front", "overhead", "left", "right", "wrist")
_TABLE_HALF_M = (0.62, 0.75, 0.02)
_TABLE_CENTER_X_M = 0.10
_LEG_HALF_M = 0.03


def add_stage(spec: Any) -> None:
    """Add floor, table with legs, lights and the fixed cameras."""
    spec.visual.headlight.ambient = [0.25, 0.25, 0.25]
    spec.visual.headlight.diffuse = [0.25, 0.25, 0.25]
    spec.visual.headlight.specular = [0.0, 0.0, 0.0]
    spec.visual.quality.shadowsize = 2048
    spec.visual.global_.offwidth = 1920
    spec.visual.global_.offheight = 1440
    spec.visual.map.znear = 0.02
    spec.stat.extent = 2.0
    spec.stat.center = list(WORKSPACE_CENTER_M)
    _add_textures(spec)
    _add_furniture(spec.worldbody)
    _add_lights(spec.worldbody)
    _add_cameras(spec.worldbody)


def _add_textures(spec: Any) -> None:
    spec.add_texture(
        name="sky",
        type=mujoco.mjtTexture.mjTEXTURE_SKYBOX,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_GRADIENT,
        rgb1=[0.80, 0.86, 0.92],
        rgb2=[0.94, 0.95, 0.97],
        width=64,
        height=384,
    )


def _add_furniture(world: Any) -> None:
    seen: dict[str, Any] = {"contype": 0, "conaffinity": 0, "group": classes.SEEN}
    box = mujoco.mjtGeom.mjGEOM_BOX
    x, y, z = _TABLE_HALF_M
    world.add_geom(
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        pos=[0, 0, 0],
        size=[4, 4, 0.1],
        rgba=[0.62, 0.64, 0.67, 1],
        **seen,
    )
    top = [_TABLE_CENTER_X_M, 0, TABLE_TOP_Z_M - z]
    world.add_geom(type=box, pos=top, size=[x, y, z], rgba=[0.72, 0.58, 0.43, 1], **seen)
    for sx in (-1, 1):
        for sy in (-1, 1):
            height = (TABLE_TOP_Z_M - 2 * z) / 2
            at = [_TABLE_CENTER_X_M + sx * (x - 0.06), sy * (y - 0.06), height]
            world.add_geom(
                type=box, pos=at, size=[_LEG_HALF_M, _LEG_HALF_M, height], rgba=[0.35, 0.3, 0.27, 1], **seen
            )


def _add_lights(world: Any) -> None:
    world.add_light(
        type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL,
        pos=[1.2, -1.0, 3.0],
        dir=[-0.4, 0.4, -1.0],
        diffuse=[0.55, 0.54, 0.52],
        specular=[0.15, 0.15, 0.15],
        castshadow=True,
    )
    world.add_light(
        type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL,
        pos=[1.0, 1.5, 2.5],
        dir=[-0.4, -0.6, -0.8],
        diffuse=[0.22, 0.23, 0.25],
        specular=[0.05, 0.05, 0.05],
        castshadow=False,
    )


def _add_cameras(world: Any) -> None:
    cx, cy, cz = WORKSPACE_CENTER_M
    views = {
        "front": ((cx + 1.15, cy, cz + 0.75), (cx - 0.15, cy, cz + 0.12), 45.0),
        "overhead": ((cx, cy, cz + 1.25), (cx, cy, cz), 50.0),
        "left": ((cx + 0.55, cy + 1.05, cz + 0.65), (cx - 0.1, cy, cz + 0.12), 45.0),
        "right": ((cx + 0.55, cy - 1.05, cz + 0.65), (cx - 0.1, cy, cz + 0.12), 45.0),
    }
    for name, (eye, target, fovy) in views.items():
        world.add_camera(name=name, pos=eye, quat=_look_at(eye, target), fovy=fovy)


def _look_at(eye: tuple[float, float, float], target: tuple[float, float, float]) -> list[float]:
    """Quaternion of a camera (looking along its -z, y up) at `eye`."""
    back = np.subtract(eye, target)
    back = back / np.linalg.norm(back)
    up = np.array([0.0, 0.0, 1.0]) if abs(back[2]) < 0.99 else np.array([1.0, 0.0, 0.0])
    right = np.cross(up, back)
    right = right / np.linalg.norm(right)
    quat = np.zeros(4)
    mujoco.mju_mat2Quat(quat, np.column_stack([right, np.cross(back, right), back]).ravel())
    return [float(value) for value in quat]
