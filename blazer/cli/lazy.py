"""Command groups that know their commands by name and load one only when it is called.

Typer wants every command imported before it can print `--help`; the commands here import physics,
agents and SQL. A group therefore holds a table of modules with one line of help each, and imports
a module when its command is resolved. A module offers a function `command`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

CONTEXT_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Entry(NamedTuple):
    """One command.

    Attributes:
        module: Where its function `command` is.
        help: One line, as in that function's docstring.
        panel: Heading under which `--help` lists it.
    """

    module: str
    help: str
    panel: str = "Commands"


class Family(NamedTuple):
    """Several commands under one name."""

    entries: Mapping[str, Entry]
    help: str
    panel: str = "Commands"


class LazyGroup(TyperGroup):
    """A group whose commands are stand-ins until one is called."""

    table: Mapping[str, Entry | Family] = {}

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, entry in self.table.items():
            self.commands[name] = self._stand_in(name, entry)

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order of the table."""
        return list(self.table)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Load the command that is called, then go on as usual."""
        entry = self.table.get(args[0]) if args else None
        if isinstance(entry, Entry):
            self.commands[args[0]] = load(args[0], entry)
        return super().resolve_command(ctx, args)

    @staticmethod
    def _stand_in(name: str, entry: Entry | Family) -> Any:
        if isinstance(entry, Entry):
            return TyperCommand(name=name, help=entry.help, rich_help_panel=entry.panel)
        group = make_group(entry.entries)
        return group(name=name, help=entry.help, rich_help_panel=entry.panel, no_args_is_help=True)


def make_group(table: Mapping[str, Entry | Family] | Mapping[str, Entry]) -> type[LazyGroup]:
    """A group class for a table of commands."""
    return type("Group", (LazyGroup,), {"table": table})


def load(name: str, entry: Entry) -> Any:
    """Import a command's module and make it callable by Typer."""
    import_module("blazer.cli.logs").set_up()
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    function = import_module(entry.module).command
    app.command(name, context_settings=CONTEXT_SETTINGS)(function)
    command = typer.main.get_command(app)
    command.name = name
    return command
