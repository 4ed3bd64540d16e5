"""The five things that steps do: collect, build a data set, train the base, train on data, evaluate.

Each is a thin call of the room that knows how; here is only what a loop needs on top: what was made,
as a digest and a few figures, whether it is still there, and a rough idea of how long it takes.
Torch and its kin are imported where they are used, in the step's own process.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from pydantic import JsonValue

from blazer.agents.collect import collect
from blazer.agents.opening import OpenRun, RunPlace
from blazer.agents.progress import CollectEvent, CollectReport
from blazer.agents.run import CollectConfig
from blazer.bootstrap.errors import StepFailed
from blazer.bootstrap.steps import Beat, Hands, Job, Made
from blazer.core.digest import digest
from blazer.core.outcomes import Outcome
from blazer.core.run_card import RunCard, read_run_card
from blazer.core.weights import weight_files, weights_digest
from blazer.eval.evaluation.episodes import read_episodes
from blazer.eval.evaluation.errors import EmptyEvaluation, EvaluationError
from blazer.eval.evaluation.evaluate import evaluate, read_evaluation
from blazer.eval.evaluation.result import EPISODES, EVALUATION, STORE, Evaluation
from blazer.eval.evaluation.settings import EvalSettings
from blazer.store.records import TraceFilter, TraceRow
from blazer.store.store import Store
from blazer.training.build import build_dataset
from blazer.training.errors import DatasetDamaged
from blazer.training.files import entry_of
from blazer.training.learning.progress import TrainProgress
from blazer.training.learning.settings import TrainSettings
from blazer.training.manifest import MANIFEST, FileEntry, Manifest
from blazer.training.reading import read_manifest
from blazer.training.settings import DatasetSettings
from blazer.training.students.settings import BaseSettings

UNDECIDED_SHARE = 0.01
"""Of a run's episodes that may be left undecided by faults of infrastructure: they are nobody's data."""
HASHED_BYTES = 256 * 2**20
"""Of files larger than this the size alone is looked at: a look must not take minutes."""
_RUN_S, _EPISODE_S = 0.25, 0.3


class CollectJob(Job):
    """Run a teacher or a student on seeds; `config` names its run."""

    kind: ClassVar[str] = "collect"
    config: CollectConfig
    store: Path

    def identity(self) -> dict[str, Any]:
        """Without what only says how fast, and without the run's name, which is made of this."""
        return self.model_dump(
            mode="json", exclude={"config": {"workers", "concurrency", "run_id", "budget", "cache"}}
        )

    def work(self, hands: Hands) -> Made:
        """Collect what is missing, twice if infrastructure failed.

        Raises:
            StepFailed: the run stopped, or too much of it is undecided.
        """
        rows: list[TraceRow] = []
        missing = 0
        for _ in range(2):
            report = asyncio.run(self._collect(hands))
            if report.stopped:
                raise StepFailed(f"run {report.run_id} stopped: {report.stopped}; the same command goes on")
            rows = self._rows(self.config.run_id)
            missing = report.total - len({row.episode_id for row in rows if row.is_final and row.decided})
            if missing == 0:
                break
        if missing > UNDECIDED_SHARE * max(1, report.total):
            raise StepFailed(
                f"{missing} of {report.total} episodes are undecided, which is infrastructure's doing; "
                f"`blazer traces list --store {self.store} --outcome infra_error` shows them"
            )
        return Made(digest=_digest_of(rows), facts=self._facts(rows, missing))

    async def _collect(self, hands: Hands) -> CollectReport:
        async with hands.open_run(self.config, str(self.store)) as run:
            return await collect(self.config, run.place, both(run.on_event, hands.tell))

    def _rows(self, run_id: str) -> list[TraceRow]:
        with Store.open(self.store, create=False) as store:
            return list(store.rows(TraceFilter(run_id=run_id, latest_only=True)))

    def _facts(self, rows: list[TraceRow], missing: int) -> dict[str, Any]:
        final = [row for row in rows if row.is_final and row.decided]
        first = [row for row in rows if row.attempt == 0 and row.decided]
        return {
            "run_id": self.config.run_id,
            "coder": self.config.roles["coder"].model,
            "traces": len(rows),
            "episodes": len(final),
            "undecided": missing,
            "seeds": [self.config.seed_start, self.config.seed_stop],
            "solved_at_once": sum(row.outcome is Outcome.SUCCESS for row in first),
            "solved": sum(row.outcome is Outcome.SUCCESS for row in final),
            "outcomes": dict(Counter(row.outcome.value for row in final).most_common()),
        }

    def stands(self, made: Made) -> bool:
        """Whether the store still holds the run's traces."""
        run_id = str(made.facts.get("run_id", self.config.run_id))
        return self.store.exists() and _digest_of(self._rows(run_id)) == made.digest

    def estimate_s(self) -> float:
        """From the number of programs run."""
        config = self.config
        episodes = len(config.tasks) * (config.seed_stop - config.seed_start) * config.samples
        return episodes * (1 + 0.3 * config.repairs + 0.7 * config.verify_seeds) * _RUN_S


def _digest_of(rows: list[TraceRow]) -> str:
    """Of what the traces hold for a data set; their wall times are not in it."""
    names = ("trace_id", "outcome", "program_digest", "verify_passed", "verify_total")
    return digest(sorted([str(getattr(row, name)) for name in names] for row in rows))


class DatasetJob(Job):
    """Build training data from named runs."""

    kind: ClassVar[str] = "data"
    settings: DatasetSettings
    store: Path
    out: Path

    def work(self, hands: Hands) -> Made:
        """Build it."""

        def tell(done: int, total: int) -> None:
            hands.tell(Beat(done, total, f"{done}/{total} traces"))

        with Store.open(self.store, create=False) as store:
            manifest = build_dataset(store, self.out, self.settings, force=True, on_trace=tell).manifest
        return Made(digest=manifest.digest, facts=dataset_facts(manifest))

    def stands(self, made: Made) -> bool:
        """Whether the manifest is that of what was made, and every file is as it lists them."""
        try:
            if not (self.out / MANIFEST).is_file():
                return False
            manifest = read_manifest(self.out)
        except DatasetDamaged:
            return False
        return manifest.digest == made.digest and all(_unaltered(self.out, e) for e in manifest.files)

    def estimate_s(self) -> float:
        """Some thousand traces."""
        return 30.0


def _unaltered(directory: Path, entry: FileEntry) -> bool:
    path = directory / entry.path
    if not path.is_file() or path.stat().st_size != entry.bytes:
        return False
    return entry.bytes > HASHED_BYTES or entry_of(directory, entry.path, entry.rows).sha256 == entry.sha256


def dataset_facts(manifest: Manifest) -> dict[str, Any]:
    """What tables show of a data set."""
    counts = {
        kind: {split: counted.rows for split, counted in splits.items()}
        for kind, splits in manifest.counts.items()
    }
    pairs = manifest.counts.get("dpo", {}).get("train")
    return {
        "digest": manifest.digest,
        "rows": counts,
        "distinct": {kind: splits["train"].distinct for kind, splits in manifest.counts.items()},
        "shown_failures": dict(pairs.lessons) if pairs else {},
        "seeds": len({seed for some in _train_seeds(manifest) for seed in some}),
        "runs": [run.run_id for run in manifest.source.runs],
    }


def _train_seeds(manifest: Manifest) -> list[tuple[int, ...]]:
    return [seeds for splits in manifest.counts.values() for seeds in splits["train"].seeds.values()]


class BaseJob(Job):
    """Make the student that knows nothing of programs."""

    kind: ClassVar[str] = "base"
    settings: BaseSettings
    out: Path

    def identity(self) -> dict[str, Any]:
        """Without where it logs to. How often it reports is told, and threads that nobody chose are not, as
        they always were: a loop that was begun before goes on."""
        settings = self.settings
        unseen = {"logging"} if settings.threads is not None else {"logging", "threads"}
        return self.model_dump(mode="json", exclude={"settings": unseen})

    def work(self, hands: Hands) -> Made:
        """Train it."""
        from blazer.training.students.base import train_base  # noqa: PLC0415  (heavy)

        card = train_base(self.settings, self.out, beats(hands.tell))
        return _made_of(card, self.out)

    def stands(self, made: Made) -> bool:
        """Whether these weights are there."""
        return _same_weights(self.out, made)

    def estimate_s(self) -> float:
        """From the number of steps and the size."""
        return 10.0 + self.settings.steps * 0.2 * {"s": 0.6, "m": 1.0, "l": 1.7}[self.settings.size]


class TrainJob(Job):
    """SFT, DPO or KTO."""

    kind: ClassVar[str] = "train"
    settings: TrainSettings

    def identity(self) -> dict[str, Any]:
        """Without what only says what is shown and kept."""
        unseen = {"logging", "report_steps", "checkpoint_steps", "keep_checkpoints"}
        return self.model_dump(mode="json", exclude={"settings": unseen})

    def work(self, hands: Hands) -> Made:
        """Train."""
        from blazer.training.learning.train import train  # noqa: PLC0415  (heavy)

        return _made_of(train(self.settings, beats(hands.tell)), self.settings.out)

    def stands(self, made: Made) -> bool:
        """Whether these weights are there."""
        return _same_weights(self.settings.out, made)

    def estimate_s(self) -> float:
        """From the number of steps, where it is known."""
        return 10.0 + (self.settings.max_steps or 600) * 0.4


def _made_of(card: RunCard, out: Path) -> Made:
    facts: dict[str, Any] = {
        "stage": card.stage,
        "steps": card.steps,
        "epochs": card.epochs,
        "parameters": card.parameters,
        "metrics": dict(card.metrics),
        "rows": sum(data.rows for data in card.lineage[-1:]),
        "weights_bytes": _weights_bytes(out),
    }
    return Made(digest=card.weights_digest, facts=facts)


def _weights_bytes(out: Path) -> int:
    return sum(path.stat().st_size for path in weight_files(out)) if out.is_dir() else 0


def _same_weights(out: Path, made: Made) -> bool:
    """Whether card and weights are those that were made."""
    card = read_run_card(out)
    there = _weights_bytes(out)
    if card is None or card.weights_digest != made.digest or not there:
        return False
    if made.facts.get("weights_bytes", there) != there:
        return False
    return there > HASHED_BYTES or weights_digest(out) == made.digest


class EvalJob(Job):
    """Compare models on held-out seeds."""

    kind: ClassVar[str] = "eval"
    settings: EvalSettings
    out: Path

    def identity(self) -> dict[str, Any]:
        """Without what only says how fast."""
        return self.model_dump(mode="json", exclude={"settings": {"workers", "concurrency"}})

    def work(self, hands: Hands) -> Made:
        """Evaluate, twice if infrastructure failed.

        Raises:
            StepFailed: too much of some model and task is undecided.
        """
        found = self._evaluated(hands)
        models: dict[str, JsonValue] = {
            model.name: [model.success_strict, model.ci_low, model.ci_high, model.n] for model in found.models
        }
        facts: dict[str, JsonValue] = {"models": models, "episodes": _file_digest(self.out / EPISODES)}
        return Made(digest=_file_digest(self.out / EVALUATION), facts=facts)

    def _evaluated(self, hands: Hands) -> Evaluation:
        def once() -> Evaluation:
            return asyncio.run(evaluate(self.settings, told(hands, self._episodes()), self.out))

        try:
            found = once()
        except EmptyEvaluation:
            found = None
        if found is None or any(model.undecided for model in found.models):
            found = once()
        short = [
            f"{model.name}, {task}: {rates.undecided} of {rates.n + rates.undecided}"
            for model in found.models
            for task, rates in model.tasks.items()
            if rates.undecided > UNDECIDED_SHARE * (rates.n + rates.undecided)
        ]
        if short:
            raise StepFailed(
                f"episodes are undecided, which is infrastructure's doing: {'; '.join(short)}; "
                f"`blazer traces list --store {self.out / STORE} --outcome infra_error` shows them"
            )
        return found

    def stands(self, made: Made) -> bool:
        """Whether record and episodes are there, unaltered."""
        path, episodes = self.out / EVALUATION, self.out / EPISODES
        if not (path.is_file() and episodes.is_file() and _file_digest(path) == made.digest):
            return False
        if "episodes" in made.facts:
            return _file_digest(episodes) == made.facts["episodes"]
        return self._as_many(episodes)

    def _as_many(self, episodes: Path) -> bool:
        """Of older proofs, which have no digest of episodes: whether each model has as many as counted."""
        try:
            counted = {model.name: model.n for model in read_evaluation(self.out).models}
            return {name: len(some) for name, some in read_episodes(episodes).items()} == counted
        except EvaluationError:
            return False

    def estimate_s(self) -> float:
        """From the number of episodes."""
        return self._episodes() * _EPISODE_S

    def _episodes(self) -> int:
        settings = self.settings
        start, stop = settings.seeds
        return len(settings.models) * len(settings.tasks) * (stop - start) * settings.samples


def _file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def both(
    first: Callable[[CollectEvent], None], tell: Callable[[Beat], None]
) -> Callable[[CollectEvent], None]:
    """Hand events on, and make beats of them."""

    def on_event(event: CollectEvent) -> None:
        first(event)
        tell(Beat(event.done, event.total, f"{event.done}/{event.total} episodes"))

    return on_event


def told(hands: Hands, total: int) -> OpenRun:
    """What opens runs, whose events become beats as well; `total` episodes in all runs together."""
    done: dict[str, int] = {}

    @asynccontextmanager
    async def open_run(config: CollectConfig, where: str) -> AsyncIterator[RunPlace]:
        async with hands.open_run(config, where) as run:

            def on_event(event: CollectEvent) -> None:
                run.on_event(event)
                done[event.run_id] = event.done
                so_far = sum(done.values())
                hands.tell(Beat(so_far, total, f"{so_far}/{total} episodes"))

            yield RunPlace(run.place, on_event)

    return open_run


def beats(tell: Callable[[Beat], None]) -> Callable[[TrainProgress], None]:
    """Make beats of a training's progress."""

    def on_progress(progress: TrainProgress) -> None:
        loss = progress.metrics.get("loss")
        shown = f", loss {loss:.3f}" if loss is not None else ""
        tell(Beat(progress.step, progress.steps, f"{progress.phase} {progress.step}/{progress.steps}{shown}"))

    return on_progress
