"""From stored attempts to one result an episode. An episode is judged by its final attempt.

Undecided episodes (infrastructure failed, or stopped) are counted and in no rate; unfinished ones are those
without a final attempt. What an episode cost is the sum over all its attempts and tries.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from blazer.agents.run import CollectConfig, EpisodeKey, list_episodes
from blazer.core.outcomes import Outcome
from blazer.core.records import Decision
from blazer.eval.evaluation.errors import EvaluationError
from blazer.store.records import TraceFilter, TraceRow
from blazer.store.store import Store
from blazer.tasks.spec import TaskSpec

Layout = tuple[str, int]
"""Task and seed."""


class EpisodeResult(NamedTuple):
    """One decided episode.

    Attributes:
        outcome: Of the final attempt.
        strict: Whether every strict check passed.
        paper: Whether RLBench's own condition held.
        attempts: Programs written.
        sandbox_s: Wall time of its programs.
    """

    task: str
    seed: int
    sample: int
    outcome: Outcome
    strict: bool
    paper: bool
    attempts: int
    prompt_tokens: int
    completion_tokens: int
    sandbox_s: float

    @property
    def layout(self) -> Layout:
        """What it is paired by."""
        return self.task, self.seed


class RunEpisodes(NamedTuple):
    """A run's episodes.

    Attributes:
        decided: In the order of the run.
        undecided: Final, but nothing is known.
        unfinished: How many have no final attempt.
    """

    decided: tuple[EpisodeResult, ...]
    undecided: tuple[EpisodeKey, ...]
    unfinished: int


def read_run(store: Store, config: CollectConfig, specs: Mapping[str, TaskSpec]) -> RunEpisodes:
    """What the store holds of a run's episodes."""
    run_id = config.resolved_run_id()
    by_episode: dict[str, list[TraceRow]] = {}
    for row in store.rows(TraceFilter(run_id=run_id, tasks=config.tasks)):
        by_episode.setdefault(row.episode_id, []).append(row)
    decided: list[EpisodeResult] = []
    undecided: list[EpisodeKey] = []
    unfinished = 0
    for name, key in list_episodes(run_id, config, specs):
        rows = by_episode.get(name, [])
        final = next((row for row in rows if row.is_final and row.decided), None)
        if final is not None:
            decided.append(_result(final, rows))
        elif any(row.is_final for row in rows):
            undecided.append(key)
        else:
            unfinished += 1
    return RunEpisodes(tuple(decided), tuple(undecided), unfinished)


def _result(final: TraceRow, rows: Sequence[TraceRow]) -> EpisodeResult:
    return EpisodeResult(
        task=final.task,
        seed=final.seed,
        sample=final.sample,
        outcome=final.outcome,
        strict=final.strict is Decision.PASS,
        paper=final.paper is Decision.PASS,
        attempts=final.attempt + 1,
        prompt_tokens=sum(row.prompt_tokens for row in rows),
        completion_tokens=sum(row.completion_tokens for row in rows),
        sandbox_s=sum(row.wall_s for row in rows),
    )


def by_layout(episodes: Iterable[EpisodeResult]) -> dict[Layout, list[EpisodeResult]]:
    """Episodes of the same task and seed together."""
    found: dict[Layout, list[EpisodeResult]] = {}
    for episode in episodes:
        found.setdefault(episode.layout, []).append(episode)
    return found


def write_episodes(path: Path, models: Mapping[str, Sequence[EpisodeResult]]) -> None:
    """One line an episode, for whoever wants to count again."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["model", *EpisodeResult._fields])
        for name, episodes in models.items():
            for episode in episodes:
                values = episode._asdict() | {
                    "strict": int(episode.strict),
                    "paper": int(episode.paper),
                    "sandbox_s": f"{episode.sandbox_s:.3f}",
                }
                writer.writerow([name, *values.values()])
    partial.replace(path)


def read_episodes(path: Path) -> dict[str, tuple[EpisodeResult, ...]]:
    """Model -> its decided episodes, from a file of `write_episodes`.

    Raises:
        EvaluationError: if there is none, or it is no such file.
    """
    found: dict[str, list[EpisodeResult]] = {}
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            for line in csv.DictReader(stream):
                found.setdefault(line["model"], []).append(_parsed(line))
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise EvaluationError(
            f"{path} is no list of an evaluation's episodes ({error}); `blazer eval` writes it anew"
        ) from None
    return {name: tuple(episodes) for name, episodes in found.items()}


def _parsed(line: Mapping[str, str]) -> EpisodeResult:
    return EpisodeResult(
        task=line["task"],
        seed=int(line["seed"]),
        sample=int(line["sample"]),
        outcome=Outcome(line["outcome"]),
        strict=line["strict"] == "1",
        paper=line["paper"] == "1",
        attempts=int(line["attempts"]),
        prompt_tokens=int(line["prompt_tokens"]),
        completion_tokens=int(line["completion_tokens"]),
        sandbox_s=float(line["sandbox_s"]),
    )
