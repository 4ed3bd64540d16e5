"""Showing a run while it goes on: a live table on a terminal, a line now and then elsewhere.

Only looks at events; what the run came to is read from the store afterwards.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from blazer.agents.collect import CollectEvent, EventKind
from blazer.cli.output import make_table, say
from blazer.core.outcomes import OUTCOME_TABLE, Outcome

PLAIN_INTERVAL_S = 5.0
_WINDOW = 200
SHORT = {
    Outcome.SUCCESS: "success",
    Outcome.GOAL_NOT_MET: "goal",
    Outcome.COLLISION: "collis.",
    Outcome.UNREACHABLE: "reach",
    Outcome.GRASP_MISSED: "grasp",
    Outcome.PROGRAM_ERROR: "program",
    Outcome.SKILL_MISUSE: "misuse",
    Outcome.POLICY_REJECTED: "policy",
    Outcome.FORMAT_FAULT: "format",
    Outcome.TIMEOUT: "timeout",
    Outcome.RESOURCE_LIMIT: "limits",
    Outcome.INFRA_ERROR: "infra",
    Outcome.CANCELLED: "cancel.",
}


class Progress:
    """The state of what is shown; `tell` takes events.

    Args:
        console: Where to show it; stderr's.
        tasks: In the order of the table.
        before: Episodes that were complete when the run went on.
    """

    def __init__(
        self, console: Console, tasks: Sequence[str], before: Iterable[tuple[str, Outcome]] = ()
    ) -> None:
        self._console = console
        self._counts: dict[str, Counter[Outcome]] = {task: Counter() for task in tasks}
        for task, outcome in before:
            self._counts.setdefault(task, Counter())[outcome] += 1
        self._last: CollectEvent | None = None
        self._ends: deque[float] = deque(maxlen=_WINDOW)
        self._notes: deque[str] = deque(maxlen=3)
        self._pending = 0
        self._begun_s = time.monotonic()
        self._said_s = 0.0

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show progress while the block runs."""
        if not self._console.is_terminal:
            yield
            return
        with Live(get_renderable=self._render, console=self._console, refresh_per_second=6, transient=True):
            yield

    def tell(self, event: CollectEvent) -> None:
        """Take an event into account."""
        self._last = event
        if event.kind is EventKind.EPISODE and event.outcome is not None:
            self._counts.setdefault(event.task, Counter())[event.outcome] += 1
            self._ends.append(time.monotonic())
        elif event.kind is EventKind.RETRY:
            self._notes.append(f"trying {event.task} seed {event.seed} again: {event.note}")
        elif event.kind is EventKind.PENDING:
            self._pending += 1
        if not self._console.is_terminal:
            self._say(event)

    # -- figures --------------------------------------------------------------------------------
    def rate_per_s(self) -> float:
        """Episodes a second, of the latest ones."""
        if len(self._ends) < 2:
            return 0.0
        start = self._begun_s if len(self._ends) < _WINDOW else self._ends[0]
        return len(self._ends) / max(self._ends[-1] - start, 1e-6)

    def line(self) -> str:
        """Everything in one line."""
        event = self._last
        if event is None:
            return "starting"
        successes = sum(counts[Outcome.SUCCESS] for counts in self._counts.values())
        ended = sum(counts.total() for counts in self._counts.values())
        parts = [f"{event.done}/{event.total} episodes", f"{successes} of {ended} succeeded"]
        rate = self.rate_per_s()
        if rate > 0:
            left = max(event.total - event.done - self._pending, 0)
            parts += [f"{rate:.1f} episodes/s", f"{duration_text(left / rate)} left"]
        if self._pending:
            parts.append(f"{self._pending} wait for a batch")
        tokens = event.usage.prompt_tokens + event.usage.completion_tokens
        if tokens:
            parts.append(f"{tokens:,} tokens")
        if event.usage.cost_usd and not event.usage.unpriced_calls:
            parts.append(f"${event.usage.cost_usd:.2f}")
        return "  ".join(parts)

    def _say(self, event: CollectEvent) -> None:
        now = time.monotonic()
        if event.kind is EventKind.RETRY:
            say(self._console, self._notes[-1])
        elif event.kind is EventKind.BEGIN:
            text = f"run {event.run_id}: {event.total} episodes, {event.done} complete before"
            say(self._console, text)
        elif event.kind is EventKind.EPISODE and (
            event.done == event.total or now - self._said_s >= PLAIN_INTERVAL_S
        ):
            self._said_s = now
            say(self._console, self.line())

    # -- the live table -------------------------------------------------------------------------
    def _render(self) -> Group:
        parts: list[Table | Text] = [self._table()]
        if self._last is not None:
            bar = Table.grid()  # a bare bar does not end its line
            width = min(self._console.width, 80)
            bar.add_row(ProgressBar(total=max(self._last.total, 1), completed=self._last.done, width=width))
            parts.append(bar)
        parts.append(Text(self.line(), overflow="fold"))
        parts += [Text(note, style="yellow") for note in self._notes]
        return Group(*parts)

    def _table(self) -> Table:
        seen = [outcome for outcome in Outcome if any(counts[outcome] for counts in self._counts.values())]
        names = [SHORT[outcome] for outcome in seen]
        table = make_table("task", "done", *names, right=("done", *names))
        for task, counts in self._counts.items():
            cells = [Text(str(counts[outcome] or ""), style=_style(outcome)) for outcome in seen]
            table.add_row(task, str(counts.total() or ""), *cells)
        return table


def _style(outcome: Outcome) -> str:
    if outcome is Outcome.SUCCESS:
        return "green"
    return "red" if OUTCOME_TABLE[outcome].decided else "yellow"


def duration_text(seconds: float) -> str:
    """`42 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
