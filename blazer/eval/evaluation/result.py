"""What an evaluation came to: the record in `eval.json`. Rates are shares of 1, never percent.

A model's `success_strict` is the mean over tasks of the tasks' rates, as in the published tables; it equals
the share of all its episodes where every task has the same number of decided ones, and `pooled_strict`
tells where it does not.
"""

from __future__ import annotations

from typing import Literal

from blazer.core.outcomes import Outcome
from blazer.core.records import Record
from blazer.core.run_card import Stage
from blazer.eval.evaluation.settings import EvalSettings

EVALUATION = "eval.json"
EPISODES = "episodes.csv"
STORE = "traces.sqlite"

Group = Literal["pool", "outside"]


class Rates(Record):
    """Success with 95 % intervals, of one task or of the mean over tasks."""

    success_strict: float
    success_paper: float
    n: int
    """Decided episodes."""
    undecided: int
    """In no rate: infrastructure failed or was stopped. The same call tries them again."""
    ci_low: float
    """Of strict: Wilson's interval; with several samples a seed on the effective number of episodes."""
    ci_high: float
    paper_ci_low: float
    paper_ci_high: float
    pass_at: dict[int, float]
    """k -> chance that one of k programs is a strict success, mean over layouts (over tasks, for a model)."""
    failures: dict[Outcome, int]
    """Decided episodes that are no strict success, by outcome, most frequent first."""


class TaskResult(Rates):
    """One task."""

    trained: bool
    """The model has seen the task in training, on other seeds."""


class DataSeen(Record):
    """A data set of a model's lineage, without the seeds themselves."""

    name: str
    digest: str
    rows: int
    tasks: tuple[str, ...]
    seeds: int
    """Pairs of task and seed."""
    seed_low: int | None
    seed_high: int | None


class CardSummary(Record):
    """What a model's `run.json` says of it."""

    stage: Stage
    name: str
    style: str
    model: str
    adapter: bool
    parameters: int
    steps: int
    wall_s: float
    weights_digest: str
    data: tuple[DataSeen, ...]


class ModelResult(Rates):
    """One model on all tasks."""

    name: str
    spec: str
    repairs: int
    pooled_strict: float
    """Of all its episodes alike."""
    tasks: dict[str, TaskResult]
    groups: dict[Group, Rates]
    """The training pool's tasks and those outside it, each the mean over its tasks; only those evaluated."""
    prompt_tokens: int
    completion_tokens: int
    tokens_per_success: float | None
    """Of all its episodes, failed ones included, for each strict success; None without a success."""
    sandbox_s_per_success: float | None
    """Likewise, summed wall time of programs in the sandbox."""
    wall_s: float | None
    """From start to end of its run, with so many workers; None where it was not measured whole."""
    wall_s_per_success: float | None
    run_id: str
    card: CardSummary | None
    """None where the model has none: nothing is known of its training data then."""
    seeds_check: str
    """What is known of whether it was trained on evaluated seeds."""


class Difference(Record):
    """Second minus first, on what both have decided."""

    first: float
    second: float
    difference: float
    low: float
    """95 % interval: percentile bootstrap over (task, seed) within tasks."""
    high: float
    n: int
    """Shared layouts: pairs of task and seed."""
    only_first: int
    """Layouts where the first did better."""
    only_second: int
    p_value: float
    """Two-sided, exact: McNemar's test with one sample a seed, the sign test of layouts with more."""


class Comparison(Record):
    """Two models, paired on shared layouts. Mean over tasks of the tasks' differences."""

    first: str
    second: str
    test: Literal["mcnemar_exact", "sign_exact"]
    strict: Difference
    paper: Difference
    groups: dict[Group, Difference]
    """Strict, of the training pool's tasks and of those outside it."""
    tasks: dict[str, Difference]
    """Strict; p values are not adjusted for their number."""
    failures: dict[Outcome, Difference]
    """Share of episodes that failed so."""
    unpaired: int
    """Layouts that only one of the two has decided; in no figure here."""


class Evaluation(Record):
    """All of it."""

    schema_version: Literal[1] = 1
    settings: EvalSettings
    models: tuple[ModelResult, ...]
    comparisons: tuple[Comparison, ...]
    task_digests: dict[str, str]
    groups: dict[Group, tuple[str, ...]]
    """Its tasks of the training pool, and those outside it."""
    created_at: str
    versions: dict[str, str]
    notes: tuple[str, ...]
    """What a reader of the figures must know."""

    def model(self, name: str) -> ModelResult:
        """The result of one model; KeyError with the names that exist otherwise."""
        for result in self.models:
            if result.name == name:
                return result
        raise KeyError(f"no model {name!r}; there are {', '.join(m.name for m in self.models)}")

    def comparison(self, first: str, second: str) -> Comparison:
        """The comparison of two models; KeyError with those that were made otherwise."""
        for found in self.comparisons:
            if (found.first, found.second) == (first, second):
                return found
        made = "; ".join(f"{c.first}, {c.second}" for c in self.comparisons) or "none"
        raise KeyError(f"{first!r} and {second!r} were not compared; these were: {made}")


class CurvePoint(Record):
    """One model's success after one round, for the learning curve."""

    round: int
    name: str
    """Which line it is on: `sft`, `dpo`."""
    success_strict: float
    ci_low: float
    ci_high: float
    n: int
