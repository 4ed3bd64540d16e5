"""What the README says is what the code does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from blazer.agents.graph import mermaid
from blazer.cli.main import app
from blazer.sandbox.policy import check_program

README = (Path(__file__).parents[1] / "README.md").read_text()


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_graph_is_the_code_s_own() -> None:
    assert [block.strip() for block in blocks("mermaid")] == [mermaid().strip()]


@pytest.mark.parametrize("program", blocks("python"))
def test_programs_pass_the_policy(program: str) -> None:
    assert check_program(program).accepted


def test_the_sandbox_example_does_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = blocks("py")
    # The tier that every Linux machine has; nothing else is changed.
    exec(example.replace("inputs={", 'tier="process", inputs={'), {"__name__": "example"})
    assert capsys.readouterr().out == "completed [1, 4, 9]\n"


def _commands() -> list[list[str]]:
    joined = "\n".join(blocks("console")).replace("\\\n", " ")
    typed = [line[2:] for line in joined.splitlines() if line.startswith("$ blazer ")]
    typed += re.findall(r"`(blazer [^`]+)`", README)
    return [shlex.split(line, comments=True)[1:] for line in typed]


@pytest.mark.parametrize("words", _commands(), ids=" ".join)
def test_commands_and_their_options_exist(words: list[str]) -> None:
    command = typer.main.get_command(app)
    context = command.make_context("blazer", [], resilient_parsing=True)
    while hasattr(command, "resolve_command"):
        _, command, words = command.resolve_command(context, words)
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= known | {"--help"}


def test_pictures_exist() -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        assert (Path(__file__).parents[1] / picture).exists()
