"""The whole comparison, with sandboxes that are pretended: what one of them spoils costs it alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import blazer
from blazer.eval.peers import PROMISES, PeerRow, containers, run_peers, trying
from blazer.eval.peers import run as comparison
from blazer.eval.peers.launch import Launch
from blazer.eval.peers.trying import Sandbox

DRIVERS = Path(blazer.__file__).parent / "eval" / "peers" / "drivers"
FAKE = """
import sys
sys.path.append({root!r})
from blazer.eval.peers.drivers.kit import Answer, Driver, main
from blazer.eval.peers import programs

class Box:
    def __init__(self, options):
        self.options = options
    def open(self):
        {open}
    def run(self, source):
        {run}
        if source == programs.LEAK_OUT:
            return Answer("fine", True, "FOUND ")
        if source in (programs.LEAK_IN, programs.NAME_IN):
            return Answer("fine", True, "planted")
        return Answer("fine", True, "hello begin end")
    def close(self):
        pass
    def containers(self):
        return []

main(Driver(Box, lambda: dict(version="1", reuses=True, time_limit=True, memory_limit=True,
                              deviations=["pretended"], remarks=[])))
"""


def pretended(name: str, *, opening: str = "pass", running: str = "pass") -> Sandbox:
    root = str(Path(blazer.__file__).parents[1])
    code = FAKE.format(root=root, open=opening, run=running)
    return Sandbox(name, Launch((sys.executable, "-c", code)))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEFTOVER_WAIT_S", "DEAD_WAIT_S", "LOOK_S"):
        monkeypatch.setattr(trying, name, 0.1)
    # No daemon is asked: there is no container in these tests.
    monkeypatch.setattr(containers, "_docker", lambda *arguments: None)


def compare(monkeypatch: pytest.MonkeyPatch, *boxes: Sandbox) -> tuple[PeerRow, ...]:
    monkeypatch.setattr(comparison, "sandboxes", lambda python: boxes)
    return run_peers(Path("unused"), 2)


def test_a_sandbox_that_answers_gets_every_figure_and_every_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = compare(monkeypatch, pretended("good"))
    assert row.measured and not row.reason and not row.faults
    assert row.cold_n == row.warm_n == 2
    figures = (row.cold_ms_p50, row.cold_ms_p95, row.warm_ms_p50, row.warm_ms_p95, row.teardown_ms_p50)
    assert all(figure is not None and figure >= 0 for figure in figures)
    assert row.programs_per_s is not None and row.programs_per_s > 0
    assert [promise.name for promise in row.promises] == list(PROMISES)
    assert row.deviations == ("pretended",)


def test_one_that_cannot_be_had_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Sandbox("missing", Launch(("/no/such/python",)))
    broken = pretended("broken", opening="raise RuntimeError('no image')")
    rows = compare(monkeypatch, missing, broken, pretended("good"))
    assert [row.name for row in rows] == ["missing", "broken", "good"]
    assert [row.measured for row in rows] == [False, False, True]
    assert "cannot be started" in rows[0].reason
    assert "no image" in rows[1].reason
    assert rows[0].cold_ms_p50 is None and not rows[0].promises


def test_a_start_that_fails_now_and_then_is_told_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    flag = tmp_path / "failed-before"
    opening = (
        f"import pathlib; p = pathlib.Path({str(flag)!r}); again = p.exists(); p.touch(); assert_(again)"
    )
    code = "def assert_(value):\n    if not value: raise RuntimeError('did not come up')\n"
    box = pretended("moody", opening=opening)
    box = box._replace(launch=Launch((*box.launch.command[:2], code + box.launch.command[2])))
    (row,) = compare(monkeypatch, box)
    assert row.measured and row.cold_n == 2
    assert row.faults == ("cold: 1 of 3 starts failed by its own rules",)


def test_a_sandbox_that_does_not_run_programs_gets_no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = compare(monkeypatch, pretended("liar", running="return Answer('fine', True, '')"))
    assert not row.measured
    assert "did not run a program that prints hello" in row.reason


def test_one_that_dies_of_one_program_keeps_its_other_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    dies = pretended("frail", running="assert source != programs.BAD_BYTES, 'died of it'")
    (row,) = compare(monkeypatch, dies)
    found = {promise.name: promise for promise in row.promises}
    assert found["bytes_survived"].kept is None
    assert "died of it" in found["bytes_survived"].seen
    assert found["flood_survived"].kept is True
    assert any("died of it" in fault for fault in row.faults)


def test_only_the_named_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "sandboxes", lambda python: (pretended("one"), pretended("two")))
    assert [row.name for row in run_peers(Path("unused"), 1, only=["TW"])] == ["two"]


def test_drivers_know_nothing_of_blazer_but_the_kit_and_the_programs() -> None:
    """They run where none of Blazer's own packages is installed."""
    allowed = {"blazer.eval.peers.drivers.kit", "blazer.eval.peers", "blazer.eval.peers.programs"}
    for path in DRIVERS.glob("*.py"):
        if path.stem == "blazer_tier":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            if module and module.startswith("blazer"):
                assert module in allowed or module.startswith("blazer.eval.peers.drivers."), path.name


def test_the_kit_loads_in_a_bare_interpreter() -> None:
    code = (
        f"import sys\nsys.path.append({str(Path(blazer.__file__).parents[1])!r})\n"
        "import blazer.eval.peers.drivers.kit\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_probes_are_python() -> None:
    from blazer.eval.peers import programs  # noqa: PLC0415

    sources = [
        value
        for name, value in vars(programs).items()
        if name.isupper() and name[0] != "_" and isinstance(value, str)
    ]
    assert len(sources) >= 9
    for source in (*sources, programs.promises([("127.0.0.1", 1)])):
        ast.parse(source)
