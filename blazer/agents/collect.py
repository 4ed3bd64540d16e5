"""Collecting: all episodes of a run, several at a time, to verified traces in the store.

This is a supervisor: what an episode raises is sorted here, once. Faults of infrastructure are
retried, then recorded as `infra_error`, and tried again when the run is resumed. Budgets, refusing
endpoints and Ctrl-C stop the run without recording anything that was not finished. An episode
counts as done when its final trace is in the store; its checkpoint is then dropped.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, cast

import aiosqlite
import structlog
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from blazer.agents.budget import Meter
from blazer.agents.cache import ResponseCache
from blazer.agents.chat import ChatModel
from blazer.agents.context import AgentContext, ProgramSandbox, TraceSink
from blazer.agents.errors import AnswerPending, BudgetExceeded, ModelRefused, ModelUnavailable
from blazer.agents.graph import EpisodeGraph, build_graph
from blazer.agents.models import ModelSuite
from blazer.agents.progress import CollectEvent, CollectReport, EventKind
from blazer.agents.run import CollectConfig, EpisodeKey, list_episodes
from blazer.agents.state import EpisodeInput, EpisodeState
from blazer.agents.tracing import make_trace
from blazer.core.errors import StoreError, TaskError, UsageError
from blazer.core.outcomes import Outcome
from blazer.core.records import Decision, Execution, Fault, Provenance, Verdict
from blazer.sandbox.errors import SandboxUnavailable
from blazer.store.errors import kind_of
from blazer.tasks.spec import TaskInstance, TaskSpec

__all__ = ["CollectEvent", "CollectReport", "EventKind", "Workplace", "collect"]

ANSWERS_FILE = "answers.sqlite"
CHECKPOINTS_FILE = "checkpoints.sqlite"
BUSY_TIMEOUT_S = 60.0
"""For the checkpoints' file: SQLite's own five seconds are short on a busy machine, where a call that
was cancelled may still be closing."""
UNAVAILABLE_LIMIT = 3
"""Episodes in a row that an endpoint may leave without an answer before the run stops."""
INFRA_LIMIT = 8
"""Episodes in a row that may end as `infra_error` before the run stops: something is broken."""

log = structlog.get_logger(__name__)


class Workplace(NamedTuple):
    """What a run works with.

    Attributes:
        tasks: Name -> spec, for the tasks of the run at least.
        instantiate: Draws a seed of a task.
        sandbox: Opened and closed by the caller.
        sink: Where traces go.
        provenance: Of the traces.
        api_section: The skill API as prompts show it.
        state_dir: Folder for checkpoints and answers; None keeps both in memory.
        models: Ready models by role, instead of configured ones.
    """

    tasks: Mapping[str, TaskSpec]
    instantiate: Callable[[TaskSpec, int], TaskInstance]
    sandbox: ProgramSandbox
    sink: TraceSink
    provenance: Provenance
    api_section: str
    state_dir: Path | None = None
    models: Mapping[str, ChatModel] | None = None


@dataclass
class _Tally:
    """The run's counters."""

    total: int
    done_before: int
    done_now: int = 0
    pending: int = 0
    infra_errors: int = 0
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    stopped: str = ""
    fatal: BaseException | None = None
    started: float = field(default_factory=time.monotonic)


async def collect(
    config: CollectConfig,
    place: Workplace,
    on_event: Callable[[CollectEvent], None] = lambda event: None,
) -> CollectReport:
    """Run every episode of the run that is not in the store yet.

    Cancelling the task that awaits this stops the run cleanly; the same call goes on later.

    Raises:
        UsageError: if samples are asked for that would all be the same.
        UnknownNameError: if a task of the run is not in `place.tasks`.
        ModelRefused: if an endpoint refuses for good; nothing of the episode is recorded.
        ModelUnavailable: if an endpoint never answers, or stops answering.
        ConfigError: if a model cannot be set up.
        SandboxUnavailable: if programs cannot be run any more.
        StoreError: if traces cannot be kept.
        TaskError: if a task cannot be built.
    """
    config.check_samples()
    run_id = config.resolved_run_id()
    episodes = list_episodes(run_id, config, {name: _task(place, name) for name in config.tasks})
    finished = await place.sink.completed_episodes(run_id)
    waiting = deque((name, key) for name, key in episodes if name not in finished)
    tally = _Tally(total=len(episodes), done_before=len(episodes) - len(waiting))
    async with _opened(config, place, run_id, finished) as (graph, context):
        supervisor = _Supervisor(config, graph, context, tally, on_event, _checkpoints_of(place))
        supervisor.tell(EventKind.BEGIN)
        if waiting:
            await context.models.probe()
        try:
            await supervisor.work(waiting)
        except asyncio.CancelledError:
            tally.stopped = "interrupted"
            supervisor.tell(EventKind.END, note=tally.stopped)
            raise
        supervisor.tell(EventKind.END, note=tally.stopped)
        if tally.fatal is not None:
            raise tally.fatal
        return supervisor.report()


def _checkpoints_of(place: Workplace) -> str:
    return str(place.state_dir / CHECKPOINTS_FILE) if place.state_dir else ":memory:"


def _task(place: Workplace, name: str) -> TaskSpec:
    if name not in place.tasks:
        raise UsageError(f"task {name!r} is not among those handed to the run: {', '.join(place.tasks)}")
    return place.tasks[name]


@asynccontextmanager
async def _opened(
    config: CollectConfig, place: Workplace, run_id: str, finished: frozenset[str]
) -> AsyncIterator[tuple[EpisodeGraph, AgentContext]]:
    """Graph with its checkpoints, and context with its answers; closed in order."""
    folder = place.state_dir
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    with ResponseCache(folder / ANSWERS_FILE if folder else None) as cache:
        meter = Meter(config.budget, cache.spent(run_id))
        models = ModelSuite(
            run_id,
            config.roles,
            cache,
            meter,
            answers=config.answers,
            models=place.models,
            reuse=config.cache,
        )
        checkpoints = _checkpoints_of(place)
        async with aiosqlite.connect(checkpoints, timeout=BUSY_TIMEOUT_S) as connection:
            saver = AsyncSqliteSaver(connection)
            await _prepare(saver, checkpoints, finished)
            context = AgentContext(
                run_id=run_id,
                tasks=place.tasks,
                models=models,
                sandbox=place.sandbox,
                sink=place.sink,
                provenance=place.provenance,
                instantiate=place.instantiate,
                api_section=place.api_section,
                repairs=config.repairs,
                verify_seeds=config.verify_seeds,
            )
            try:
                yield build_graph(saver), context
            finally:
                await models.aclose()


async def _prepare(saver: AsyncSqliteSaver, where: str, finished: frozenset[str]) -> None:
    """Make the tables; drop what a run left that was killed between a final trace and its checkpoints."""
    try:
        await saver.setup()
        rows = await saver.conn.execute_fetchall(
            "SELECT thread_id FROM checkpoints UNION SELECT thread_id FROM writes"
        )
        for (name,) in rows:
            if name in finished:
                await saver.adelete_thread(name)
    except sqlite3.Error as error:
        raise _checkpoint_error(error, where) from error


def _checkpoint_error(error: sqlite3.Error, where: str) -> StoreError:
    return kind_of(error)(
        f"checkpoints in {where}: {error}; free the disk, or delete the file: "
        "episodes that were under way then begin again, nothing else is lost"
    )


class _Supervisor:
    """Runs episodes and sorts what becomes of them."""

    def __init__(
        self,
        config: CollectConfig,
        graph: EpisodeGraph,
        context: AgentContext,
        tally: _Tally,
        on_event: Callable[[CollectEvent], None],
        checkpoints: str,
    ) -> None:
        self._config, self._graph, self._context = config, graph, context
        self._checkpoints = checkpoints
        self._tally, self._on_event = tally, on_event
        self._unavailable_in_a_row = self._infra_in_a_row = 0

    async def work(self, waiting: deque[tuple[str, EpisodeKey]]) -> None:
        """Empty the queue, or stop early when the tally says so."""
        count = min(self._config.in_flight, len(waiting))
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(self._lane(waiting))

    async def _lane(self, waiting: deque[tuple[str, EpisodeKey]]) -> None:
        while waiting and not self._tally.stopped:
            try:
                await self._episode(*waiting.popleft())
            except sqlite3.Error as error:
                broken = _checkpoint_error(error, self._checkpoints)
                self._stop(str(broken), broken)

    async def _episode(self, name: str, key: EpisodeKey) -> None:
        """One episode, to its end or to the reason why it has none."""
        for number in range(1, self._config.episode_tries + 1):
            try:
                state = await self._invoke(name, key)
            except AnswerPending:
                self._tally.pending += 1
                self.tell(EventKind.PENDING, key)
                return
            except BudgetExceeded as error:
                self._stop(str(error))
                return
            except ModelUnavailable as error:
                self._unavailable_in_a_row += 1
                if self._unavailable_in_a_row >= UNAVAILABLE_LIMIT or not self._context.models.answered:
                    self._stop(str(error), error)
                else:
                    await self._record_infra_error(name, key, error)
                return
            except (ModelRefused, SandboxUnavailable, StoreError, UsageError, TaskError) as error:
                # Every further episode would meet the same.
                self._stop(str(error), error)
                return
            except sqlite3.Error:
                raise  # of the checkpoints, which are the lane's to stop for
            except Exception as error:  # noqa: BLE001  (supervisor: whatever else fails is infrastructure)
                log.info("episode_failed", task=key.task, seed=key.seed, number=number, why=repr(error))
                if number == self._config.episode_tries:
                    await self._record_infra_error(name, key, error)
                else:
                    self.tell(EventKind.RETRY, key, note=_one_line(error))
            else:
                self._unavailable_in_a_row = self._infra_in_a_row = 0
                # Counted first: it is stored, whatever becomes of its checkpoints.
                self._count(key, Outcome(state["outcome"]), state["attempt"] + 1)
                await self._forget(name)
                return

    async def _invoke(self, name: str, key: EpisodeKey) -> EpisodeState:
        """Go on from the checkpoint if there is one, else begin."""
        where: RunnableConfig = {"configurable": {"thread_id": name}, "recursion_limit": 1000}
        snapshot = await self._graph.aget_state(where)
        begun = bool(snapshot.next)
        start = None if begun else _start(name, key)
        state = await self._graph.ainvoke(start, where, context=self._context, durability="async")
        return cast(EpisodeState, state)

    async def _forget(self, name: str) -> None:
        """Drop the checkpoints of an episode whose final trace is stored."""
        saver = self._graph.checkpointer
        if isinstance(saver, BaseCheckpointSaver):
            await saver.adelete_thread(name)

    async def _record_infra_error(self, name: str, key: EpisodeKey, error: BaseException) -> None:
        """Keep what is known; undecided, so a resume tries the episode again."""
        where: RunnableConfig = {"configurable": {"thread_id": name}}
        values = (await self._graph.aget_state(where)).values
        state = cast(EpisodeState, {**_start(name, key), **values})
        fault = Fault(kind=type(error).__name__, message=_one_line(error))
        trace = make_trace(
            state,
            self._context,
            execution=Execution(outcome=Outcome.INFRA_ERROR, fault=fault),
            verdict=Verdict(
                paper=Decision.NONE, strict=Decision.NONE, reason=f"infrastructure: {fault.message}"
            ),
            is_final=True,
        )
        try:
            await self._context.sink.add_trace(trace)
        except StoreError as failure:
            self._stop(str(failure), failure)
            return
        self._count(key, Outcome.INFRA_ERROR, state.get("attempt", 0) + 1)
        self._infra_in_a_row += 1
        if self._infra_in_a_row >= INFRA_LIMIT:
            self._stop(
                f"{INFRA_LIMIT} episodes in a row failed for want of infrastructure; last: {fault.message}"
            )

    def _stop(self, why: str, error: BaseException | None = None) -> None:
        self._tally.stopped = self._tally.stopped or why
        self._tally.fatal = self._tally.fatal or error

    def _count(self, key: EpisodeKey, outcome: Outcome, attempts: int) -> None:
        tally = self._tally
        tally.outcomes.setdefault(key.task, Counter())[outcome.value] += 1
        if outcome is Outcome.INFRA_ERROR:
            tally.infra_errors += 1
        else:
            tally.done_now += 1
        self.tell(EventKind.EPISODE, key, outcome=outcome, attempts=attempts)

    def tell(
        self,
        kind: EventKind,
        key: EpisodeKey | None = None,
        *,
        outcome: Outcome | None = None,
        attempts: int = 0,
        note: str = "",
    ) -> None:
        """Report progress."""
        tally = self._tally
        self._on_event(
            CollectEvent(
                kind=kind,
                run_id=self._context.run_id,
                total=tally.total,
                done=tally.done_before + tally.done_now,
                task=key.task if key else "",
                seed=key.seed if key else 0,
                sample=key.sample if key else 0,
                outcome=outcome,
                attempts=attempts,
                wall_s=time.monotonic() - tally.started,
                usage=self._context.models.spent,
                note=note,
            )
        )

    def report(self) -> CollectReport:
        """The sum of it all."""
        tally = self._tally
        left = tally.total - tally.done_before - tally.done_now - tally.pending - tally.infra_errors
        return CollectReport(
            run_id=self._context.run_id,
            total=tally.total,
            done_before=tally.done_before,
            done_now=tally.done_now,
            pending=tally.pending,
            cancelled=left,
            infra_errors=tally.infra_errors,
            outcomes={task: dict(counts) for task, counts in tally.outcomes.items()},
            usage=self._context.models.spent,
            wall_s=time.monotonic() - tally.started,
            stopped=tally.stopped,
        )


def _start(name: str, key: EpisodeKey) -> EpisodeInput:
    return {"episode_id": name, "task": key.task, "seed": key.seed, "sample": key.sample}


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]
