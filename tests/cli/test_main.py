"""The table of commands, one line for every error, exit codes."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest

from blazer.agents.errors import ModelRefused, ModelUnavailable
from blazer.cli.lazy import Entry, Family
from blazer.cli.main import COMMANDS, exit_code_of
from blazer.core.errors import BlazerError, ConfigError, UnknownNameError
from blazer.sandbox.errors import SandboxUnavailable, WorldCrashed
from blazer.store.errors import StoreCorrupt, StoreFull, StoreReadOnly, StoreVersionError
from tests.cli.conftest import Blazer


def _entries() -> Iterator[tuple[str, Entry]]:
    for name, entry in COMMANDS.items():
        if isinstance(entry, Family):
            yield from ((f"{name} {inner}", item) for inner, item in entry.entries.items())
        else:
            yield name, entry


ENTRIES = dict(_entries())


@pytest.mark.parametrize("name", ENTRIES)
def test_every_command_loads_and_says_what_the_table_says(name: str, blazer: Blazer) -> None:
    entry = ENTRIES[name]
    function = import_module(entry.module).command
    assert (inspect.getdoc(function) or "").splitlines()[0] == entry.help
    answer = blazer(*name.split(), "--help")
    assert answer.code == 0
    assert " ".join(entry.help.split()[:3]) in " ".join(answer.out.split())


def test_no_two_commands_share_a_file() -> None:
    modules = [entry.module for entry in ENTRIES.values()]
    assert len(set(modules)) == len(modules)


def test_help_loads_no_command() -> None:
    code = (
        "import sys\nfrom blazer.cli.main import run\nrun(['--help'])\nrun(['traces', '--help'])\n"
        "loaded = [m for m in sys.modules if m.startswith('blazer.') and m not in "
        "('blazer.version', 'blazer.core', 'blazer.core.errors', 'blazer.cli', 'blazer.cli.main', "
        "'blazer.cli.lazy')]\n"
        "sys.exit(repr(loaded) if loaded else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_bare_blazer_shows_help(blazer: Blazer) -> None:
    answer = blazer()
    assert answer.code == 2
    assert "collect" in answer.out + answer.err


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["collekt"], "collect"),
        (["traces", "shwo"], "show"),
        (["collect", "--sedes", "0:2"], "--seeds"),
        (["traces", "show"], "TRACE_ID"),
        (["collect", "--samples", "many"], "valid integer"),
        (["replay"], "TRACE_ID"),
    ],
)
def test_a_mistyped_line_is_one_line_and_exit_2(arguments: list[str], hint: str, blazer: Blazer) -> None:
    answer = blazer(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("error: ") and answer.err.count("\n") == 1
    assert hint.lower() in answer.err.lower()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("x"), 2),
        (UnknownNameError("task", "x", ["y"]), 2),
        (ModelUnavailable("x"), 2),
        (ModelRefused("x"), 2),
        (SandboxUnavailable("x"), 2),
        (StoreVersionError("x"), 2),
        (StoreCorrupt("x"), 2),
        (StoreFull("x"), 2),
        (StoreReadOnly("x"), 2),
        (WorldCrashed("x"), 1),
        (BlazerError("x"), 1),
    ],
)
def test_exit_codes_tell_who_can_put_it_right(error: BlazerError, code: int) -> None:
    assert exit_code_of(error) == code


def test_debugging_shows_where_an_error_comes_from(blazer: Blazer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLAZER_DEBUG", "1")
    with pytest.raises(UnknownNameError):
        blazer("tasks", "no_such_task")


def test_ctrl_c_is_130_and_no_traceback(blazer: Blazer, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("blazer.cli.tasks.find_task", interrupt)
    answer = blazer("tasks", "close_jar")
    assert answer.code == 130
    assert "Traceback" not in answer.err


def test_a_pipe_that_closes_early_is_no_error_text(filled: str) -> None:
    command = f"{sys.executable} -m blazer.cli.main traces list --json --store {filled} | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "[\n"
    assert "Traceback" not in done.stderr
