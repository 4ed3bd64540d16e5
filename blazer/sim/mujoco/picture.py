"""Off-screen pictures through EGL.

The OpenGL context is made here and not by `mujoco.Renderer`, because that one chooses its platform
from an environment variable when mujoco is first imported, which would make physics depend on a
graphics library being there.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from blazer.core.errors import SimulatorError, UnknownNameError
from blazer.core.geometry import Array
from blazer.sim.mujoco import classes
from blazer.sim.mujoco.build import compose
from blazer.sim.mujoco.stage import CAMERAS
from blazer.sim.scene import Scene

_HINT = "install libegl1 and libgl1-mesa-dri (apt-get install libegl1 libgl1-mesa-dri) and set MUJOCO_GL=egl"
_MAX_GEOMS = 2000


class Painter:
    """Renders one scene on a model of its own, with everything that is only seen.

    Args:
        scene: What to draw.
    """

    def __init__(self, scene: Scene) -> None:
        self._model = model = compose(scene, pictured=True)
        self._data = mujoco.MjData(model)
        self._size = (0, 0)
        self._gl: Any = None
        self._context: Any = None
        self._scene = mujoco.MjvScene(model, _MAX_GEOMS)
        self._option = mujoco.MjvOption()
        self._option.geomgroup[:] = 0
        self._option.geomgroup[classes.SEEN] = 1
        self._option.sitegroup[:] = 0

    def paint(self, qpos: Array, camera: str, width: int, height: int) -> NDArray[np.uint8]:
        """An image (height, width, 3) of the scene in the state `qpos`.

        Raises:
            SimulatorError: if no OpenGL context can be had.
            UnknownNameError: for an unknown camera.
        """
        if camera not in CAMERAS:
            raise UnknownNameError("camera", camera, CAMERAS)
        self._prepare(width, height)
        self._data.qpos[:] = qpos
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_comPos(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)
        view = mujoco.MjvCamera()
        view.type = mujoco.mjtCamera.mjCAMERA_FIXED
        view.fixedcamid = self._model.camera(camera).id
        mujoco.mjv_updateScene(
            self._model, self._data, self._option, None, view, mujoco.mjtCatBit.mjCAT_ALL, self._scene
        )
        image = np.empty((height, width, 3), dtype=np.uint8)
        area = mujoco.MjrRect(0, 0, width, height)
        mujoco.mjr_render(area, self._scene, self._context)
        mujoco.mjr_readPixels(image, None, area, self._context)
        return np.flipud(image).copy()

    def close(self) -> None:
        """Free the OpenGL context."""
        if self._context is not None:
            self._gl.make_current()
            self._context.free()
            self._context = None
        if self._gl is not None:
            self._gl.free()
            self._gl = None
        self._size = (0, 0)

    def _prepare(self, width: int, height: int) -> None:
        if self._size == (width, height):
            self._gl.make_current()
            return
        self.close()
        self._model.vis.global_.offwidth = max(width, 64)
        self._model.vis.global_.offheight = max(height, 64)
        self._gl = _open_gl(width, height)
        self._gl.make_current()
        self._context = mujoco.MjrContext(self._model, mujoco.mjtFontScale.mjFONTSCALE_100)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        self._size = (width, height)


def _open_gl(width: int, height: int) -> Any:
    wanted = os.environ.get("MUJOCO_GL", "").lower()
    platform = wanted if wanted in ("egl", "osmesa", "glfw") else "egl"
    try:
        module = importlib.import_module(f"mujoco.{platform}")
        return module.GLContext(width, height)
    except (ImportError, AttributeError, RuntimeError, OSError) as error:
        raise SimulatorError(f"no OpenGL context for pictures ({platform}: {error}); {_HINT}") from error
