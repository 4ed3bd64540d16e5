"""Control groups: what they limit is seen, what they killed is counted, and none is left behind."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from blazer.sandbox import cgroups
from blazer.sandbox.cgroups import Group, limits_of, places
from blazer.sandbox.limits import Limits
from blazer.sandbox.owners import abandoned_name, boot_id, owner_name, start_time
from blazer.sandbox.process_tier import BACKGROUND_SHARE, ProcessTier
from tests.sandbox.conftest import not_here


def write(directory: Path, **files: str) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name.replace("__", ".")).write_text(text + "\n")


def proc(tmp_path: Path, text: str) -> Path:
    write(tmp_path / "proc" / "7", cgroup=text)
    return tmp_path / "proc"


def test_version_1_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "root"
    where = places(7, root, proc(tmp_path, "4:memory:/a\n3:cpu,cpuacct:/b\n2:pids:/c\n0::/d"))
    assert where["memory"] == root / "memory/a"
    assert where["cpu"] == root / "cpu/b"
    monkeypatch.setattr(cgroups, "places", lambda pid, root: where)
    write(
        root / "memory/a", memory__limit_in_bytes=str(64 << 20), memory__memsw__limit_in_bytes=str(96 << 20)
    )
    write(root / "cpu/b", cpu__cfs_quota_us="50000", cpu__cfs_period_us="100000")
    write(root / "pids/c", pids__max="max")
    assert limits_of(7, root) == {"memory_mb": 64, "swap_mb": 32, "pids": None, "cpus": 0.5}


def test_version_2_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "root"
    write(root, cgroup__controllers="memory pids cpu")
    where = places(7, root, proc(tmp_path, "0::/user/x"))
    assert where == {"": root / "user/x"}
    monkeypatch.setattr(cgroups, "places", lambda pid, root: where)
    limits = {
        "memory__max": str(64 << 20),
        "memory__swap__max": "0",
        "pids__max": "9",
        "cpu__max": "max 100000",
    }
    write(root / "user/x", **limits)
    assert limits_of(7, root) == {"memory_mb": 64, "swap_mb": 0, "pids": 9, "cpus": None}


def test_of_a_process_that_is_gone_nothing_is_known(tmp_path: Path) -> None:
    assert set(limits_of(2**22 + 1, tmp_path).values()) == {None}


@pytest.mark.parametrize(
    ("file", "text", "kills"),
    [
        ("memory__events", "low 0\nmax 9\noom 3\noom_kill 2\noom_group_kill 0\n", 2),
        ("memory__events", "low 0\nmax 0\noom 0\noom_kill 1\noom_group_kill 0\n", 0),  # a group above it
        ("memory__oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1", 1),
        ("memory__oom_control", "oom_kill_disable 0\nunder_oom 0", 0),
        ("something", "", 0),
    ],
)
def test_kills_are_counted(tmp_path: Path, file: str, text: str, kills: int) -> None:
    write(tmp_path, **{file: text})
    assert Group({"memory": tmp_path}).memory_kills() == kills


def test_where_nothing_may_be_made_there_is_an_empty_group(tmp_path: Path) -> None:
    group = Group.make(64, 8, 1.0, tmp_path / "nowhere")
    group.add(os.getpid())
    assert group.memory_kills() == 0


ALL = "cpuset cpu io memory pids"


def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str, **groups: tuple[str, str, str]) -> Path:
    """A made-up hierarchy of version 2; of each group: what it has, what it hands down, its processes."""
    root = tmp_path / "root"
    for name, (has, handed, pids) in {"": (ALL, "", "1"), **groups}.items():
        files = {"cgroup__controllers": has, "cgroup__subtree_control": handed, "cgroup__procs": pids}
        write(root / name.replace("_", "/"), **files, **({"cgroup__type": "domain"} if name else {}))
    monkeypatch.setattr(cgroups, "places", lambda pid, root: {"": root / own})
    return root


def asked(root: Path, group: str) -> str:
    return (root / group / "cgroup.subtree_control").read_text().strip()


def test_the_machines_own_root_hands_down_whatever_runs_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = second(tmp_path, monkeypatch, "")
    assert cgroups.available(root) == cgroups.CONTROLLERS
    Group.make(64, 8, 1.0, root)
    assert asked(root, "") == "+memory +pids +cpu"


def test_a_group_with_processes_is_left_as_it_is_and_the_one_above_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = second(tmp_path, monkeypatch, "a/b", a=(ALL, "", ""), a_b=(ALL, "", "7"))
    assert cgroups.available(root) == cgroups.CONTROLLERS
    Group.make(64, 8, 1.0, root)
    assert (asked(root, "a/b"), asked(root, "a")) == ("", "+memory +pids +cpu")


def test_what_a_group_does_not_have_is_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel would refuse the whole line, and so the controllers that are there."""
    root = second(tmp_path, monkeypatch, "a/b", a=("memory pids", "memory", ""), a_b=("memory", "", "7"))
    assert cgroups.available(root) == ("memory", "pids")
    Group.make(64, 8, 1.0, root)
    assert asked(root, "a") == "+pids"


def test_a_containers_root_is_a_group_like_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = second(tmp_path, monkeypatch, "")
    write(root, cgroup__type="domain")
    assert cgroups.available(root) == ()
    Group.make(64, 8, 1.0, root)
    assert asked(root, "") == ""


def test_where_processes_may_not_be_moved_nothing_is_available(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = second(tmp_path, monkeypatch, "")
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path.name != "cgroup.procs" and allowed(path, mode))
    assert cgroups.available(root) == ()


def test_owners_are_told_apart() -> None:
    assert not abandoned_name(f"{owner_name()}-3")
    boot, pid = boot_id()[:8], os.getpid()
    assert abandoned_name(f"{boot}-{pid}-1-3")
    assert abandoned_name(f"00000000-{pid}-{start_time(pid)}-3")
    assert abandoned_name(f"{boot}-{2**22 + 1}-1-3")
    assert not abandoned_name("somebody-elses")
    assert not abandoned_name("")


@pytest.fixture
def group() -> Iterator[Group]:
    made = Group.make(64, 8, 0.5)
    if "memory" not in made._directories:
        assert "memory" not in cgroups.available()
        not_here("this user may make no control groups here", tier="process", asked="cgroups")
    yield made
    for directory in set(made._directories.values()):
        if directory.exists():
            directory.rmdir()


def child(group: Group, source: str) -> int:
    """Exit code of a child in the group."""
    waits = "import sys; sys.stdin.read(1)\n"
    with subprocess.Popen([sys.executable, "-S", "-c", waits + source], stdin=subprocess.PIPE) as process:
        group.add(process.pid)
        found = limits_of(process.pid)
        assert found["memory_mb"] == 64
        process.communicate(b"x", timeout=60)
        return process.returncode


async def test_a_kill_for_memory_is_evidence_and_the_group_goes(group: Group) -> None:
    assert child(group, "pass") == 0
    assert group.memory_kills() == 0
    assert child(group, "x = bytearray(200 << 20)") == -9
    assert group.memory_kills() >= 1
    await group.remove()
    assert not any(path.exists() for path in group._directories.values())


def test_groups_of_the_dead_are_swept_with_what_is_in_them(group: Group) -> None:
    mine = next(iter(group._directories.values())).name.removeprefix(cgroups.PREFIX)
    assert cgroups.sweep(abandoned=lambda name: False) == 0
    process = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(100)"])
    try:
        group.add(process.pid)
        # It stays a zombie until waited for, which no control group counts.
        assert cgroups.sweep(abandoned=lambda name: name == mine) == len(set(group._directories.values()))
        assert process.wait(10) == -9
    finally:
        process.kill()
        process.wait()
    assert not any(path.exists() for path in group._directories.values())


def test_what_another_pid_namespace_owns_is_not_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Version 2 lists such a process as 0, which for kill is the group of whoever asks."""
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append(pid))
    group = tmp_path / f"{cgroups.PREFIX}00000000-7-7-0"
    group.mkdir()
    write(group, cgroup__procs="0\n31")
    assert cgroups.sweep(tmp_path) == 0
    assert killed == [] and group.exists()


async def test_a_guest_is_in_its_group_and_the_group_goes_with_it(group: Group) -> None:
    tier = ProcessTier(Limits(memory_mb=128, pids=9))
    await tier.open()
    guest = await tier.start_guest()
    where = places(guest.lines.inner_pid).values()  # type: ignore[attr-defined]
    mine = [path for path in where if path.name.startswith(f"{cgroups.PREFIX}{owner_name()}")]
    promises = guest.isolation.promises
    await guest.kill()
    assert mine
    assert promises["cgroup_memory"] and promises["pids_limit"] and promises["cpu_limit"]
    assert not any(path.exists() for path in mine)
    assert await guest.out_of_memory() is False


async def test_a_guest_that_nobody_waits_for_is_started_behind_programs_that_run(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[float] = []
    weigh = Group.weigh

    def heard(self: Group, share: float) -> None:
        weigh(self, share)
        directory = self._directories["cpu"]
        shares, weight = directory / "cpu.shares", directory / "cpu.weight"
        said.append(int(shares.read_text()) / 1024 if shares.exists() else int(weight.read_text()) / 100)

    monkeypatch.setattr(Group, "weigh", heard)
    tier = ProcessTier(Limits(memory_mb=128))
    await tier.open()
    for awaited in (False, True):
        guest = await tier.start_guest(awaited=awaited)
        await guest.kill()
    assert said == [pytest.approx(BACKGROUND_SHARE, abs=0.01), 1.0, 1.0]
    said.clear()
    starting = asyncio.create_task(tier.start_guest(awaited=False))
    async with asyncio.timeout(30):
        while not said:
            await asyncio.sleep(0)
    tier.hurry()
    assert said == [pytest.approx(BACKGROUND_SHARE, abs=0.01), 1.0], "somebody waits for it now"
    await (await starting).kill()
