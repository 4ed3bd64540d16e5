"""Letting physics run: counts steps and wall time, calls the observer, frees screwed parts.

Steps go to MuJoCo in blocks where no new command is due, and the clock is read once a block, so
that little but `mj_step` itself is paid for.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import mujoco

from blazer.core.errors import SimulatorError
from blazer.core.geometry import Array
from blazer.sim.mujoco import classes
from blazer.sim.mujoco.build import TIMESTEP_S, Built

BLOCK = 4
_WELD_Z = 5
_FATAL = (
    mujoco.mjtWarning.mjWARN_CONTACTFULL,
    mujoco.mjtWarning.mjWARN_CNSTRFULL,
    mujoco.mjtWarning.mjWARN_BADQPOS,
    mujoco.mjtWarning.mjWARN_BADQVEL,
    mujoco.mjtWarning.mjWARN_BADQACC,
)


class Stepper:
    """Runs the physics of one loaded scene.

    Args:
        built: The compiled scene.
        data: Its state.

    Attributes:
        steps: Physics steps taken.
        wall_s: Wall time spent inside `mj_step`.
        freed: Turn angle at which each screwed part came free.
    """

    def __init__(self, built: Built, data: Any) -> None:
        self._built = built
        self._model, self._data = built.model, data
        self._observer: Callable[[], None] | None = None
        self._period = 0
        self._screws = list(built.screws)
        self.steps = 0
        self.wall_s = 0.0
        self.freed: dict[str, float] = {}

    def set_observer(self, observer: Callable[[], None] | None, rate_hz: float) -> None:
        """Call `observer` every 1/rate_hz of simulated time, rounded to whole steps."""
        self._observer = observer
        self._period = max(1, round(1.0 / (rate_hz * TIMESTEP_S))) if observer is not None else 0

    def run(self, count: int) -> None:
        """`count` steps under the present command."""
        while count > 0:
            block = self._block(count)
            start = perf_counter()
            mujoco.mj_step(self._model, self._data, block)
            self.wall_s += perf_counter() - start
            count -= block
            self._after(block)

    def play(self, commands: Array) -> None:
        """One step for each of the arm commands (n, 7)."""
        index, total = 0, len(commands)
        model, data, step = self._model, self._data, mujoco.mj_step
        arm = data.ctrl[:7]
        while index < total:
            block = self._block(total - index)
            start = perf_counter()
            for command in commands[index : index + block]:
                arm[:] = command
                step(model, data)
            self.wall_s += perf_counter() - start
            index += block
            self._after(block)

    def check(self) -> None:
        """Refuse to go on with a state that MuJoCo had to reset, or with contacts it had to drop.

        Raises:
            SimulatorError: if the simulation diverged or ran out of room.
        """
        numbers = self._data.warning.number
        for kind in _FATAL:
            if numbers[kind]:
                raise SimulatorError(
                    f"physics of scene {self._built.scene.task!r} cannot be trusted after "
                    f"{self._data.time:.3f} s: {kind.name}"
                )

    def _block(self, count: int) -> int:
        """Steps until something is due. Screws are due by the count of steps alone: who watches, and
        how often, must not change what happens."""
        if self._screws:
            count = min(count, BLOCK - self.steps % BLOCK)
        if self._period:
            count = min(count, self._period - self.steps % self._period)
        return count

    def _after(self, block: int) -> None:
        self.steps += block
        if self._screws and self.steps % BLOCK == 0:
            self._turn_screws()
        if self._period and self.steps % self._period == 0 and self._observer is not None:
            self._observer()

    def _turn_screws(self) -> None:
        """Let screwed parts rise with their nuts; free the ones turned far enough."""
        for screw in tuple(self._screws):
            angle = float(self._data.qpos[screw.qpos])
            if angle <= screw.release_rad:
                self._model.eq_data[screw.weld, _WELD_Z] = angle * screw.rise_m_rad
                continue
            self._screws.remove(screw)
            self.freed[screw.body] = angle
            self._data.eq_active[screw.weld] = 0
            for geom in screw.geoms:
                self._model.geom_contype[geom], self._model.geom_conaffinity[geom] = classes.LOOSE_BITS
            # MuJoCo keeps a summary of the bits per body and asks that first.
            body = self._built.body_ids[screw.body]
            self._model.body_contype[body], self._model.body_conaffinity[body] = classes.LOOSE_BITS
