"""What is shown while a run goes on."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from blazer.agents.collect import CollectEvent, EventKind
from blazer.cli.output import percent, rate_text
from blazer.cli.progress import Progress, duration_text
from blazer.core.outcomes import Outcome
from blazer.core.records import Usage
from blazer.eval.summary import rate_of


def _event(kind: EventKind, done: int = 0, outcome: Outcome | None = None, **fields: object) -> CollectEvent:
    task = "close_jar" if outcome else ""
    return CollectEvent(kind=kind, run_id="r", total=4, done=done, task=task, outcome=outcome, **fields)  # type: ignore[arg-type]


def _show(*events: CollectEvent, terminal: bool = False, before: tuple[tuple[str, Outcome], ...] = ()) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=100, color_system=None)
    progress = Progress(console, ["close_jar", "put_block"], before)
    with progress.shown():
        for event in events:
            progress.tell(event)
    return stream.getvalue()


def test_a_pipe_gets_few_plain_lines() -> None:
    shown = _show(
        _event(EventKind.BEGIN),
        *(_event(EventKind.EPISODE, done, Outcome.SUCCESS) for done in (1, 2, 3)),
        _event(EventKind.RETRY, 3, note="the world crashed"),
        _event(EventKind.EPISODE, 4, Outcome.TIMEOUT, usage=Usage(calls=8, prompt_tokens=900, cost_usd=0.5)),
        _event(EventKind.END, 4),
    )
    lines = shown.splitlines()
    assert lines[0] == "run r: 4 episodes, 0 complete before"
    assert any("the world crashed" in line for line in lines)
    assert lines[-1].startswith("4/4 episodes  3 of 4 succeeded")
    assert "900 tokens" in lines[-1] and "$0.50" in lines[-1]
    assert len(lines) <= 4 and "\x1b" not in shown


def test_a_terminal_gets_a_table_of_task_and_outcome() -> None:
    shown = _show(_event(EventKind.BEGIN), _event(EventKind.EPISODE, 1, Outcome.GRASP_MISSED), terminal=True)
    assert "close_jar" in shown and "put_block" in shown and "grasp" in shown


def test_what_was_complete_before_is_counted_in() -> None:
    stream = io.StringIO()
    progress = Progress(Console(file=stream), ["close_jar"], [("close_jar", Outcome.SUCCESS)])
    progress.tell(_event(EventKind.EPISODE, 2, Outcome.TIMEOUT))
    assert progress.line().startswith("2/4 episodes  1 of 2 succeeded")


def test_waiting_for_a_batch_is_said_and_not_in_the_time_left() -> None:
    progress = Progress(Console(file=io.StringIO()), ["close_jar"])
    for event in (_event(EventKind.BEGIN), *[_event(EventKind.PENDING)] * 3):
        progress.tell(event)
    assert "3 wait for a batch" in progress.line()


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations_read_well(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_rates_never_round_to_certainty() -> None:
    assert rate_text(rate_of([True] * 299 + [False])) == "99 % (98-99)"
    assert percent(1.0) == "100" and percent(0.0) == "0" and percent(0.001) == "1"
    assert rate_text(None) == "-"
