"""A run's summary for people: success per task, failures, cost."""

from __future__ import annotations

from rich.console import Console

from blazer.cli.output import failures_text, is_wide, make_table, rate_text
from blazer.eval.summary import RunSummary, TaskSummary


def print_summary(console: Console, summary: RunSummary) -> None:
    """Print rates per task with Wilson 95 % intervals, then the mix of failures and the cost."""
    numbers = ("n", "strict", "paper", "unrepaired")
    wide = is_wide(console)
    table = make_table("task", *numbers, *(["failures"] if wide else []), right=numbers)
    for item in summary.tasks:
        table.add_row(*_cells(item, wide=wide))
    if len(summary.tasks) > 1:
        table.add_section()
        table.add_row(*_cells(summary.overall, wide=False), style="bold")
    console.print(table)
    console.print(
        "Success in decided episodes with Wilson 95 % interval; unrepaired: strict, first attempts."
    )
    console.print(f"Failures: {failures_text(summary.overall.failures)}")
    if summary.overall.undecided:
        console.print(
            f"{summary.overall.undecided} undecided (infrastructure errors, cancelled), in no rate; "
            "the same command tries them again",
            style="yellow",
        )
    print_cost(console, summary)


def print_cost(console: Console, summary: RunSummary) -> None:
    """Print what the attempts took."""
    tokens = summary.prompt_tokens + summary.completion_tokens
    console.print(
        f"{summary.attempts} attempts, {tokens:,} tokens ({summary.prompt_tokens:,} prompt, "
        f"{summary.completion_tokens:,} completion), {cost_text(summary.cost_usd)}"
    )


def cost_text(cost_usd: float | None) -> str:
    """`$0.12`, or that nobody knows."""
    return "cost unknown (no --price)" if cost_usd is None else f"${cost_usd:.2f}"


def _cells(item: TaskSummary, *, wide: bool) -> list[str]:
    rates = [rate_text(rate) for rate in (item.strict, item.paper, item.strict_first)]
    return [item.task, str(item.episodes), *rates, *([failures_text(item.failures)] if wide else [])]
