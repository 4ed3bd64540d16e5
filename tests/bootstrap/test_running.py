"""Steps are done once, again when their inputs change, and again when they were killed; never otherwise."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from blazer.bootstrap.child import in_this_process, lock
from blazer.bootstrap.errors import WorkBusy, WorkChanged, WorkDamaged
from blazer.bootstrap.running import Event, EventKind, Pace, Ran, look, run_steps
from blazer.bootstrap.steps import BEGUN, DONE, FAILED, Begun, Done, Step, WorkDir, write_json
from blazer.core.records import Record
from tests.bootstrap.fakes import no_run, tries, word


@pytest.fixture
def place(tmp_path: Path) -> WorkDir:
    """An empty directory."""
    return WorkDir(tmp_path / "work")


def run(
    steps: Sequence[Step], place: WorkDir, events: list[Event] | None = None, *, redo: bool = False
) -> Ran:
    """All of them, here."""
    told = (events if events is not None else []).append
    return run_steps(steps, place, no_run, told, run=in_this_process, redo=redo)


def chain(place: WorkDir, first: str = "", second: str = "") -> list[Step]:
    """Three steps, each of which needs the one before, and one beside them."""
    return [
        word(place, "a", text=first),
        word(place, "b", ("a",), text=second),
        word(place, "c", ("b",)),
        word(place, "beside"),
    ]


def states(steps: Sequence[Step], place: WorkDir) -> list[str]:
    """Of all steps."""
    return [status.state for status in look(steps, place)]


def test_a_second_call_does_nothing(place: WorkDir) -> None:
    assert run(chain(place), place).fresh == ("a", "b", "c", "beside")
    again = run(chain(place), place)
    assert again.fresh == ()
    assert again.done["c"].made.facts["text"] == "a b c"
    assert [tries(place, name) for name in "abc"] == [1, 1, 1]


def test_what_changes_runs_what_is_downstream_of_it_and_nothing_else(place: WorkDir) -> None:
    run(chain(place), place)
    assert states(chain(place, second="B"), place) == ["done", "changed", "changed", "done"]
    with pytest.raises(WorkChanged, match="b, c; give the settings that they had"):
        run(chain(place, second="B"), place)
    assert states(chain(place), place) == ["done"] * 4, "nothing was thrown away"
    ran = run(chain(place, second="B"), place, redo=True)
    assert ran.fresh == ("b", "c")
    assert ran.done["c"].made.facts["text"] == "a B c"
    assert tries(place, "b") == 1, "what the other inputs made is gone"


def test_an_equal_result_of_other_inputs_repeats_nothing_after_it(place: WorkDir) -> None:
    def steps(text: str) -> list[Step]:
        first = word(place, "a", text=text)
        second = word(place, "b", ("a",))
        return [first, second]

    run(steps("same"), place)
    (place.out("a") / "text").unlink()
    assert states(steps("same"), place)[0] == "gone"
    assert run(steps("same"), place, redo=True).fresh == ("a",)


def test_a_moved_work_directory_is_still_done(place: WorkDir, tmp_path: Path) -> None:
    run(chain(place), place)
    other = WorkDir(tmp_path / "elsewhere")
    place.root.rename(other.root)
    assert states(chain(other), other) == ["done"] * 4


def test_a_failure_stops_what_needs_it_and_nothing_else(place: WorkDir) -> None:
    def steps(ending: str) -> list[Step]:
        return [word(place, "a", ending=ending), word(place, "b", ("a",)), word(place, "beside")]

    events: list[Event] = []
    ran = run(steps("refused"), place, events)
    assert set(ran.done) == {"beside"}
    assert "a is refused" in ran.failed["a"]
    assert ran.failed["b"] == "needs a"
    assert [event.step for event in events if event.kind is EventKind.FAIL] == ["a"]
    assert states(steps("made"), place) == ["failed", "to do", "done"]
    assert "refused" in place.failure("a")
    assert run(steps("made"), place).fresh == ("a", "b")
    assert not (place.step("a") / FAILED).exists()


def test_a_step_without_its_result_is_a_failure(place: WorkDir) -> None:
    ran = run([word(place, "a", ending="nothing")], place)
    assert "what it made is not there" in ran.failed["a"]
    assert place.done("a") is None


def test_a_full_disk_is_told_and_the_same_call_goes_on(
    place: WorkDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, value: Mapping[str, Any] | Record) -> None:
        if path.parent.name == "a":
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        write_json(path, value)

    with monkeypatch.context() as patched:
        patched.setattr("blazer.bootstrap.running.write_json", full)
        ran = run([word(place, "a"), word(place, "beside")], place)
    assert "No space left" in ran.failed["a"]
    assert ran.fresh == ("beside",)
    assert run([word(place, "a"), word(place, "beside")], place).fresh == ("a",)


def test_time_of_killed_tries_is_counted(place: WorkDir) -> None:
    step = word(place, "a")
    inputs = place.inputs(step.make({}), {})
    folder = place.step("a")
    write_json(folder / BEGUN, Begun(inputs=inputs, begun_at="then", tries=2, spent_s=100.0))
    (folder / "out").mkdir()
    (folder / "out" / "kept").touch()
    assert states([step], place) == ["begun"]
    done = run([step], place).done["a"]
    assert (done.tries, done.begun_at) == (3, "then")
    assert 100.0 <= done.wall_s < 110.0
    assert (folder / "out" / "kept").exists(), "an interrupted try goes on"
    assert not (folder / BEGUN).exists()


def test_a_try_with_other_inputs_is_cleared_away(place: WorkDir) -> None:
    folder = place.step("a")
    write_json(folder / BEGUN, Begun(inputs="other", begun_at="then", tries=2, spent_s=100.0))
    (folder / "out").mkdir()
    (folder / "out" / "kept").touch()
    done = run([word(place, "a")], place).done["a"]
    assert done.tries == 1
    assert done.wall_s < 10.0
    assert not (folder / "out" / "kept").exists()


def test_two_calls_never_work_in_one_place(place: WorkDir) -> None:
    with lock(place.root / "lock", "held"), pytest.raises(WorkBusy, match="another process works in"):
        run(chain(place), place)
    assert run(chain(place), place).fresh


def test_a_damaged_proof_is_named(place: WorkDir) -> None:
    run(chain(place), place)
    (place.step("b") / DONE).write_text("{")
    with pytest.raises(WorkDamaged, match=r"steps/b/done\.json cannot be read"):
        look(chain(place), place)


def test_progress_tells_of_the_step_and_of_everything(place: WorkDir) -> None:
    events: list[Event] = []
    run(chain(place), place, events)
    assert events[0].kind is EventKind.PLAN
    assert events[0].all_left_s == 40.0
    halves = [event for event in events if event.kind is EventKind.BEAT and event.text == "half"]
    assert [event.done for event in halves] == [0, 1, 2, 3]
    assert all(event.share == 0.5 for event in halves)
    assert all(event.total == 4 for event in events)
    assert halves[1].all_left_s < 20.0, "steps were far quicker than estimated, and that is learnt"


def test_pace_learns_by_kind() -> None:
    pace = Pace()
    assert pace.of("eval", 10.0) == 10.0
    pace.note("eval", 10.0, 30.0)
    pace.note("eval", 20.0, 30.0)
    assert pace.of("eval", 5.0) == 10.0
    assert pace.of("train", 5.0) == 5.0


# --- in processes of their own -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("refused", "a is refused"),
        ("killed", "ended by SIGKILL (often: the machine ran out of memory)"),
        ("crashed", "ZeroDivisionError: a crashed"),
    ],
)
def test_a_childs_death_is_told_and_the_next_step_goes_on(place: WorkDir, ending: str, words: str) -> None:
    ran = run_steps([word(place, "a", ending=ending), word(place, "b")], place, no_run)
    assert words in ran.failed["a"]
    assert set(ran.done) == {"b"}
    assert ran.done["b"].peak_gb > 0
    pid = int((place.out("b") / "tries").read_text())
    assert pid != os.getpid()


def test_kill_minus_nine_of_everything_leaves_no_orphan_and_the_same_call_goes_on(place: WorkDir) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom blazer.bootstrap.running import run_steps\n"
        "from blazer.bootstrap.steps import WorkDir\nfrom tests.bootstrap.fakes import no_run, word\n"
        "if __name__ == '__main__':\n"
        "    place = WorkDir(Path(sys.argv[1]))\n"
        "    run_steps([word(place, 'a'), word(place, 'b', ('a',), ending='slow')], place, no_run)\n"
    )
    path = place.root.parent / "main.py"
    path.write_text(script)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen([sys.executable, str(path), str(place.root)], env=environment)
    with process:
        try:
            _until(lambda: tries(place, "b") == 1)
        finally:
            process.kill()
    child = int((place.out("b") / "tries").read_text())
    _until(lambda: not Path(f"/proc/{child}").exists() or "Z" in _state(child))
    assert states([word(place, "a"), word(place, "b", ("a",))], place) == ["done", "begun"]
    ran = run([word(place, "a"), word(place, "b", ("a",))], place)
    assert ran.fresh == ("b",)
    assert ran.done["b"].tries == 2


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def _until(holds: object) -> None:
    assert callable(holds)
    end = time.monotonic() + 240
    while not holds():
        assert time.monotonic() < end, "never"
        time.sleep(0.05)


def test_a_proof_has_the_code_of_the_process_that_worked(
    place: WorkDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blazer.bootstrap.running.code_digest", lambda: "of the parent")
    code = run_steps([word(place, "a")], place, no_run).done["a"].code
    assert len(code) == 16, "files may have been edited since the parent began"


def test_what_is_interrupted_ends_its_child(place: WorkDir) -> None:
    def interrupt(event: Event) -> None:
        if event.kind is EventKind.BEAT:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_steps([word(place, "a", ending="slow")], place, no_run, interrupt)
    child = int((place.out("a") / "tries").read_text())
    assert not Path(f"/proc/{child}").exists()
    assert states([word(place, "a")], place) == ["begun"]


def test_proofs_say_what_a_step_ran_with(place: WorkDir) -> None:
    done = run([word(place, "a")], place).done["a"]
    assert isinstance(done, Done)
    assert done.versions["python"].startswith("3.")
    assert "cores" in done.machine
    assert Done.model_validate_json((place.step("a") / DONE).read_text()) == done
