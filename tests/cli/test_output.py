"""How commands name themselves in what they advise to type."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from blazer.cli.output import program_name


def test_on_the_path_the_name_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = tmp_path / "blazer"
    installed.write_text("#!/bin/sh\n")
    installed.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program_name() == "blazer"


def test_off_the_path_what_is_advised_can_be_typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    there = tmp_path / "a place" / "bin"
    there.mkdir(parents=True)
    (there / "python").symlink_to(sys.executable)
    script = there / "blazer"
    script.write_text("#!/bin/sh\necho it runs\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(there / "python"))
    monkeypatch.setenv("PATH", "/nonexistent")
    for where in (tmp_path, tmp_path / "a place", there / "..", Path("/usr")):
        monkeypatch.chdir(where)
        done = subprocess.run(["/bin/sh", "-c", program_name()], capture_output=True, text=True, check=True)
        assert done.stdout == "it runs\n"
    monkeypatch.chdir(tmp_path)
    assert program_name() == "'a place/bin/blazer'"


def test_an_answer_that_finds_no_room_is_one_line_on_stderr() -> None:
    command = [sys.executable, "-m", "blazer.cli.main", "tasks", "--json"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "error: the answer cannot be written: No space left on device; give stdout room\n"


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"{sys.executable} -m blazer.cli.main tasks --json | head -n 1"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[\n", "")
