"""One run a model, all in one store: what each is told, going on where it stopped, how long it took.

A run is named by the model's name and everything that makes its programs, its weights and Blazer's code
included: other weights at the same path begin another run, and old episodes are never taken for theirs.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from blazer.agents.collect import collect
from blazer.agents.models import RoleConfig
from blazer.agents.opening import OpenRun
from blazer.agents.progress import CollectEvent, CollectReport, EventKind
from blazer.agents.provenance import code_digest
from blazer.agents.run import CollectConfig
from blazer.core.digest import digest
from blazer.core.outcomes import OUTCOME_TABLE
from blazer.core.records import Record
from blazer.eval.evaluation.episodes import RunEpisodes, read_run
from blazer.eval.evaluation.errors import UnfinishedEvaluation
from blazer.eval.evaluation.result import STORE
from blazer.eval.evaluation.settings import EvalModel, EvalSettings
from blazer.store.store import Store
from blazer.tasks.spec import TaskSpec

WALL = "wall.json"
_TIMED = 0.95
"""A run's wall time is known when calls that were timed did so much of it."""


class ModelRun(NamedTuple):
    """A model's run, as stored."""

    run_id: str
    episodes: RunEpisodes
    wall_s: float | None


def run_config(settings: EvalSettings, model: EvalModel) -> CollectConfig:
    """What `collect` is told of one model.

    Raises:
        LocalModelMissing: if it is to be loaded and is not there.
    """
    values: dict[str, object] = {
        "tasks": settings.tasks,
        "specs": settings.specs,
        "seed_start": settings.seeds[0],
        "seed_stop": settings.seeds[1],
        "samples": settings.samples,
        "workers": settings.workers,
        "concurrency": settings.concurrency,
        "tier": settings.tier,
        "repairs": model.repairs,
        "roles": {
            "planner": _role(settings, model, model.planner or model.spec),
            "coder": _role(settings, model, model.spec),
        },
    }
    config = CollectConfig.model_validate(values)
    mark = digest({**config.identity(), "code": code_digest()})[:8]
    return CollectConfig.model_validate({**values, "run_id": f"{model.name.replace('+', '_')}-{mark}"})


def _role(settings: EvalSettings, model: EvalModel, spec: str) -> RoleConfig:
    role = EvalModel(name=model.name, spec=spec)
    if role.built_in:
        return RoleConfig()
    values: dict[str, object] = {"model": spec, "temperature": 0.0}
    if settings.samples > 1:
        values |= {"temperature": settings.temperature, "seed": settings.seed}
    for name in ("base_url", "api_key_env", "max_tokens", "style"):
        if getattr(model, name) is not None:
            values[name] = getattr(model, name)
    return RoleConfig.model_validate(values)


async def run_model(
    config: CollectConfig, specs: Mapping[str, TaskSpec], open_run: OpenRun, out: Path
) -> ModelRun:
    """Run what is missing of a model's episodes; nothing is opened where nothing is.

    Raises:
        UnfinishedEvaluation: if the run stopped before its end.
        BlazerError: whatever opening and collecting raise.
    """
    where = out / STORE
    report: CollectReport | None = None
    if missing_episodes(out, config, specs):
        clock = WallClock(out / WALL, config.resolved_run_id())
        async with open_run(config, str(where)) as run:

            def on_event(event: CollectEvent) -> None:
                run.on_event(event)
                clock.tell(event)

            report = await collect(config, run.place, on_event)
    with Store.open(where, create=False) as store:
        episodes = read_run(store, config, specs)
    if episodes.unfinished:
        why = f": {report.stopped}" if report is not None and report.stopped else ""
        raise UnfinishedEvaluation(
            f"run {config.resolved_run_id()} stopped with {episodes.unfinished} episodes left{why}; "
            "the same command goes on with them"
        )
    wall_s = wall_of(out / WALL, config.resolved_run_id(), len(episodes.decided))
    return ModelRun(config.resolved_run_id(), episodes, wall_s)


def missing_episodes(out: Path, config: CollectConfig, specs: Mapping[str, TaskSpec]) -> int:
    """How many of a run's episodes are not decided yet."""
    everything = len(config.tasks) * (config.seed_stop - config.seed_start) * config.samples
    if not (out / STORE).exists():
        return everything
    with Store.open(out / STORE, create=False) as store:
        return everything - len(read_run(store, config, specs).decided)


class _Call(Record):
    run_id: str
    begun_at: str
    done: int
    wall_s: float


class _Calls(Record):
    calls: tuple[_Call, ...] = ()


class WallClock:
    """Writes down how long a call of `collect` has taken and how much it did, at every episode.

    Args:
        path: Where; calls of before stay.
        run_id: Of the run.
    """

    def __init__(self, path: Path, run_id: str) -> None:
        self._path, self._run_id = path, run_id
        self._before = _read(path).calls
        self._begun_at = datetime.now(UTC).isoformat()
        self._begun_s = time.monotonic()
        self._done = 0

    def tell(self, event: CollectEvent) -> None:
        """Take an event into account; undecided episodes took time and did nothing."""
        if event.kind is EventKind.EPISODE and event.outcome is not None:
            self._done += OUTCOME_TABLE[event.outcome].decided
        elif event.kind is not EventKind.END:
            return
        wall_s = time.monotonic() - self._begun_s
        call = _Call(run_id=self._run_id, begun_at=self._begun_at, done=self._done, wall_s=wall_s)
        partial = self._path.with_name(f".{self._path.name}.partial")
        partial.write_text(_Calls(calls=(*self._before, call)).model_dump_json(), encoding="utf-8")
        partial.replace(self._path)


def wall_of(path: Path, run_id: str, decided: int) -> float | None:
    """The wall time of a run in all its calls; None where most of it was not timed."""
    calls = [call for call in _read(path).calls if call.run_id == run_id]
    if not decided or sum(call.done for call in calls) < _TIMED * decided:
        return None
    return sum(call.wall_s for call in calls)


def _read(path: Path) -> _Calls:
    try:
        return _Calls.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return _Calls()  # times alone: what is lost is told as unknown
