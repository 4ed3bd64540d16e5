"""Each step of a guest's confinement, made to fail: it is reported, and what rests on it is not promised."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from blazer.sandbox.code import CodeSandbox
from blazer.sandbox.errors import SandboxUnavailable
from blazer.sandbox.handshake import proved
from blazer.sandbox.limits import Limits
from blazer.sandbox.process_tier import (
    GUEST_DIRECTORY,
    REQUIRED,
    hidden_paths,
    package_parents,
    readable_paths,
)
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


HIDING = """
import json, os, sys
from blazer.sandbox.guest import confine, confining, wire
broken, place, readable, hidden = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), json.loads(sys.argv[4])
def fails(*args):
    raise confine.StepFailed(1, "made to fail")
if broken:
    setattr(confine, broken, fails)
wanted = {"enabled": True, "namespaces": True, "readable": readable, "hidden": hidden}
wanted |= {"memory_mb": 512, "files": 64, "cpu_s": 60}
steps = confining.confine(wire, {"confine": wanted}, os.dup(0), os.dup(2))["steps"]
found = []
for name in ("lib.py", "pack/deep.py", "site-packages/kept/x.py", "site-packages/other/x.py", "link/x.py"):
    try:
        os.close(os.open(os.path.join(place, name), os.O_RDONLY))
        found.append(name)
    except OSError:
        pass
os.write(1, json.dumps([steps, found]).encode())
os._exit(0)
"""


@pytest.mark.parametrize("broken", ["", "private_root", "landlock"])
def test_what_lies_hidden_below_a_readable_path_cannot_be_read(
    whole: Ready, broken: str, tmp_path: Path
) -> None:
    """By the private root and by Landlock, each alone."""
    other = {"private_root": "landlock", "landlock": "namespaces"}.get(broken, "")
    if other in whole.steps:
        not_here(f"without {broken} there is nothing here: {whole.steps[other]}", tier="process", asked=other)
    tmp_path.chmod(0o755)  # in a private root it is another user who reads
    for name in ("pack", "site-packages/kept", "site-packages/other"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "x.py").touch()
    (tmp_path / "lib.py").touch()
    (tmp_path / "pack" / "deep.py").touch()
    (tmp_path / "link").symlink_to("site-packages/other")
    base = [*readable_paths(), *(str(path) for path in package_parents()), str(GUEST_DIRECTORY)]
    shown = [*base, str(tmp_path), str(tmp_path / "site-packages" / "kept")]
    arguments = [broken, str(tmp_path), json.dumps(shown), json.dumps([str(tmp_path / "site-packages")])]
    done = subprocess.run(
        [sys.executable, "-c", HIDING, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout, done.stderr
    steps, found = json.loads(done.stdout)
    assert found == ["lib.py", "pack/deep.py", "site-packages/kept/x.py"], steps


def test_packages_that_are_not_for_programs_are_hidden(tmp_path: Path) -> None:
    for name in ("site-packages", "python3.11/dist-packages", "python3/dist-packages", "other/site-packages"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "python3.12").mkdir()
    (tmp_path / "python3.12" / "site-packages").touch()
    expected = ["python3.11/dist-packages", "python3/dist-packages", "site-packages"]
    assert hidden_paths([str(tmp_path)]) == sorted(str(tmp_path / name) for name in expected)


async def test_a_raw_program_reads_no_other_package_of_this_interpreter() -> None:
    source = """
import os, sys, sysconfig
places = [os.path.join(sysconfig.get_path("stdlib"), "site-packages")]
places += ["/usr/lib/python3/dist-packages", "/lib/python3/dist-packages"]
read = []
for place in places:
    for folder, _, names in os.walk(place):
        if any(kept in folder for kept in ("RestrictedPython", "numpy", "blazer")):
            continue
        for name in names:
            try:
                open(os.path.join(folder, name)).close()
                read.append(os.path.join(folder, name))
            except OSError:
                pass
import decimal, ssl, sqlite3, numpy, ctypes.util
result = [read[:5], numpy.arange(3).sum().item()]
"""
    async with CodeSandbox("process", workers=1, limits=Limits(wall_s=30.0)) as box:
        done = await box.run(source, policy=False)
    assert done.fault is None, done.fault
    assert done.value == [[], 3]
