"""Each step of a guest's confinement, made to fail: it is reported, and what rests on it is not promised."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from blazer.sandbox.errors import SandboxUnavailable
from blazer.sandbox.handshake import proved
from blazer.sandbox.process_tier import REQUIRED, package_parents, readable_paths
from blazer.sandbox.protocol import Ready
from tests.sandbox.conftest import not_here

GUEST = """
import json, os, sys
from blazer.sandbox.guest import confine, confining, syscalls, wire
function, readable = sys.argv[1], json.loads(sys.argv[2])
def broken(*args):
    raise confine.StepFailed(1, "made to fail")
for name in filter(None, function.split(",")):
    if name.startswith("all of "):
        del syscalls._VALUES[name.removeprefix("all of ")]
    else:
        setattr(confine, name, broken)
wanted = {"enabled": True, "namespaces": True, "readable": readable}
wanted |= {"memory_mb": 512, "files": 64, "cpu_s": 60}
report = confining.confine(wire, {"confine": wanted}, os.dup(0), os.dup(2))
os.write(1, json.dumps(report).encode())
os._exit(0)
"""

PRIVATE_ROOT = {"read_only_root", "own_processes_only", "not_root"}
"""Without one there is the machine's /proc, and where nobody else may read the interpreter, no other uid."""


def confined(function: str, *before: str) -> Ready:
    """What a guest reports where one function of its confinement fails."""
    readable = [*readable_paths(), *(str(path) for path in package_parents())]
    # Not an environment of nothing: the tests' own settings of Python are to be found.
    command = [*before, sys.executable, "-c", GUEST, function, json.dumps(readable)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if not done.stdout:
        raise AssertionError(f"exit code {done.returncode}: {done.stderr}")
    report = json.loads(done.stdout)
    return Ready(report["steps"], report["seen"])


@pytest.fixture(scope="module")
def whole() -> Ready:
    """Nothing made to fail."""
    return confined("")


@pytest.mark.parametrize(
    ("function", "step", "promises"),
    [
        ("unshare_all", "namespaces", {"network_none", *PRIVATE_ROOT}),
        ("private_root", "namespaces", PRIVATE_ROOT),
        ("drop_to_nobody", "nobody", {"not_root"}),
        ("set_limits", "limits", {"memory_limit", "no_core", "file_limit"}),
        ("drop_capabilities", "capabilities", set()),
        (
            "no_new_privileges",
            "no_new_privs",
            {"no_new_privileges", "seccomp", "nothing_writable", "landlock"},
        ),
        ("landlock", "landlock", {"landlock"}),
        ("seccomp", "seccomp", {"seccomp", "nothing_writable"}),
    ],
)
def test_a_step_that_fails_is_reported_and_what_is_required_refuses(
    whole: Ready, function: str, step: str, promises: set[str]
) -> None:
    if step in whole.steps or (step == "nobody" and os.geteuid() != 0):
        why = f"not to be had here anyway: {whole.steps.get(step, 'not root')}"
        not_here(why, tier="process", promises=promises if step in whole.steps else (), asked=step)
    ready = confined(function)
    assert "made to fail" in ready.steps[step]
    from blazer.sandbox.attestation import promises_of  # noqa: PLC0415

    found, before = promises_of(ready), promises_of(whole)
    lost = {name for name in before if before[name] and not found[name]}
    # What is lost rests on the step; not all of it is lost everywhere, where another step holds it too.
    assert lost <= promises
    assert bool(lost) is bool(promises)
    needed = lost & set(REQUIRED)
    if needed:
        with pytest.raises(SandboxUnavailable) as caught:
            proved("process", ready, REQUIRED)
        named = str(caught.value).partition("cannot prove ")[2].partition(" on this machine")[0]
        assert needed <= set(named.split(", ")) <= set(REQUIRED)
        assert "made to fail" in str(caught.value)
    else:
        assert proved("process", ready, REQUIRED).promises["seccomp"]


def test_steps_that_a_tier_rests_on_are_required() -> None:
    assert {"seccomp", "no_new_privileges", "empty_environment"} <= set(REQUIRED)


def test_the_whole_confinement_is_seen_from_inside(whole: Ready) -> None:
    assert whole.seen["after"] == {"seccomp": True, "calls": [], "can_write": False, "reads": []}
    assert whole.seen["no_new_privs"] is True
    assert whole.seen["environment"] == []


def test_an_ordinary_user_gets_what_there_is_and_is_told_the_rest() -> None:
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0 or setpriv is None:
        not_here("only root can become another user to try it", tier="process", asked="users")
    another = [setpriv, "--reuid", "54321", "--regid", "54321", "--clear-groups"]
    probe = [*another, sys.executable, "-c", "import blazer.sandbox.guest"]
    if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        not_here("another user cannot run this interpreter", tier="process", asked="users")
    promises = proved("process", confined("", *another), REQUIRED).promises
    assert promises["not_root"] and promises["no_capabilities"] and promises["memory_limit"]


def test_without_private_root_and_landlock_the_files_lie_open_and_the_tier_refuses(whole: Ready) -> None:
    if missing := {"landlock", "namespaces"} & set(whole.steps):
        # Both gone is what the tier refuses; one gone may be asked for by its own name.
        promises = {"host_files_hidden"} if len(missing) == 2 else set()
        why = f"not to be had here anyway: {', '.join(sorted(missing))}"
        not_here(why, tier="process", promises=promises, asked=min(missing))
    assert confined("private_root").seen["after"]["reads"] == []
    ready = confined("private_root,landlock")
    with pytest.raises(
        SandboxUnavailable, match=r"cannot prove host_files_hidden on .*landlock: .*made to fail"
    ):
        proved("process", ready, REQUIRED)


@pytest.mark.parametrize(("call", "through"), [("fcntl", "fcntl(owner)"), ("ioctl", "ioctl(async)")])
def test_a_filter_with_every_meaning_of_a_call_is_seen_and_refused(call: str, through: str) -> None:
    ready = confined(f"all of {call}")
    with pytest.raises(SandboxUnavailable, match=f"cannot prove seccomp .*let through: .*{call}") as caught:
        proved("process", ready, REQUIRED)
    assert through in str(caught.value)


def test_what_an_interpreter_does_to_its_descriptors_is_still_allowed() -> None:
    """Else a program would fail for what is harmless, such as asking whether it has a terminal."""
    source = """
import fcntl, os
from blazer.sandbox.guest import confine
confine.no_new_privileges()
confine.seccomp()
fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | os.O_NONBLOCK)
assert os.get_blocking(1) is False
copy = os.dup(1)
os.set_inheritable(copy, True)
assert os.get_inheritable(copy) and not os.isatty(copy)
for command in (fcntl.F_SETOWN, fcntl.F_GETOWN, fcntl.F_SETLK, 1031, 1032):
    try:
        fcntl.fcntl(1, command, 0)
    except PermissionError:
        continue
    raise AssertionError(command)
os._exit(7)
"""
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 7, done.stderr
