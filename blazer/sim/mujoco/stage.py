"""What is only seen: floor, table, lights and cameras."""

from __future__ import annotations

from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from blazer.core.rng import stream
from blazer.sim.layout import TABLE_TOP_Z_M, WORKSPACE_CENTER_M
from blazer.sim.mujoco import classes

CAMERAS = ("front", "table", "overhead", "left", "right", "wrist")
_TABLE_HALF_M = (0.62, 0.75, 0.02)
_TABLE_CENTER_X_M = 0.10
_LEG_HALF_M = 0.03


def add_stage(spec: Any) -> None:
    """Add floor, table with legs, lights and the fixed cameras."""
    spec.visual.headlight.ambient = [0.25, 0.25, 0.25]
    spec.visual.headlight.diffuse = [0.25, 0.25, 0.25]
    spec.visual.headlight.specular = [0.0, 0.0, 0.0]
    spec.visual.quality.shadowsize = 4096
    spec.visual.global_.offwidth = 1920
    spec.visual.global_.offheight = 1440
    # The shadow map must reach the floor's corners, or the floor shows speckles.
    spec.visual.map.shadowclip = 2.0
    spec.visual.map.znear = 0.02
    spec.stat.extent = 2.0
    spec.stat.center = list(WORKSPACE_CENTER_M)
    _add_materials(spec)
    _add_furniture(spec.worldbody)
    _add_lights(spec.worldbody)
    _add_cameras(spec.worldbody)


def _add_materials(spec: Any) -> None:
    spec.add_texture(
        name="sky",
        type=mujoco.mjtTexture.mjTEXTURE_SKYBOX,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_GRADIENT,
        rgb1=[0.78, 0.84, 0.90],
        rgb2=[0.95, 0.96, 0.97],
        width=64,
        height=384,
    )
    _add_painted(spec, "wood", _wood(), shine=0.25)
    _add_painted(spec, "floor", _tiles(), shine=0.05, repeat=5.0)


def _add_painted(
    spec: Any, name: str, image: NDArray[np.uint8], *, shine: float, repeat: float = 1.0
) -> None:
    """A texture from an image (height, width, 3) and a material of the same name."""
    texture = spec.add_texture(
        name=name,
        type=mujoco.mjtTexture.mjTEXTURE_2D,
        width=image.shape[1],
        height=image.shape[0],
        nchannel=3,
    )
    texture.data = image.tobytes()
    roles = [""] * int(mujoco.mjtTextureRole.mjNTEXROLE)
    roles[int(mujoco.mjtTextureRole.mjTEXROLE_RGB)] = name
    spec.add_material(name=name, textures=roles, texrepeat=[repeat, repeat], specular=shine, shininess=0.3)


def _wood() -> NDArray[np.uint8]:
    """Six planks with a grain of low-frequency noise along their length."""
    random = stream(0, "stage", "wood")
    height, width, planks = 480, 512, 6
    grain = np.zeros((height, width))
    for scale, weight in ((4, 0.5), (12, 0.3), (40, 0.2)):
        coarse = random.uniform(-1, 1, (height // 4 + 1, width // 128 + 2))
        rows = np.linspace(0, coarse.shape[0] - 1, height).astype(int)
        columns = np.linspace(0, coarse.shape[1] - 1.001, width)
        left, part = columns.astype(int), columns % 1
        smooth = coarse[rows][:, left] * (1 - part) + coarse[rows][:, left + 1] * part
        grain += weight * np.roll(smooth, scale, axis=0)
    plank = np.arange(height) * planks // height
    tint = random.uniform(-0.05, 0.05, planks)[plank][:, None]
    seam = (np.arange(height) * planks % height < 2 * planks)[:, None]
    light = 1.0 + 0.07 * grain + tint - 0.22 * seam
    color: NDArray[np.float64] = light[..., None] * np.array([196.0, 160.0, 120.0])
    return np.clip(color, 0, 255).astype(np.uint8)


def _tiles() -> NDArray[np.uint8]:
    """One pale floor tile with its joint."""
    tile = np.full((64, 64, 3), (186.0, 190.0, 196.0))
    tile[:2] = tile[:, :2] = (168.0, 172.0, 178.0)
    return tile.astype(np.uint8)


def _add_furniture(world: Any) -> None:
    seen: dict[str, Any] = {"contype": 0, "conaffinity": 0, "group": classes.SEEN}
    box = mujoco.mjtGeom.mjGEOM_BOX
    x, y, z = _TABLE_HALF_M
    world.add_geom(
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        pos=[0, 0, 0],
        size=[2.6, 2.6, 0.1],
        material="floor",
        **seen,
    )
    top = [_TABLE_CENTER_X_M, 0, TABLE_TOP_Z_M - z]
    world.add_geom(type=box, pos=top, size=[x, y, z], material="wood", **seen)
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
        "front": ((cx + 1.22, cy, cz + 0.78), (cx - 0.12, cy, cz + 0.20), 47.0),
        "table": ((cx + 0.72, cy - 0.80, cz + 0.86), (cx - 0.10, cy + 0.01, cz + 0.13), 45.0),
        "overhead": ((cx, cy, cz + 1.25), (cx, cy, cz), 50.0),
        "left": ((cx + 0.65, cy + 1.10, cz + 0.70), (cx - 0.15, cy, cz + 0.22), 47.0),
        "right": ((cx + 0.65, cy - 1.10, cz + 0.70), (cx - 0.15, cy, cz + 0.22), 47.0),
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
