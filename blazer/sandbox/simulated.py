"""The arena of physics: a simulator, the skills, the judge, and the trajectory's recorder."""

from __future__ import annotations

from typing import Any

import numpy as np

from blazer.core.errors import SkillError
from blazer.core.records import Trajectory, WorldState
from blazer.sandbox.arena import CallResult, Finish
from blazer.sim.backends import create_simulator
from blazer.sim.protocol import MotionSample, Simulator
from blazer.sim.scene import Scene
from blazer.skills.errors import SkillBudgetExceeded
from blazer.skills.runtime import SkillRuntime
from blazer.tasks.instantiate import scene_of
from blazer.tasks.judge import judge
from blazer.tasks.spec import TaskInstance

RATE_HZ = 10.0
SETTLE_S = 2.0
_UNLIMITED_CALLS = 10**9  # the host counts calls; two counters could only disagree


class SimulatedArena:
    """One simulator, loaded anew for each episode.

    Args:
        backend: Name of the simulator backend.
    """

    def __init__(self, backend: str) -> None:
        self._sim: Simulator = create_simulator(backend)
        self._instance: TaskInstance | None = None
        self._scene: Scene | None = None
        self._initial: WorldState | None = None
        self._runtime: SkillRuntime | None = None
        self._recorder: _Recorder | None = None

    def load(self, instance: TaskInstance, *, trajectory: bool, max_simulated_s: float) -> str:
        """See `Arena`."""
        self._sim.set_observer(None)
        scene = scene_of(instance)
        self._sim.load(scene)
        self._instance, self._scene, self._initial = instance, scene, self._sim.state()
        self._runtime = SkillRuntime(
            self._sim,
            scene,
            instance.seed,
            max_calls=_UNLIMITED_CALLS,
            max_simulated_s=min(instance.time_limit_s, max_simulated_s),
        )
        digest = self._sim.digest()
        self._recorder = _Recorder(self._sim, scene) if trajectory else None
        if self._recorder:
            self._sim.set_observer(self._recorder.sample, RATE_HZ)
        return digest

    def observe(self, instance: TaskInstance) -> WorldState:
        """See `Arena`."""
        self._sim.set_observer(None)
        scene = scene_of(instance)
        self._sim.load(scene)
        self._runtime = self._instance = self._initial = self._recorder = None
        state = self._sim.state()
        listed = {body.name for body in scene.bodies if body.listed}
        return state.model_copy(update={"objects": tuple(o for o in state.objects if o.name in listed)})

    def call(self, skill: str, arguments: dict[str, Any]) -> CallResult:
        """See `Arena`."""
        runtime = _loaded(self._runtime)
        value, failed, out_of_time = None, None, False
        planned = len(runtime.plan_times_ms)
        try:
            value = runtime.call(skill, arguments)
        except SkillError as error:
            failed = {"kind": error.code, "message": str(error), "skill": skill}
            out_of_time = isinstance(error, SkillBudgetExceeded)
        report = _loaded(runtime.last_report)
        return CallResult(
            value,
            failed,
            report.start_s,
            report.duration_s,
            report.wall_ms,
            report.plan_ms,
            out_of_time,
            tuple(round(ms, 3) for ms in runtime.plan_times_ms[planned:]),
        )

    def finish(self) -> Finish:
        """See `Arena`."""
        runtime, instance, initial = _loaded(self._runtime), _loaded(self._instance), _loaded(self._initial)
        self._sim.settle(SETTLE_S)
        self._sim.set_observer(None)
        final = self._sim.state()
        done = Finish(
            verdict=judge(instance, initial, final, self._scene),
            final_digest=self._sim.digest(),
            trajectory=self._recorder.trajectory() if self._recorder else None,
            simulated_s=self._sim.time_s(),
            physics_s=self._sim.physics_wall_s(),
            plan_s=sum(runtime.plan_times_ms) / 1e3,
            steps=self._sim.steps(),
        )
        self._runtime = self._instance = self._initial = self._recorder = None
        return done

    def about(self) -> dict[str, str]:
        """See `Arena`."""
        return {"backend": self._sim.name, "backend_version": self._sim.version}


class _Recorder:
    """Samples the motion while the simulator steps."""

    def __init__(self, sim: Simulator, scene: Scene) -> None:
        self._sim = sim
        self._names = tuple(body.name for body in scene.bodies)
        self._samples: list[MotionSample] = []

    def sample(self) -> None:
        """Take one sample."""
        self._samples.append(self._sim.sample())

    def trajectory(self) -> Trajectory:
        """All samples so far, rounded to a micrometre, which is what a plot or a video can show."""
        joints = np.round(np.array([item.joint_rad for item in self._samples]), 6)
        openings = np.round(np.array([item.opening_m for item in self._samples]), 6)
        poses = np.round(np.array([item.object_poses for item in self._samples]), 6)
        return Trajectory(
            rate_hz=RATE_HZ,
            joint_rad=joints.tolist(),
            gripper_opening_m=openings.tolist(),
            object_names=self._names,
            object_poses=poses.tolist(),
        )


def _loaded(value: Any) -> Any:
    if value is None:
        raise RuntimeError("no task is loaded; the host must load one first")
    return value
