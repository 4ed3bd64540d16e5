"""What docs/sandbox.md says is what the code does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from blazer.cli.main import app
from blazer.core.outcomes import ENDING_TABLE
from blazer.sandbox.code import MAX_INPUT_BYTES
from blazer.sandbox.docker_config import SHM_MB, TMP_INODES, TMP_MB
from blazer.sandbox.guest import values, wire
from blazer.sandbox.guest.exports import MODULE_EXPORTS
from blazer.sandbox.guest.policy_names import MAX_FINDINGS
from blazer.sandbox.limits import Limits
from blazer.sandbox.pool import LEASE_S
from blazer.sandbox.session import TRIES

PAGE = (Path(__file__).parents[1] / "docs" / "sandbox.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    part = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = part[part.index("\n| ") :].strip().split("\n\n", 1)[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_every_ending_is_there_with_its_meaning() -> None:
    assert rows("Endings") == [[f"`{ending.value}`", meaning] for ending, meaning in ENDING_TABLE.items()]


def test_every_limit_is_there_with_its_default() -> None:
    expected = [[f"`{name}`", f"{field.default:g}"] for name, field in Limits.model_fields.items()]
    assert [row[:2] for row in rows("Limits")] == expected


def test_the_fixed_caps_are_the_code_s() -> None:
    wanted = {
        "a line of the channel": f"{wire.MAX_LINE_BYTES // 1024} KB, {wire.MAX_DEPTH} levels deep",
        "a program's `result`": (
            f"{values.MAX_BYTES // 1024} KB as JSON, {values.MAX_DEPTH} levels deep, {values.MAX_ITEMS} items"
        ),
        "`inputs`": f"{MAX_INPUT_BYTES // 1024**2} MB as JSON",
        "findings told at once": str(MAX_FINDINGS),
        "`/dev/shm` of a container": f"{SHM_MB} MB",
        "a waiting guest's lease": f"{LEASE_S:g} s",
        "tries after an infrastructure failure": str(TRIES),
    }
    found = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE))
    assert {name: found.get(name) for name in wanted} == wanted
    assert found["`/tmp` of a container"].startswith(f"{TMP_MB} MB, {TMP_INODES} entries;")


def test_every_module_is_named() -> None:
    named = re.search(r"harmless parts of\n(.*?)\.\n", PAGE, re.DOTALL)
    assert named is not None
    assert re.findall(r"`(\w+)`", named.group(1)) == sorted(m for m in MODULE_EXPORTS if "." not in m)


def test_the_example_does_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    example = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    # The tier that every Linux machine has; nothing else is changed.
    exec(compile(example.replace('"docker"', '"process"'), "example", "exec"), {"__name__": "example"})
    assert capsys.readouterr().out == "completed 14\n"


def _commands() -> list[list[str]]:
    typed = re.findall(r"^\$ (blazer .*)$", PAGE, re.MULTILINE) + re.findall(r"`(blazer [^`]+)`", PAGE)
    return [shlex.split(line, comments=True)[1:] for line in typed]


@pytest.mark.parametrize("words", _commands(), ids=" ".join)
def test_commands_and_their_options_exist(words: list[str]) -> None:
    command = typer.main.get_command(app)
    context = command.make_context("blazer", [], resilient_parsing=True)
    while hasattr(command, "resolve_command"):
        _, command, words = command.resolve_command(context, words)
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= known | {"--help"}
