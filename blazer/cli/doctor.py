"""`blazer doctor`: what is here, what is missing, how to get it."""

from __future__ import annotations

import typer
from rich.text import Text

from blazer.cli.health import Status, examine
from blazer.cli.output import JSON_OPTION, STORE_OPTION, make_table, out, print_json

_STYLES = {Status.OK: "green", Status.MISSING: "yellow", Status.BROKEN: "red"}


def command(store: str = STORE_OPTION, as_json: bool = JSON_OPTION) -> None:
    """What is here, what is missing, how to get it.

    Ends with 1 if something is broken; what is merely missing is optional.
    """
    findings = examine(store)
    if as_json:
        print_json(findings)
    else:
        table = make_table("", "", "")
        table.show_header = False
        for item in findings:
            detail = Text(item.detail)
            if item.remedy:
                detail.append(f"\n-> {item.remedy}", style="cyan")
            table.add_row(Text(item.status.value, style=_STYLES[item.status]), item.name, detail)
        out().print(table)
    if any(item.status is Status.BROKEN for item in findings):
        raise typer.Exit(1)
