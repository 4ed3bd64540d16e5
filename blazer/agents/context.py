"""What the nodes work with and a checkpoint cannot hold: models, sandbox, sink, settings.

The graph knows a sandbox and a store only by the two protocols below, so that fakes, other
sandboxes and other stores fit without a change here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from blazer.agents.models import ModelSuite
from blazer.agents.state import EpisodeResult
from blazer.core.errors import UnknownNameError
from blazer.core.records import PolicyReport, Provenance, Trace, WorldState
from blazer.tasks.spec import TaskInstance, TaskSpec


class ProgramSandbox(Protocol):
    """Where programs run."""

    async def observe(self, instance: TaskInstance) -> WorldState:
        """The listed objects and the gripper before anything moved.

        Raises:
            SandboxError: if the sandbox failed.
        """

    async def check(self, source: str) -> PolicyReport:
        """What the language policy says of a program.

        Raises:
            SandboxError: if the sandbox failed.
        """

    async def run(
        self, source: str, instance: TaskInstance, verify: Sequence[TaskInstance] = ()
    ) -> EpisodeResult:
        """Run a program in a fresh world and judge it.

        Raises:
            SandboxError: if the sandbox failed.
        """


class TraceSink(Protocol):
    """Where traces go."""

    async def add_trace(self, trace: Trace) -> bool:
        """Keep a trace; False if it was there already.

        Raises:
            StoreError: if it could not be kept.
        """

    async def completed_episodes(self, run_id: str) -> frozenset[str]:
        """Episodes of the run whose final attempt is stored and decided.

        Raises:
            StoreError: if the store cannot be read.
        """


@dataclass(frozen=True)
class AgentContext:
    """The runtime context of the graph; shared by all episodes of a run."""

    run_id: str
    tasks: Mapping[str, TaskSpec]
    models: ModelSuite
    sandbox: ProgramSandbox
    sink: TraceSink
    provenance: Provenance
    instantiate: Callable[..., TaskInstance]
    """`tasks.instantiate.instantiate`, or a stand-in with its arguments."""
    api_section: str
    """The skill API as prompts show it."""
    repairs: int = 1
    """How many times a failed program goes back to the coder."""
    verify_seeds: int = 0
    """Further seeds on which a program is run."""
    _instances: dict[tuple[str, int], TaskInstance] = field(default_factory=dict, repr=False)

    def instance(self, task: str, seed: int) -> TaskInstance:
        """The task with its seed drawn; drawn once a process.

        Raises:
            UnknownNameError: if the run has no such task.
            TaskError: if it cannot be built.
        """
        key = (task, seed)
        if key not in self._instances:
            if task not in self.tasks:
                raise UnknownNameError("task", task, self.tasks)
            if len(self._instances) >= 256:
                self._instances.clear()
            self._instances[key] = self.instantiate(self.tasks[task], seed)
        return self._instances[key]

    def relaid(self, task: str, seed: int, layout_seed: int) -> TaskInstance:
        """The task as `seed` asks it, on a table that `layout_seed` laid.

        Raises:
            As `instance`.
        """
        parameters = self.instance(task, seed).parameters
        return self.instantiate(self.tasks[task], layout_seed, parameters)

    @cached_property
    def model_names(self) -> dict[str, str]:
        """Role -> model name."""
        return self.models.names
