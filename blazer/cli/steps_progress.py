"""Showing a plan of steps: one live line on a terminal, a line now and then elsewhere; a table before."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.live import Live
from rich.text import Text

from blazer.bootstrap.running import Event, EventKind
from blazer.bootstrap.steps import Status, WorkDir
from blazer.cli.output import make_table, say
from blazer.cli.progress import duration_text

PLAIN_INTERVAL_S = 30.0


class StepsProgress:
    """What is shown of a plan; `tell` takes events.

    Args:
        console: Where to show it; stderr's.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._line = ""
        self._said_s = 0.0

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show progress while the block runs."""
        if not self._console.is_terminal:
            yield
            return
        with Live(get_renderable=self._render, console=self._console, refresh_per_second=2, transient=True):
            yield

    def tell(self, event: Event) -> None:
        """Take an event into account."""
        match event.kind:
            case EventKind.PLAN:
                left = f", about {duration_text(event.all_left_s)} to go" if event.done < event.total else ""
                self._say(f"{event.text}{left}")
            case EventKind.BEGIN:
                self._say(self._text(event, "begins"))
            case EventKind.END:
                self._say(self._text(event, f"done in {event.text}"))
            case EventKind.FAIL:
                self._say(self._text(event, f"failed: {event.text}"), "red")
            case EventKind.BEAT:
                share = f"{100 * event.share:.0f} %, " if event.share >= 0 else ""
                self._line = self._text(event, f"{share}{event.text}")
                now = time.monotonic()
                if not self._console.is_terminal and now - self._said_s >= PLAIN_INTERVAL_S:
                    self._say(self._line)

    def _text(self, event: Event, what: str) -> str:
        step_left = f"; step {duration_text(event.step_left_s)}" if event.step_left_s >= 0 else ""
        left = f"{step_left}, all about {duration_text(event.all_left_s)} to go"
        return f"[{event.done}/{event.total}] {event.step}: {what}{left}"

    def _say(self, text: str, style: str | None = None) -> None:
        self._said_s = time.monotonic()
        self._line = text
        say(self._console, f"{datetime.now():%H:%M:%S} {text}", style=style)

    def _render(self) -> Text:
        return Text(self._line, overflow="fold")


def print_statuses(console: Console, statuses: Sequence[Status], place: WorkDir) -> None:
    """A table of the steps: what is done, what is left, and roughly how long it takes."""
    table = make_table("part", "step", "state", "took or takes", "needs", right=(), whole=("step",))
    left = 0.0
    for status in statuses:
        left += status.estimate_s
        time_text = (
            duration_text(status.done.wall_s) if status.done else f"about {duration_text(status.estimate_s)}"
        )
        style = {"done": "green", "failed": "red"}.get(status.state, "")
        needs = ", ".join(status.step.needs) or "-"
        table.add_row(status.step.part, status.step.name, Text(status.state, style=style), time_text, needs)
    console.print(table)
    for status in statuses:
        if status.state == "failed":
            say(console, f"{status.step.name} failed: {place.failure(status.step.name)}", style="red")
    done = sum(status.state == "done" for status in statuses)
    say(console, f"{done} of {len(statuses)} steps are done; about {duration_text(left)} to go")
