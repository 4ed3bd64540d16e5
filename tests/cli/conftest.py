"""Running commands as a user does: arguments in, exit code, stdout and stderr out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from blazer.cli.main import run
from blazer.core.outcomes import Outcome
from blazer.store.store import Store
from tests.sim.conftest import egl_or_skip, opengl_reason
from tests.store.builders import make_trace

__all__ = ["egl_or_skip", "opengl_reason"]  # fixtures for what is marked `egl`


class Answer(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout, which must be JSON and nothing else."""
        return json.loads(self.out)


Blazer = Callable[..., Answer]


@pytest.fixture
def blazer(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blazer:
    """Runs a command line in an empty directory."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Answer:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Answer(code, *capsys.readouterr())

    return call


@pytest.fixture
def filled(tmp_path: Path) -> str:
    """A store of two tasks, three outcomes, one repaired and one undecided episode."""
    path = tmp_path / "filled.sqlite"
    with Store.open(path) as store:
        store.begin_run("run-a", {"tasks": ["close_jar"]})
        store.add_traces(
            [
                make_trace(seed=0),
                make_trace(seed=1, outcome=Outcome.GOAL_NOT_MET),
                make_trace(seed=2, outcome=Outcome.GRASP_MISSED, is_final=False),
                make_trace(seed=2, attempt=1),
                make_trace("stack_blocks", 0, outcome=Outcome.INFRA_ERROR),
            ]
        )
    return str(path)
