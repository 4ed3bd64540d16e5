"""The physics backends by name. A backend is imported only when it is asked for."""

from __future__ import annotations

import importlib
from typing import cast

from blazer.core.errors import UnknownNameError
from blazer.sim.protocol import Simulator

_BACKENDS = {
    "mujoco": "blazer.sim.mujoco.backend:MujocoSimulator",
}


def backend_names() -> tuple[str, ...]:
    """All names that `create_simulator` takes."""
    return tuple(_BACKENDS)


def create_simulator(name: str = "mujoco") -> Simulator:
    """A new, empty simulator.

    Raises:
        UnknownNameError: with the names that exist.
    """
    if name not in _BACKENDS:
        raise UnknownNameError("simulator backend", name, _BACKENDS)
    module, attribute = _BACKENDS[name].split(":")
    return cast(Simulator, getattr(importlib.import_module(module), attribute)())
