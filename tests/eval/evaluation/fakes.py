"""An evaluation without models and physics: a function says what becomes of every program."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from blazer.agents.chat import ChatReply, ChatRequest
from blazer.agents.opening import RunPlace
from blazer.agents.progress import CollectEvent
from blazer.agents.run import CollectConfig
from blazer.agents.sink import StoreSink
from blazer.core.errors import SandboxError
from blazer.core.outcomes import Outcome
from blazer.core.run_card import DataUsed, RunCard
from blazer.eval.evaluation.episodes import EpisodeResult
from blazer.eval.evaluation.settings import EvalModel, EvalSettings
from blazer.store.store import Store
from blazer.tasks.spec import TaskInstance
from tests.agents.fakes import FakeSandbox, Result, spec, workplace

START = 2_000_000
TASKS = ("lift_block", "drop_block")

Fate = Callable[[str, str, int, int], Outcome]
"""(model, task, seed, sample) -> outcome; INFRA_ERROR breaks the sandbox."""


@dataclass
class Bench:
    """Opens runs on fakes and remembers which.

    Attributes:
        fate: What becomes of programs.
        opened: Names of the models that were opened, in order.
        ran: (model, task, seed) of every program that was run.
        crash_after: How many programs run before everything ends, as a kill does.
    """

    fate: Fate
    opened: list[str] = field(default_factory=list)
    ran: list[tuple[str, str, int]] = field(default_factory=list)
    crash_after: int | None = None

    @asynccontextmanager
    async def open_run(self, config: CollectConfig, where: str) -> AsyncIterator[RunPlace]:
        name = config.resolved_run_id().rpartition("-")[0]
        self.opened.append(name)
        with Store.open(where) as store:
            store.begin_run(config.resolved_run_id(), {})
            place = workplace(
                _Sandbox(self, name),
                tasks=dict(config.specs),
                models=dict.fromkeys(("planner", "coder"), _Model()),
                state_dir=Path(where + ".state"),
            )
            yield RunPlace(place._replace(sink=StoreSink(store)), _ignore)


class Crash(BaseException):
    """Stands for the end of the process: nothing may catch it."""


class _Model:
    name = "fake"

    async def reply(self, request: ChatRequest) -> ChatReply:
        text = f"```python\n# sample: {request.sample}\n```"
        return ChatReply(text=text, prompt_tokens=100, completion_tokens=10)


class _Sandbox(FakeSandbox):
    def __init__(self, bench: Bench, model: str) -> None:
        super().__init__()
        self._bench, self._model = bench, model

    async def run(self, source: str, instance: TaskInstance, verify: Sequence[TaskInstance] = ()) -> Result:
        bench = self._bench
        if bench.crash_after is not None and len(bench.ran) >= bench.crash_after:
            raise Crash
        bench.ran.append((self._model, instance.task, instance.seed))
        sample = int(source.split("# sample: ")[1].split()[0])
        outcome = bench.fate(self._model, instance.task, instance.seed, sample)
        if outcome is Outcome.INFRA_ERROR:
            raise SandboxError("the world process died")
        return await super().run(f"# outcome: {outcome.value}", instance)


def _ignore(event: CollectEvent) -> None:
    pass


def settings(*names: str, seeds: int = 4, **changes: Any) -> EvalSettings:
    """Fake tasks, built-in models of these names."""
    values: dict[str, Any] = {
        "models": tuple(EvalModel(name=name, spec="scripted") for name in names or ("a", "b")),
        "tasks": TASKS,
        "specs": {name: spec(name) for name in TASKS},
        "seeds": (START, START + seeds),
        "resamples": 200,
        "workers": 1,
        "concurrency": 2,
    }
    return EvalSettings(**(values | changes))


def episode(
    task: str, seed: int, outcome: Outcome = Outcome.SUCCESS, sample: int = 0, **changes: Any
) -> EpisodeResult:
    """One result; strict and paper follow from the outcome."""
    good = outcome is Outcome.SUCCESS
    values: dict[str, Any] = {
        "strict": good,
        "paper": good,
        "attempts": 1,
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "sandbox_s": 0.5,
    }
    return EpisodeResult(task, seed, sample, outcome, **(values | changes))


def card(*lineage: DataUsed) -> RunCard:
    """Of a model trained on these data sets."""
    return RunCard(
        stage="sft",
        name="student",
        style="brief",
        model="tiny",
        lineage=lineage,
        config={},
        seed=0,
        versions={},
        device="cpu",
        steps=10,
        epochs=1.0,
        wall_s=5.0,
        parameters=1000,
        metrics={},
        weights_digest="w" * 64,
    )


def data(task: str = "lift_block", seeds: tuple[int, ...] = (0, 1), name: str = "round1") -> DataUsed:
    """A data set of one task."""
    return DataUsed(name=name, digest=f"digest-{name}", rows=len(seeds), tasks=(task,), seeds={task: seeds})
