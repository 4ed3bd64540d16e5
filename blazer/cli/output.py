"""How commands answer: tables for people, pure JSON for programs, everything else on stderr."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Literal

import typer
from pydantic import BaseModel
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from blazer.core.errors import UsageError
from blazer.core.outcomes import OUTCOME_TABLE, Outcome
from blazer.core.records import Decision
from blazer.eval.summary import Rate

DEFAULT_STORE = "blazer-data/traces.sqlite"
PLAIN_WIDTH = 140
"""Columns where the output is no terminal: a pipe has no width, and cut cells help nobody."""

STORE_OPTION = typer.Option(
    DEFAULT_STORE, "--store", envvar="BLAZER_STORE", help="File path, or postgresql+psycopg:// URL."
)
JSON_OPTION = typer.Option(False, "--json", help="Print JSON on stdout.")


def _console(stream: IO[str]) -> Console:
    width = None if stream.isatty() or "COLUMNS" in os.environ else PLAIN_WIDTH
    return Console(file=stream, highlight=False, width=width, soft_wrap=False)


def out() -> Console:
    """The console for answers."""
    return _console(sys.stdout)


def err() -> Console:
    """The console for progress and remarks."""
    return _console(sys.stderr)


def print_json(value: Any) -> None:
    """Print a value, records included, as indented JSON on stdout.

    Raises:
        UsageError: if stdout takes nothing more, as a full disk does not.
    """
    text = json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False)
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # whoever reads has seen enough; that is no error
    except OSError as error:
        with contextlib.suppress(OSError):  # else the interpreter tries again at its end
            sys.stdout.close()
        raise UsageError(f"the answer cannot be written: {error.strerror}; give stdout room") from None


def plain(value: Any) -> Any:
    """Records, and what holds them, as plain JSON values."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def say(console: Console, text: str, style: str | None = None) -> None:
    """Print text as it is: no markup obeyed, no line broken, so that paths and commands stay whole."""
    console.print(text, style=style, markup=False, soft_wrap=True)


def displayed(text: str) -> str:
    """Text of a program as it can be shown: control characters, and those that turn the line about, escaped.

    What an untrusted program prints must not move the cursor, clear the screen or hide what follows.
    """
    return "".join(char if char in "\n\t" or not _controls(char) else f"\\x{ord(char):02x}" for char in text)


def _controls(char: str) -> bool:
    # Cc: C0 and C1; Cf: directions and joiners; Cs: lone surrogates; Zl and Zp: line ends of other kinds.
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def section(console: Console, title: str, body: Any) -> None:
    """Print something under a heading."""
    console.print(Rule(title, align="left", style="dim"))
    console.print(Padding(body, (0, 0, 1, 2)))


def program_name() -> str:
    """How to type `blazer` here: by its path where the shell would not find it."""
    if shutil.which("blazer") is not None:
        return "blazer"
    # Not resolved: a virtual environment's interpreter is a link to the system's.
    script = Path(sys.executable).absolute().with_name("blazer")
    if not script.exists():
        return "blazer"
    below = script.is_relative_to(Path.cwd())
    return shlex.quote(str(script.relative_to(Path.cwd()) if below else script))


def is_wide(console: Console) -> bool:
    """Whether tables may show what is only nice to have."""
    return console.width >= 118


def make_table(*columns: str, right: Sequence[str] = (), whole: Sequence[str] = ()) -> Table:
    """An empty table in the house style.

    Args:
        columns: Their headings.
        right: Those that hold numbers.
        whole: Those that are never cut: names and ids that are typed again.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        justify: Literal["left", "right"] = "right" if column in right else "left"
        overflow: Literal["fold", "ellipsis"] = "fold" if column in whole else "ellipsis"
        table.add_column(column, justify=justify, no_wrap=column in right, overflow=overflow)
    return table


def outcome_text(outcome: Outcome) -> Text:
    """The outcome in its colour."""
    if outcome is Outcome.SUCCESS:
        return Text(outcome.value, style="green")
    style = "red" if OUTCOME_TABLE[outcome].decided else "yellow"
    return Text(outcome.value, style=style)


def decision_text(decision: Decision) -> Text:
    """The decision in its colour."""
    styles = {Decision.PASS: "green", Decision.FAIL: "red", Decision.NONE: "yellow"}
    return Text(decision.value, style=styles[decision])


def rate_text(rate: Rate | None) -> str:
    """`57 % (39-73)`: rate with its Wilson 95 % interval; a dash of nothing."""
    if rate is None:
        return "-"
    return f"{percent(rate.rate)} % ({percent(rate.low)}-{percent(rate.high)})"


def percent(rate: float) -> str:
    """Whole percent; 100 and 0 only where nothing is missing."""
    return str(min(max(round(100 * rate), 1 if rate > 0 else 0), 99 if rate < 1 else 100))


def failures_text(failures: dict[Outcome, int]) -> str:
    """`goal_not_met 4, collision 2`, or a dash."""
    return ", ".join(f"{outcome.value} {count}" for outcome, count in failures.items()) or "-"
