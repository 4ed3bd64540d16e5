"""What the doctor makes of a daemon and of control groups that are made up."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from blazer.cli import health
from blazer.cli.health import Status


def daemon(monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    def ask(command: Sequence[str]) -> tuple[bool, str]:
        return answer is not None, answer if isinstance(answer, str) else json.dumps(answer)

    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(health, "_ask", ask)


@pytest.mark.parametrize(
    ("options", "status", "word"),
    [
        (["name=seccomp,profile=default", "name=rootless"], Status.OK, "rootless"),
        (["name=seccomp,profile=default", "name=userns"], Status.OK, "userns-remap"),
        (["name=seccomp,profile=default"], Status.MISSING, "of this machine"),
        (None, Status.MISSING, "no Docker daemon"),
        ("not json", Status.MISSING, "no Docker daemon"),
    ],
)
def test_whose_uids_a_container_has(
    monkeypatch: pytest.MonkeyPatch, options: object, status: Status, word: str
) -> None:
    daemon(monkeypatch, options)
    found = health._uids()
    assert (found.status, word in found.detail) == (status, True)


def test_a_missing_runtime_comes_with_what_to_install_and_what_to_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    daemon(monkeypatch, {"runc": {}})
    found = health._runsc()
    assert found.status is Status.MISSING
    assert "apt-get install runsc" in found.remedy
    text = found.remedy[found.remedy.index("{") : found.remedy.rindex("}") + 1]
    assert json.loads(text)["runtimes"]["runsc"]["runtimeArgs"] == ["--network=none", "--oci-seccomp"]
    daemon(monkeypatch, {"runc": {}, "runsc": {}})
    assert health._runsc().status is Status.OK


@pytest.mark.parametrize(
    ("there", "status", "word"),
    [
        (("memory", "pids", "cpu"), Status.OK, "make its own"),
        (("memory",), Status.MISSING, "only those for memory"),
        ((), Status.MISSING, "may make none"),
    ],
)
def test_which_control_groups_may_be_made(
    monkeypatch: pytest.MonkeyPatch, there: tuple[str, ...], status: Status, word: str
) -> None:
    monkeypatch.setattr("blazer.sandbox.cgroups.available", lambda: there)
    found = health._cgroups()
    assert (found.status, word in found.detail) == (status, True)
