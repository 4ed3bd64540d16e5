"""What a report says of an evaluation, part by part. `document` writes it down.

Published figures are a section of their own; no table mixes them with ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from blazer.core.outcomes import OUTCOME_TABLE, Outcome
from blazer.eval.evaluation.document import Code, Part, Picture, Section, Table
from blazer.eval.evaluation.pictures import mean_rows, rates_of
from blazer.eval.evaluation.published import COLUMNS, MARK, PUBLISHED, SOURCE
from blazer.eval.evaluation.result import Comparison, CurvePoint, Evaluation, ModelResult
from blazer.eval.evaluation.settings import EvalModel
from blazer.eval.evaluation.texts import (
    NOTHING,
    amount,
    difference_text,
    p_text,
    paper_text,
    percent,
    strict_text,
)


def title_of(evaluation: Evaluation) -> str:
    """One line."""
    return f"Evaluation of {', '.join(model.name for model in evaluation.models)}"


def lead_of(evaluation: Evaluation) -> str:
    """What was done, in a few sentences."""
    settings = evaluation.settings
    start, stop = settings.seeds
    how = (
        "Language models answer greedily, one program a seed."
        if settings.samples == 1
        else f"{settings.samples} programs a seed, which language models draw at temperature "
        f"{settings.temperature:g}."
    )
    return (
        f"{len(settings.models)} models, {len(settings.tasks)} tasks, seeds {start} to {stop - 1} "
        f"({stop - start} layouts a task), the same for every model and held out from all training. {how} "
        "A success is strict when the task is done, everything is released and at rest, and nothing else was "
        "knocked over. Brackets hold 95 % intervals."
    )


def sections_of(evaluation: Evaluation, pictures: Sequence[Picture] = ()) -> list[Section]:
    """The whole report but its pictures' making.

    Args:
        evaluation: What to report.
        pictures: Those of `write_report`, put where they belong by the names of their files.
    """
    found = {picture.path.stem: picture for picture in pictures}
    curve = [found[name] for name in ("curve",) if name in found]
    sections = [_success(evaluation, found.get("success"))]
    if curve:
        sections.append(Section("Over rounds", tuple(curve)))
    if evaluation.settings.samples > 1:
        sections.append(Section("pass@k", (pass_table(evaluation), _AT_K)))
    if evaluation.comparisons:
        sections.append(_compared(evaluation))
    sections.append(_failures(evaluation, found.get("failures")))
    sections.append(Section("Cost of a verified episode", (cost_table(evaluation), _COST)))
    sections.append(Section("Models", (models_table(evaluation), _MODELS)))
    if "pool" in evaluation.groups:
        sections.append(published_section())
    sections.append(_about(evaluation))
    return sections


def success_table(evaluation: Evaluation, *, paper: bool = False) -> Table:
    """Success of every model on every task, means below."""
    text = paper_text if paper else strict_text
    tasks = [task for some in evaluation.groups.values() for task in some]
    lines = [(task, task) for task in tasks] + mean_rows(evaluation)
    rows = []
    for label, key in lines:
        found = [rates_of(model, key) for model in evaluation.models]
        rows.append((label, _range([rates.n for rates in found]), *(text(rates) for rates in found)))
    strong = frozenset(range(len(tasks), len(rows)))
    return Table(("task", "n", *(model.name for model in evaluation.models)), tuple(rows), strong)


def pass_table(evaluation: Evaluation) -> Table:
    """pass@k, mean over tasks."""
    ks = sorted({k for model in evaluation.models for k in model.pass_at})
    rows = [
        (model.name, *(percent(model.pass_at[k]) if k in model.pass_at else NOTHING for k in ks))
        for model in evaluation.models
    ]
    return Table(("model", *(f"pass@{k}" for k in ks)), tuple(rows))


def comparison_table(comparisons: Sequence[Comparison]) -> Table:
    """Differences of the means over tasks, with groups where there are both."""
    rows = []
    for found in comparisons:
        name = f"{found.second} minus {found.first}"
        lines = [("strict", found.strict), ("paper", found.paper)]
        if len(found.groups) > 1:
            lines += [(f"strict, {group}", difference) for group, difference in found.groups.items()]
        for measure, difference in lines:
            rows.append(
                (
                    name,
                    measure,
                    str(difference.n),
                    difference_text(difference),
                    str(difference.only_second),
                    str(difference.only_first),
                    p_text(difference.p_value),
                )
            )
    columns = ("compared", "success", "n", "difference in points", "second better", "first better", "p")
    return Table(columns, tuple(rows))


def comparison_tasks_table(comparisons: Sequence[Comparison]) -> Table:
    """Differences of strict success, task by task."""
    tasks = list(comparisons[0].tasks)
    columns = ("task", *(f"{c.second} minus {c.first}" for c in comparisons))
    rows = tuple((task, *(difference_text(c.tasks[task]) for c in comparisons)) for task in tasks)
    return Table(columns, rows)


def failure_table(evaluation: Evaluation) -> Table:
    """Shares of decided episodes by how they failed, with their number."""
    kinds = [kind for kind in OUTCOME_TABLE if any(kind in model.failures for model in evaluation.models)]
    rows = []
    for kind in kinds:
        cells = []
        for model in evaluation.models:
            count = model.failures.get(kind, 0)
            cells.append(f"{percent(count / model.n)} ({count})")
        rows.append((kind.value, *cells))
    return Table(("outcome", *(_named(model) for model in evaluation.models)), tuple(rows))


def failure_changes_table(comparisons: Sequence[Comparison]) -> Table:
    """Differences of the share of episodes that failed so, paired."""
    kinds = [kind for kind in OUTCOME_TABLE if any(kind in c.failures for c in comparisons)]
    columns = ("outcome", *(f"{c.second} minus {c.first}" for c in comparisons))
    rows = tuple(
        (
            kind.value,
            *(difference_text(c.failures[kind]) if kind in c.failures else "0.0" for c in comparisons),
        )
        for kind in kinds
    )
    return Table(columns, rows)


def cost_table(evaluation: Evaluation) -> Table:
    """Tokens and seconds for each strict success."""
    rows = [
        (
            model.name,
            amount(model.n - sum(model.failures.values())),
            amount(model.tokens_per_success),
            amount(model.completion_tokens / model.n),
            amount(model.sandbox_s_per_success, 2),
            amount(model.wall_s_per_success, 2),
            amount(model.wall_s),
        )
        for model in evaluation.models
    ]
    return Table(
        (
            "model",
            "strict successes",
            "tokens each",
            "tokens an answer",
            "sandbox s each",
            "wall s each",
            "wall s in all",
        ),
        tuple(rows),
    )


def models_table(evaluation: Evaluation) -> Table:
    """What each model is, and what is known of its training."""
    asked = {model.name: model for model in evaluation.settings.models}
    rows = [
        (model.name, model.spec, _asked(asked[model.name], model), _made(model), model.seeds_check)
        for model in evaluation.models
    ]
    columns = ("model", "spec", "asked", "trained", "evaluated seeds")
    return Table(columns, tuple(rows), words=True)


def published_section() -> Section:
    """The figures of the work that this follows, as its authors give them."""
    rows = tuple(
        (row.label, *(f"{value:.1f}" for value in row.percents), row.ours or NOTHING) for row in PUBLISHED
    )
    table = Table(("their task", *COLUMNS, "nearest here"), rows, frozenset({len(rows) - 1}))
    return Section(
        f"Published figures ({MARK})",
        (
            f"Success in percent, {MARK}. They are no measure of the models above, nor those of these. "
            "Which task here is nearest to which of theirs is our reading of their labels.",
            table,
            f"Source: {SOURCE}.",
        ),
    )


def curve_table(points: Sequence[CurvePoint]) -> Table:
    """Success over rounds."""
    rows = tuple(
        (
            str(point.round),
            point.name,
            f"{percent(point.success_strict)} ({percent(point.ci_low)}-{percent(point.ci_high)})",
            str(point.n),
        )
        for point in sorted(points, key=lambda point: (point.round, point.name))
    )
    return Table(("round", "model", "strict", "n"), rows)


def _success(evaluation: Evaluation, picture: Picture | None) -> Section:
    parts = [success_table(evaluation)]
    return Section(
        "Success",
        (
            "Strict success in percent; n counts the decided episodes of a model.",
            *parts,
            *([picture] if picture else []),
            "Success by RLBench's own conditions alone (`paper`), which do not ask what else was moved:",
            success_table(evaluation, paper=True),
        ),
    )


def _compared(evaluation: Evaluation) -> Section:
    comparisons = evaluation.comparisons
    test = (
        "McNemar's exact test"
        if all(c.test == "mcnemar_exact" for c in comparisons)
        else "exact sign test over layouts"
    )
    unpaired = [f"{c.first} and {c.second}: {c.unpaired}" for c in comparisons if c.unpaired]
    left = [f"Layouts that only one of two has decided, in no figure here: {'; '.join(unpaired)}."]
    return Section(
        "Paired comparison",
        (
            comparison_table(comparisons),
            "Both models on the same layouts; n counts them. The interval is a percentile bootstrap "
            f"({evaluation.settings.resamples:,} resamples) of layouts within each task; p is two-sided, "
            f"{test}, unadjusted for the number of comparisons. Strict success, task by task, in points:",
            comparison_tasks_table(comparisons),
            "An interval without width says that all layouts agree, not that nothing is uncertain.",
            *(left if unpaired else []),
        ),
    )


def _failures(evaluation: Evaluation, picture: Picture | None) -> Section:
    if not any(model.failures for model in evaluation.models):
        return Section("Failures", ("No episode failed.", *([picture] if picture else [])))
    meanings = {kind: OUTCOME_TABLE[kind].meaning for model in evaluation.models for kind in model.failures}
    explained = "; ".join(f"{kind.value}: {meanings[kind]}" for kind in Outcome if kind in meanings)
    changes: list[Part] = (
        ["Differences in points, paired:", failure_changes_table(evaluation.comparisons)]
        if evaluation.comparisons
        else []
    )
    return Section(
        "Failures",
        (
            "Share of decided episodes in percent, number in brackets.",
            failure_table(evaluation),
            *([picture] if picture else []),
            f"{explained}.",
            *changes,
        ),
    )


def _about(evaluation: Evaluation) -> Section:
    settings = evaluation.settings
    versions = ", ".join(f"{name} {version}" for name, version in evaluation.versions.items())
    lines = [
        "Rates count decided episodes; what the infrastructure failed is in none of them. Means are over "
        "tasks, each task alike. Intervals of rates are Wilson's"
        + (
            ", on the effective number of episodes (Rao and Scott 1992): samples of one layout are alike."
            if settings.samples > 1
            else "."
        )
    ]
    lines += evaluation.notes
    lines.append(f"Made {evaluation.created_at} with {versions}.")
    return Section("How it was measured", (*lines, Code(_command(evaluation))))


def _command(evaluation: Evaluation) -> str:
    settings = evaluation.settings
    words = ["blazer", "eval"]
    for model in settings.models:
        words += ["--model", f"{model.name}={model.spec}"]
    for model in settings.models:
        if model.repairs:
            words += ["--repairs", f"{model.name}={model.repairs}"]
    words += ["--tasks", ",".join(settings.tasks), "--seeds", f"{settings.seeds[0]}:{settings.seeds[1]}"]
    words += ["--samples", str(settings.samples), "--tier", settings.tier]
    for first, second in settings.compare:
        words += ["--compare", f"{first},{second}"]
    return " ".join(words)


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low}-{high}"


def _named(model: ModelResult) -> str:
    return f"{model.name} (n={model.n})"


def _asked(asked: EvalModel, model: ModelResult) -> str:
    style = asked.style or (model.card.style if model.card is not None else "full")
    many = "one repair" if model.repairs == 1 else f"up to {model.repairs} repairs"
    repairs = f", {many}" if model.repairs else ", one program"
    return f"prompt {style}{repairs}"


def _made(model: ModelResult) -> str:
    card = model.card
    if card is None:
        return "not trained" if model.spec == "scripted" else "not known"
    data = "; ".join(f"{item.name} {item.digest}: {item.rows} rows" for item in card.data) or "no data set"
    adapter = ", LoRA adapter" if card.adapter else ""
    return (
        f"{card.stage} from {_name_of(card.model)}{adapter}, {card.parameters:,} parameters, "
        f"{card.steps} steps in {card.wall_s:,.0f} s; {data}; weights {card.weights_digest[:16]}"
    )


def _name_of(model: str) -> str:
    """A directory that is called `out` says nothing: the one above it is named."""
    path = Path(model)
    return path.parent.name if path.name == "out" and path.parent.name else path.name


_AT_K = (
    "Chance that one of k programs is a strict success, mean over layouts and tasks; unbiased estimate of "
    "Chen et al., arXiv:2107.03374."
)
_COST = (
    "Everything that a model's episodes took, failed ones included, divided by its strict successes. Tokens: "
    "prompt and completion, as the model counts them (the built-in one by characters). Sandbox: wall time "
    "of programs, summed. Wall: from start to end of collecting, with the workers that were used; a dash "
    "where a call was not timed."
)
_MODELS = (
    "A model's seeds are checked by the `run.json` beside its weights, which names every data set before it."
)
