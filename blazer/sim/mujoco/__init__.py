"""The MuJoCo backend. Nothing outside this package sees a MuJoCo type.

MuJoCo's Python package loads an OpenGL library when it is imported and MUJOCO_GL names one, and the
import fails where that library is missing. Physics must not depend on pictures, so it is imported
here without; `picture` opens its own context when it is asked for one.
"""

from __future__ import annotations

import os
import sys


def _import_without_opengl() -> None:
    if "mujoco" in sys.modules:
        return
    wanted = os.environ.get("MUJOCO_GL")
    os.environ["MUJOCO_GL"] = "disable"
    try:
        __import__("mujoco")
    finally:
        if wanted is None:
            del os.environ["MUJOCO_GL"]
        else:
            os.environ["MUJOCO_GL"] = wanted


_import_without_opengl()
