"""Was a model trained on what it is evaluated on? Answered from the lineage in its `run.json`.

Knows seeds, not tables: a seed kept for evaluation that a data set holds is a leak whatever its task,
because no data set may hold one. Of a model without a card nothing is known, and that is said.
"""

from __future__ import annotations

from collections.abc import Collection

from blazer.agents.local.source import find_model, is_local
from blazer.core.run_card import DataUsed, RunCard
from blazer.core.seeds import is_evaluation_seed
from blazer.eval.evaluation.errors import SeedLeak
from blazer.eval.evaluation.result import CardSummary, DataSeen
from blazer.eval.evaluation.settings import EvalModel


def card_of(model: EvalModel) -> RunCard | None:
    """The card beside a local model's weights; None where there is none.

    Raises:
        LocalModelMissing: if there are no weights.
        ConfigError: if its card cannot be read.
    """
    return find_model(model.spec).card if is_local(model.spec) else None


def check_seeds(
    model: EvalModel, card: RunCard | None, tasks: Collection[str], seeds: tuple[int, int]
) -> str:
    """What is known of whether the model has seen evaluated seeds, in words.

    Raises:
        SeedLeak: if it has, or has seen any other seed that is kept for evaluation.
    """
    count = len(range(*seeds)) * len(tasks)
    if model.built_in:
        return "built in, not trained"
    if card is None:
        return "no run.json: nothing is known of its training data"
    for data in card.lineage:
        for task, seen in data.seeds.items():
            kept = sorted(seed for seed in seen if is_evaluation_seed(seed))
            if kept:
                raise SeedLeak(
                    f"model {model.name} ({model.spec}) was trained on {len(kept)} seeds that are kept for "
                    f"evaluation: task {task}, seeds {_some(kept)}, in data set {data.name} (digest "
                    f"{data.digest}); train it on a data set without them"
                )
    digests = ", ".join(f"{data.name} {data.digest}" for data in card.lineage) or "none"
    if card.unknown_before:
        digests += f"; nothing is known of what {', '.join(card.unknown_before)} had seen before"
    return f"none of {count} pairs of task and seed seen in training (data sets: {digests})"


def trained_tasks(card: RunCard | None) -> frozenset[str]:
    """Tasks that the model has seen in training."""
    if card is None:
        return frozenset()
    return frozenset(task for data in card.lineage for task in (*data.tasks, *data.seeds))


def summary_of(card: RunCard) -> CardSummary:
    """What a report says of a card."""
    return CardSummary(
        stage=card.stage,
        name=card.name,
        style=card.style,
        model=card.model,
        adapter=card.adapter,
        parameters=card.parameters,
        steps=card.steps,
        wall_s=card.wall_s,
        weights_digest=card.weights_digest,
        data=tuple(_seen(data) for data in card.lineage),
    )


def _seen(data: DataUsed) -> DataSeen:
    everything = [seed for seeds in data.seeds.values() for seed in seeds]
    return DataSeen(
        name=data.name,
        digest=data.digest,
        rows=data.rows,
        tasks=data.tasks,
        seeds=len(everything),
        seed_low=min(everything, default=None),
        seed_high=max(everything, default=None),
    )


def _some(seeds: list[int]) -> str:
    shown = ", ".join(str(seed) for seed in seeds[:3])
    return shown if len(seeds) <= 3 else f"{shown} ..."
