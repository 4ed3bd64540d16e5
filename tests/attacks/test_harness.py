"""The harness itself: every alarm goes off, every header is checked, and a file dropped in is found."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from blazer.core.outcomes import Ending, Outcome
from blazer.core.records import Captured, Decision, Execution, Fault, SeedResult, Verdict
from blazer.sandbox.episode import Episode
from blazer.sandbox.sandbox import Sandbox
from tests.attacks.canaries import ENVIRONMENT, Canaries
from tests.attacks.conftest import PATIENT, QUICK, in_module_loop
from tests.attacks.harness import Range, _Namespaces, judged
from tests.attacks.programs import BadHeader, Hostile, load_program, load_programs

HEADER = "# tries: nothing\n# full: completed\n# raw: completed\n# policy: accepted\n"


def drop(directory: Path, text: str, name: str = "tamper_dropped.py") -> Hostile:
    path = directory / name
    path.write_text(text)
    return load_program(path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("print(1)\n", "no line '# tries: ...'"),
        (HEADER.replace("# raw: completed\n", ""), "no line '# raw: ...'"),
        (
            HEADER.replace("# full: completed", "# full: finished"),
            "'# full: finished' is no ending; there are",
        ),
        (HEADER.replace("# raw: completed", "# raw: any completed"), "'# raw: any' is no ending"),
        (HEADER.replace("# raw: completed", "# raw: infrastructure"), "our failure"),
        (HEADER.replace("# policy: accepted", "# policy: maybe"), "refused or accepted"),
        (HEADER.replace("# policy: accepted", "# policy: refused"), "go together"),
        (HEADER.replace("# full: completed", "# full: refused"), "go together"),
        (HEADER + "# full: raised\n", "two lines '# full:'"),
        (HEADER + "# needs: robot\n", "seed or world"),
    ],
)
def test_a_wrong_header_is_refused_by_the_files_name(text: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "tamper_dropped.py").write_text(text)
    with pytest.raises(BadHeader, match="tamper_dropped") as caught:
        load_programs(tmp_path)
    assert why in str(caught.value)


@pytest.mark.parametrize("name", ["dropped.py", "evil_dropped.py", "tamper.py"])
def test_a_name_outside_the_groups_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(HEADER)
    with pytest.raises(BadHeader, match="groups are static, resource, isolation, tamper, misuse"):
        load_programs(tmp_path)


@in_module_loop
async def test_a_file_dropped_in_is_run(tmp_path: Path, canaries: Canaries) -> None:
    (tmp_path / "resource_new.py").write_text(
        HEADER.replace("completed", "time_out") + "while True:\n    pass\n"
    )
    (tmp_path / "tamper_new.py").write_text(HEADER + "print('ESC' + 'APED')\n")
    (tmp_path / "static_new.py").write_text(HEADER + "print('REACHED')\n")
    (tmp_path / "misuse_wrong_ending.py").write_text(HEADER + "1 / 0\n")
    (tmp_path / "misuse_success.py").write_text(HEADER + "pick('thing0')\nplace_on('thing0')\n")
    limits = QUICK.model_copy(update={"wall_s": 0.5})
    async with (
        Sandbox("process", backend="fake", limits=limits, workers=1) as sandbox,
        Sandbox("process", backend="fake", limits=PATIENT, workers=1) as patient,
    ):
        place = Range(sandbox, patient, canaries)
        by_name = {program.name: program for program in load_programs(tmp_path)}
        assert len(by_name) == 5
        assert await place.fire(by_name["resource_new"], policy=True) == []
        assert await place.fire(by_name["resource_new"], policy=False) == []
        assert await place.fire(by_name["tamper_new"], policy=False) == ["it got out of its guest (None)"]
        assert await place.fire(by_name["static_new"], policy=True) == ["it got past the policy (None)"]
        assert await place.fire(by_name["static_new"], policy=False) == []
        wrong = await place.fire(by_name["misuse_wrong_ending"], policy=True)
        assert wrong and "ended as raised, expected was completed" in wrong[0]
        assert await place.fire(by_name["misuse_success"], policy=True) == ["it counts as a success (None)"]
        assert await place.check(by_name["misuse_success"]) == []
        refused = drop(tmp_path, HEADER.replace("# full: completed", "# full: raised") + "import os\n")
        assert "accepted=False" in (await place.check(refused))[0]
    assert await place.left() == []


EPISODE = Episode(
    execution=Execution(outcome=Outcome.GOAL_NOT_MET, ending=Ending.COMPLETED),
    verdict=Verdict(paper=Decision.FAIL, strict=Decision.FAIL),
)


def changed(**fields: object) -> Episode:
    return EPISODE.model_copy(update={"execution": EPISODE.execution.model_copy(update=fields)})


@pytest.mark.parametrize(
    ("episode", "why"),
    [
        (changed(outcome=Outcome.SUCCESS), "counts as a success"),
        (changed(ending=Ending.INFRASTRUCTURE), "our failure"),
        (changed(ending=None), "our failure"),
        (changed(ending=Ending.CRASHED), "ended as crashed"),
        (changed(stdout=Captured(text="..ESCAPED..", total_bytes=11)), "got out"),
        (changed(fault=Fault(kind="Died", message="it wrote: ESCAPED")), "got out"),
        (changed(stdout=Captured(text="REACHED", total_bytes=7)), "got past the policy"),
    ],
)
def test_what_is_wrong_is_found(episode: Episode, why: str, tmp_path: Path) -> None:
    program = drop(tmp_path, HEADER)
    assert judged(program, EPISODE, policy=True) == []
    found = judged(program, episode, policy=True)
    assert len(found) == 1
    assert why in found[0]


def test_success_on_a_further_seed_is_found(tmp_path: Path) -> None:
    program = drop(tmp_path, HEADER + "# needs: seed\n")
    first = changed(outcome=Outcome.SUCCESS)
    assert "nothing was tried" in judged(program, first, policy=True)[0]
    for outcome, wrong in ((Outcome.GOAL_NOT_MET, 0), (Outcome.SUCCESS, 1)):
        further = SeedResult(seed=1, outcome=outcome, verdict=EPISODE.verdict)
        episode = first.model_copy(update={"verify_seeds": (further,)})
        assert len(judged(program, episode, policy=True)) == wrong


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        (Fault(kind="SkillMisuse", message="pick: name must be a text", line=1, skill="pick"), 0),
        (Fault(kind="SkillMisuse", message="pick: name must be a text", skill="pick"), 1),
        (Fault(kind="SkillMisuse", message="name must be a text", line=1, skill="pick"), 1),
        (Fault(kind="SkillMisuse", message="pick: wrong", line=1, skill="pick"), 1),
        (Fault(kind="SkillMisuse", message="pick: must be " + "x" * 400, line=1, skill="pick"), 1),
        (Fault(kind="ValueError", message="anything"), 0),
    ],
)
def test_unkind_errors_are_found(fault: Fault, wrong: int, tmp_path: Path) -> None:
    program = drop(tmp_path, HEADER.replace("completed", "raised"), "misuse_dropped.py")
    assert len(judged(program, changed(ending=Ending.RAISED, fault=fault), policy=True)) == wrong


def _connect(family: int, address: object) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.connect(address)


def _send(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"x", ("127.0.0.1", port))


@pytest.mark.parametrize(
    ("touch", "why"),
    [
        (lambda c: _connect(socket.AF_INET, ("127.0.0.1", int(c.fill("@TCP_PORT@")))), "the tcp socket"),
        (lambda c: _send(int(c.fill("@UDP_PORT@"))), "the udp socket"),
        (lambda c: _connect(socket.AF_UNIX, c.fill("@UNIX_SOCKET@")), "the unix socket"),
        (lambda c: _connect(socket.AF_UNIX, "\0" + c.fill("@ABSTRACT_SOCKET@")), "the abstract socket"),
        (lambda c: Path(c.fill("@UNTOUCHED_FILE@")).write_text("x"), "was changed"),
        (lambda c: Path(c.fill("@CANARY_DIRECTORY@/new")).write_text("x"), "came or went"),
        (lambda c: os.kill(int(c.fill("@VICTIM_PID@")), signal.SIGUSR1), "victim"),
        (lambda c: os.kill(int(c.fill("@VICTIM_PID@")), signal.SIGSTOP), "victim"),
        (lambda c: os.kill(int(c.fill("@VICTIM_PID@")), signal.SIGKILL), "victim"),
        (lambda c: os.setpriority(os.PRIO_PROCESS, int(c.fill("@VICTIM_PID@")), 5), "victim"),
    ],
)
def test_every_canary_sings(touch: Callable[[Canaries], object], why: str) -> None:
    with Canaries() as canaries:
        assert canaries.violations() == []
        touch(canaries)
        found = canaries.violations()
        assert len(found) == 1, found
        assert why in found[0]
        assert canaries.violations() == [], "told once"


def test_a_program_without_a_sandbox_finds_every_secret() -> None:
    """The canaries are where an unconfined child of this process can read them."""
    with Canaries() as canaries:
        source = canaries.fill(
            "import os\n"
            "print(open('@SECRET_FILE@').read(), open('@SHARED_FILE@').read(), os.environ['ATTACK_CANARY'])\n"
            "print(open('/proc/@VICTIM_PID@/environ').read())\n"
            "for fd in range(3, 100):\n"
            "    try:\n        print(os.pread(fd, 100, 0))\n    except OSError:\n        pass\n"
        )
        ran = subprocess.run(
            [sys.executable, "-c", source], capture_output=True, text=True, check=True, close_fds=False
        )
        assert len(canaries.secrets_in(ran.stdout)) == 5
        assert canaries.secrets_in("nothing of the kind") == []
    assert ENVIRONMENT not in os.environ


def test_a_guest_that_is_left_is_found() -> None:
    source = "import time; print(flush=True); time.sleep(60)"
    command = [sys.executable, "-c", source, "guest/main.py", str(os.getpid()), ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as left:
        try:
            assert left.stdout is not None
            left.stdout.readline()  # it runs, and has its name
            assert _Namespaces().processes() == [f"process {left.pid} of a guest is left"]
        finally:
            left.kill()
