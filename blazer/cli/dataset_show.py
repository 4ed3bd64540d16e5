"""`blazer dataset show`: rows of a data set as a person reads them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from blazer.cli.output import JSON_OPTION, out, print_json, say
from blazer.core.errors import UnknownNameError
from blazer.training.manifest import Manifest
from blazer.training.reading import read_manifest, read_rows
from blazer.training.rows import SPLITS, Chat, KtoRow, PairRow, RlRow, Row, SftRow, Split
from blazer.training.settings import Kind

NOT_SHOWN = frozenset({"prompt", "completion", "chosen", "rejected"})


def command(
    directory: Annotated[Path, typer.Argument(help="Directory of the data set.")],
    kind: Annotated[
        str | None, typer.Option("--kind", help="sft, dpo, kto or rl; the first by default.")
    ] = None,
    split: Annotated[str, typer.Option("--split", help="train, validation or held_out.")] = "train",
    task: Annotated[str, typer.Option("--task", help="Only this task.")] = "",
    number: Annotated[int, typer.Option("-n", "--n", min=1, help="How many rows.")] = 3,
    as_json: bool = JSON_OPTION,
) -> None:
    """Show rows of a data set."""
    manifest = read_manifest(directory)
    chosen_kind, chosen_split = _chosen(manifest, kind, split)
    tasks = manifest.counts[chosen_kind][chosen_split].tasks
    if task and task not in tasks:
        raise UnknownNameError("task", task, tasks)
    rows = read_rows(directory, manifest, chosen_kind, chosen_split)
    wanted = list(islice((row for row in rows if not task or row.task == task), number))
    if as_json:
        print_json(wanted)
        return
    for row in wanted:
        _print(out(), row)


def _chosen(manifest: Manifest, kind: str | None, split: str) -> tuple[Kind, Split]:
    kinds = list(manifest.counts)
    if kind is not None and kind not in kinds:
        raise UnknownNameError("kind of rows", kind, kinds)
    found = kinds[0] if kind is None else next(name for name in kinds if name == kind)
    splits = [name for name in SPLITS if name in manifest.counts[found]]
    if split not in splits:
        raise UnknownNameError("split", split, splits)
    return found, next(name for name in splits if name == split)


def _print(console: Console, row: Row) -> None:
    facts = {name: value for name, value in row.model_dump(mode="json").items() if name not in NOT_SHOWN}
    console.rule(f"{row.task} seed {row.seed}", align="left", style="cyan")
    say(console, "  ".join(f"{name}={value}" for name, value in facts.items()), style="dim")
    _chat(console, row.prompt)
    match row:
        case SftRow():
            _answer(console, "completion", row.completion, "green")
        case KtoRow():
            _answer(console, "desirable" if row.label else "undesirable", row.completion, _color(row.label))
        case PairRow():
            _answer(console, "chosen", row.chosen, "green")
            _answer(console, f"rejected ({row.rejected_outcome.value})", row.rejected, "red")
        case RlRow():
            say(console, f"{row.successes} of {row.attempts} answers were right", style="green")
    console.print()


def _color(good: bool) -> str:
    return "green" if good else "red"


def _chat(console: Console, chat: Chat) -> None:
    for message in chat:
        say(console, f"\n[{message.role}]", style="bold")
        say(console, message.content)


def _answer(console: Console, title: str, chat: Chat, style: str) -> None:
    say(console, f"\n[{title}]", style=f"bold {style}")
    say(console, chat[0].content)
