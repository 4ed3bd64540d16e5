"""Two benchmarks on reference programs: whether they solve their tasks, and where the time goes.

Not a test: nothing here passes or fails. Both run in the sandbox as collected programs do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from blazer.agents.context import ProgramSandbox
from blazer.agents.state import EpisodeResult
from blazer.core.outcomes import Outcome
from blazer.core.records import Decision, Record
from blazer.eval.lanes import run_lanes
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import get_task, reference_program


class ReferenceRow(Record):
    """How often a task's reference program solves it."""

    task: str
    n: int
    success_paper: int
    """Of n."""
    success_strict: int
    """Of n."""


class EpisodeRow(Record):
    """How fast episodes of one task run, or of all."""

    task: str
    episodes: int
    success_strict: int
    """Of `episodes`."""
    wall_s: float
    """Executing programs, summed over episodes, without starting guests."""
    physics_s: float
    """Of it, in the physics engine's step."""
    steps: int
    plan_ms_p50: float | None
    """Inverse kinematics, path search and timing of one motion; None if none was planned."""
    plan_ms_p99: float | None


class EpisodesReport(Record):
    """Rows for each task, one for all, and what holds for the whole."""

    rows: tuple[EpisodeRow, ...]
    overall: EpisodeRow
    tier: str
    workers: int
    elapsed_s: float
    """From the first program's start to the last one's end."""
    episodes_per_s: float
    wall_per_physics: float
    worker_rss_mb: float | None
    """Largest resident size of a world with its guest; None where it cannot be seen."""


class Episode(NamedTuple):
    """One reference program run."""

    task: str
    seed: int
    result: EpisodeResult


async def run_references(
    tasks: Sequence[str],
    seeds: range,
    sandbox: ProgramSandbox,
    workers: int,
    on_episode: Callable[[Episode], None] = lambda episode: None,
) -> list[Episode]:
    """Run each task's reference program on each seed, `workers` at a time.

    Raises:
        UnknownNameError: no such task.
        TaskError: a task ships no reference program.
        SandboxError: the sandbox failed.
    """
    waiting = [(task, seed) for seed in seeds for task in tasks]
    waiting.reverse()
    done: list[Episode] = []

    async def lane() -> None:
        while waiting:
            task, seed = waiting.pop()
            instance = instantiate(get_task(task), seed)
            episode = Episode(task, seed, await sandbox.run(reference_program(instance), instance))
            done.append(episode)
            on_episode(episode)

    await run_lanes(workers, lane)
    return done


def reference_rows(tasks: Sequence[str], episodes: Sequence[Episode]) -> list[ReferenceRow]:
    """One row a task, in the order of `tasks`."""
    rows = []
    for task in tasks:
        verdicts = [episode.result.verdict for episode in episodes if episode.task == task]
        rows.append(
            ReferenceRow(
                task=task,
                n=len(verdicts),
                success_paper=sum(verdict.paper is Decision.PASS for verdict in verdicts),
                success_strict=sum(verdict.strict is Decision.PASS for verdict in verdicts),
            )
        )
    return rows


async def bench_episodes(
    tasks: Sequence[str],
    seeds: range,
    sandbox: ProgramSandbox,
    workers: int,
    on_episode: Callable[[Episode], None] = lambda episode: None,
    peak_rss_mb: Callable[[], float | None] = lambda: None,
) -> EpisodesReport:
    """Run the reference programs and measure.

    Raises:
        As `run_references`.
    """
    started_s = time.monotonic()
    episodes = await run_references(tasks, seeds, sandbox, workers, on_episode)
    elapsed_s = time.monotonic() - started_s
    overall = episode_row("all", episodes)
    tiers = sorted({episode.result.execution.isolation.tier for episode in episodes})
    return EpisodesReport(
        rows=tuple(episode_row(task, [e for e in episodes if e.task == task]) for task in tasks),
        overall=overall,
        tier=",".join(tiers),
        workers=workers,
        elapsed_s=round(elapsed_s, 3),
        episodes_per_s=round(len(episodes) / elapsed_s, 3),
        wall_per_physics=round(overall.wall_s / max(overall.physics_s, 1e-9), 3),
        worker_rss_mb=peak_rss_mb(),
    )


def episode_row(task: str, episodes: Sequence[Episode]) -> EpisodeRow:
    """The row of some episodes."""
    executions = [episode.result.execution for episode in episodes]
    plans = [plan_ms for item in executions for call in item.skill_calls for plan_ms in call.plans_ms]
    p50, p99 = np.percentile(plans, [50, 99]) if plans else (None, None)
    return EpisodeRow(
        task=task,
        episodes=len(episodes),
        success_strict=sum(e.result.execution.outcome is Outcome.SUCCESS for e in episodes),
        wall_s=round(sum(item.timings.wall_s for item in executions), 3),
        physics_s=round(sum(item.timings.physics_s for item in executions), 3),
        steps=sum(item.timings.steps for item in executions),
        plan_ms_p50=None if p50 is None else round(float(p50), 3),
        plan_ms_p99=None if p99 is None else round(float(p99), 3),
    )
