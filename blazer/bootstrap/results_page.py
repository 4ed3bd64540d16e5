"""`results.md`: results in words, tables and pictures. Says what was missed and what was not run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from blazer.bootstrap.aims import Aim
from blazer.bootstrap.results import Ablation, AblationRow, Results
from blazer.bootstrap.study import Part
from blazer.eval.evaluation.document import Code, Picture, Section, Table
from blazer.eval.evaluation.result import Evaluation
from blazer.eval.evaluation.sections import (
    comparison_table,
    comparison_tasks_table,
    cost_table,
    failure_changes_table,
    failure_table,
    models_table,
    published_section,
    success_table,
)
from blazer.eval.evaluation.texts import NOTHING, difference_text, p_text, percent, points

TITLE = "Results"
NOT_THE_PROTOCOL = (
    "**Not the study's protocol** (100 held-out seeds of each of the training pool's nine tasks): the "
    "figures below are of this run, and say nothing of whether the project's aims are reached."
)
QUESTIONS: dict[Part, tuple[str, str]] = {
    "main": ("Main", ""),
    "share": (
        "How much data?",
        "SFT from the same base on the first share of the training rows, with as many optimizer steps as "
        "on all.",
    ),
    "size": (
        "How large a student?",
        "Several sizes, each with its own base and the same data; preferences left out.",
    ),
    "negatives": (
        "What do failures teach?",
        "Every row but that of SFT itself begins from the main SFT student. Rows without failures learn from "
        "the good answers of the same data: what they gain is not the failures' doing.",
    ),
    "rounds": (
        "One round or several?",
        "Later rounds collect on new seeds, and train from the base again on the traces of all rounds. One "
        "student has the teacher's answers on all these seeds in one round: what more seeds alone are worth.",
    ),
}


def lead_of(results: Results) -> str:
    """What this is."""
    missing = len(results.not_run)
    state = "" if results.complete else f" {missing} of its steps have no result yet: see the end."
    return (
        "Written by `blazer study report`; every figure is computed from the study's files. "
        "Success is strict: the task is done, everything is released and at rest, nothing else was moved. "
        "Brackets hold 95 % intervals over layouts; one without width says that all layouts agree. Every "
        "student was trained once: how much another training of it would differ is in no interval."
        f"{state}"
    )


def sections_of(
    results: Results,
    main: Evaluation | None,
    outside: Evaluation | None,
    pictures: dict[str, Path],
    command: str,
) -> list[Section]:
    """The whole page.

    Args:
        results: What to tell.
        main: On the pool's tasks.
        outside: On others.
        pictures: Name -> file.
        command: With which all was made.
    """
    sections = [_aims(results)]
    if main is not None:
        sections += _main(results, main, pictures)
    if outside is not None:
        sections.append(_outside(outside, pictures))
    sections += [_ablation(results, ablation, pictures) for ablation in results.ablations]
    sections.append(published_section())
    sections.append(_not_run(results))
    sections.append(_made(results, command))
    return sections


def _aims(results: Results) -> Section:
    if not results.aims:
        return Section("Aims", ("Nothing can be said yet: the main evaluation has not been run.",))
    rows = tuple(
        (aim.text, "reached" if aim.reached else "not reached", _measured(aim), _of(aim), aim.remark)
        for aim in results.aims
    )
    other = [] if all(aim.protocol for aim in results.aims) else [NOT_THE_PROTOCOL]
    unsure = [aim.name for aim in results.aims if aim.reached and not aim.sure]
    words = (
        "An aim counts as reached by the measured figure; n is what was measured, of what the protocol asks. "
        + (f"A miss cannot be excluded for: {', '.join(unsure)}." if unsure else "")
    ).strip()
    return Section("Aims", (*other, Table(("aim", "", "measured", "n", "remark"), rows, words=True), words))


def _of(aim: Aim) -> str:
    return str(aim.n) if aim.demanded == 1 else f"{aim.n} of {aim.demanded}"


def _measured(aim: Aim) -> str:
    unit = {"points": "points", "percent": "%", "minutes": "minutes"}[aim.unit]
    figure = f"{aim.measured:+.1f}" if aim.unit == "points" else f"{aim.measured:.1f}"
    interval = f" ({aim.low:.1f} to {aim.high:.1f})" if aim.low is not None and aim.high is not None else ""
    return f"{figure}{interval} {unit}"


def _main(results: Results, main: Evaluation, pictures: dict[str, Path]) -> list[Section]:
    settings = main.settings
    start, stop = settings.seeds
    shown = ", ".join(f"{name} {count}" for name, count in results.shown_failures.items()) or "none"
    return [
        Section(
            "Main comparison",
            (
                f"{len(settings.tasks)} tasks, {stop - start} held-out seeds each (from {start}), the same "
                f"layouts for every model, one program an episode{_repaired(main)}; students answer "
                "greedily.",
                success_table(main),
                *_picture(pictures, "main-success", "Strict success of every model on every task."),
                "Paired, on the layouts that both have decided (McNemar's exact test, bootstrap intervals):",
                comparison_table(main.comparisons),
                comparison_tasks_table(main.comparisons),
                "By RLBench's own conditions alone:",
                success_table(main, paper=True),
            ),
        ),
        Section(
            "Failures",
            (
                failure_table(main),
                *_picture(pictures, "main-failures", "How the episodes of every model ended."),
                f"Pairs in the preference data by how their rejected side failed: {shown}.{_pairs(results)}",
                "Differences in points, paired:",
                failure_changes_table(main.comparisons),
            ),
        ),
        Section("Cost of a verified episode", (cost_table(main),)),
        Section("Models", (models_table(main),)),
    ]


def _pairs(results: Results) -> str:
    found = results.preferences
    if found is None or not found.rows:
        return ""
    writers = ", ".join(f"{name} {count}" for name, count in found.writers.items())
    return (
        f" These are {found.rows:,} rows, of which {found.distinct:,} are distinct: the others are copies "
        f"that balance the tasks. By who wrote the chosen and who the rejected side: {writers}."
    )


def _repaired(main: Evaluation) -> str:
    names = [f"`{model.name}`" for model in main.models if model.repairs]
    return f" but for {', '.join(names)}" if names else ""


def _outside(outside: Evaluation, pictures: dict[str, Path]) -> Section:
    start, stop = outside.settings.seeds
    return Section(
        "Tasks outside the pool",
        (
            f"{len(outside.settings.tasks)} tasks that {_held(outside)}, {stop - start} seeds each.",
            success_table(outside),
            *_picture(pictures, "outside-success", "Strict success on tasks outside the pool."),
            comparison_table(outside.comparisons),
            failure_table(outside),
        ),
    )


def _writers(results: Results) -> str:
    """Who wrote the programs of later rounds, from the steps that collected them."""
    counts = {
        name: sum(step.kind == "collect" and step.name.startswith("round-") and step.name.endswith(name)
                  for step in results.manifest.steps)
        for name in ("-teacher", "-student")
    }  # fmt: skip
    if all(counts.values()):
        return "The student of the round before writes programs beside the teacher."
    return (
        "The student alone writes their programs." if counts["-student"] else "The teacher alone writes them."
    )


def _held(outside: Evaluation) -> str:
    """Whether students have met these tasks, which their own cards say."""
    met = sorted({task for model in outside.models for task, rates in model.tasks.items() if rates.trained})
    return f"are outside the pool (in the training of some student: {', '.join(met)})" if met else (
        "no student was trained on"
    )  # fmt: skip


def _ablation(results: Results, ablation: Ablation, pictures: dict[str, Path]) -> Section:
    title, words = QUESTIONS[ablation.part]
    if ablation.part == "rounds":
        words = f"{words} {_writers(results)}"
    columns = ("student", "strict", "n", "minus main SFT", "shown failures", "parameters", "rows", "steps")
    rows = tuple(_cells(row) for row in ablation.rows)
    note = (
        f"The first {ablation.seeds} held-out seeds of each task; differences in points, paired with the "
        "main SFT student on the same layouts. Shown failures: share of episodes that failed in a way that "
        "the preference data held, likewise."
    )
    text = f"Strict success: {title.lower()}"
    rewards = _rewards(ablation) if ablation.part == "negatives" else ()
    picture = _picture(pictures, ablation.part, text)
    return Section(title, (words, Table(columns, rows), *picture, note, *_controls(ablation), *rewards))


def _controls(ablation: Ablation) -> tuple[str | Table, ...]:
    """What failures taught beyond the good answers beside them: the two students paired with each other."""
    labels = {row.name: row.label for row in ablation.rows}
    rows = tuple(
        (
            row.label, labels[row.control], str(found.n), difference_text(found),
            str(found.only_second), str(found.only_first), p_text(found.p_value),
        )
        for row in ablation.rows
        if row.control is not None and (found := row.against_control) is not None
    )  # fmt: skip
    if not rows:
        return ()
    text = (
        "What failures taught beyond the good answers that stand beside them: each student paired with the "
        "one that had only those answers, at the same learning rate. No p is corrected for their number."
    )
    columns = ("student", "beside", "n", "difference in points", "better", "worse", "p")
    return text, Table(columns, rows)


def _rewards(ablation: Ablation) -> tuple[str | Table, ...]:
    """How the likelihood of the chosen answers moved: where it falls, long answers break."""
    names = sorted(
        {name for row in ablation.rows for name in row.metrics if "reward" in name or "logp" in name}
    )
    rows = tuple(
        (row.label, *(f"{row.metrics[name]:.2f}" if name in row.metrics else NOTHING for name in names))
        for row in ablation.rows
        if set(names) & set(row.metrics)
    )
    if not rows:
        return ()
    text = "As last reported in training; a reward is beta times the change of an answer's log-likelihood:"
    return text, Table(("student", *names), rows)


def _cells(row: AblationRow) -> tuple[str, ...]:
    return (
        row.label,
        f"{percent(row.success_strict)} ({percent(row.ci_low)}-{percent(row.ci_high)})",
        str(row.n),
        difference_text(row.against_sft) if row.against_sft else NOTHING,
        f"{points(row.shown_failures.difference)}" if row.shown_failures else NOTHING,
        f"{row.parameters:,}" if row.parameters else NOTHING,
        f"{row.rows:,}" if row.rows else NOTHING,
        f"{row.steps:,}" if row.steps else NOTHING,
    )


def _picture(pictures: dict[str, Path], name: str, text: str) -> Sequence[Picture]:
    return [Picture(pictures[name], text)] if name in pictures else []


def _not_run(results: Results) -> Section:
    if not results.not_run:
        return Section("Not run", ("Everything that the study plans was run.",))
    rows = tuple((item.part, item.step, item.reason) for item in results.not_run)
    return Section("Not run", (Table(("part", "step", "why"), rows, words=True),))


def _made(results: Results, command: str) -> Section:
    manifest = results.manifest
    parts = (
        ", ".join(f"{part} {wall / 60:.1f} min" for part, wall in manifest.wall_s.items()) or "nothing yet"
    )
    versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    rows = tuple(
        (
            step.part,
            step.name,
            step.kind,
            f"{step.wall_s / 60:.1f}",
            str(step.tries),
            f"{step.peak_gb:.1f}",
            step.digest[:16],
        )
        for step in manifest.steps
    )
    columns = ("part", "step", "kind", "minutes", "tries", "peak GB", "digest of what it made")
    mixed = [f"Not all steps ran with the same: {'; '.join(manifest.mixed)}."] if manifest.mixed else []
    machines = "; ".join(manifest.machines) or "no machine yet"
    return Section(
        "How it was made",
        (
            f"On {machines}. Wall time: {parts}. Versions: {versions}.",
            *mixed,
            Table(columns, rows, words=True),
            "Settings, inputs' digests and figures of each step are in `manifest.json` beside the pictures.",
            *_held_out(results),
            Code(command),
        ),
    )


def _held_out(results: Results) -> Sequence[str | Table]:
    found = results.manifest.held_out
    if not found:
        return ("No student has been trained yet, so there is no data to hold evaluated seeds.",)
    rows = tuple(
        (data.name, data.digest, str(data.seeds), _short(data.ranges), str(data.evaluated),
         ", ".join(data.students))
        for data in found
    )  # fmt: skip
    columns = ("data set", "digest", "seeds", "from, to", "evaluated", "in the lineage of")
    leaked = sum(data.evaluated + data.for_evaluation for data in found)
    words = (
        "none of them was evaluated, and none is of those kept for evaluation"
        if not leaked
        else f"**{leaked} of them were evaluated or are kept for evaluation**"
    )
    return (
        f"Seeds of every data set that a student was trained or validated on, from the students' own cards; "
        f"{words}. All seeds are listed in the manifest (`held_out`).",
        Table(columns, rows, words=True),
    )


def _short(ranges: str) -> str:
    first, last = ranges.split(", ")[0].split("-")[0], ranges.split(", ")[-1].split("-")[-1]
    return f"{first}, {last}"
