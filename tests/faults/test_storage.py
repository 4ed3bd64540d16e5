"""The store's disk fills up or stops taking writes in mid-run: one sentence, nothing lost, resumed after."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from blazer.eval.leftovers import Watch
from blazer.store.store import Store
from tests.faults.runs import EPISODES, CollectRun, assert_nothing_left, assert_promises


def stopped_with_one_sentence(run: CollectRun, *hints: str) -> None:
    code, _, said = run.end()
    assert code == 2, said
    assert "Traceback" not in said and "ExceptionGroup" not in said
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, said
    assert any(hint in errors[0] for hint in hints), errors[0]


def nothing_stored_is_lost(run: CollectRun, before: int) -> None:
    stored = run.stored()
    assert before <= stored < EPISODES
    with Store.open(run.where, create=False) as store:
        assert store.check().ok


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("disk full: this user may mount no file system; the limit on file sizes is tested")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_disk_full(small_disk: Path, control: CollectRun, watch: Watch) -> None:
    run = CollectRun(small_disk, watch)
    run.start()
    before = run.until_stored(3)
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (2**16, 1):
            while True:
                try:
                    file.write(bytes(size))
                except OSError:
                    break
    stopped_with_one_sentence(run, "free")
    ballast.unlink()
    nothing_stored_is_lost(run, before)
    run.finish()
    assert_promises(run, control)
    assert_nothing_left(watch, run)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["traces.sqlite-wal", "traces.sqlite.state/checkpoints.sqlite-wal"])
def test_files_that_may_grow_no_further(
    where: str, run: CollectRun, control: CollectRun, watch: Watch
) -> None:
    """The kernel's limit on file sizes, which is met in mid-run, as a quota is."""
    process = run.start()
    before = run.until_stored(2)
    size = (run.folder / where).stat().st_size
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, size))
    stopped_with_one_sentence(run, "free")
    nothing_stored_is_lost(run, before)
    run.finish()
    assert_promises(run, control)
    assert_nothing_left(watch, run)


@pytest.mark.slow
def test_a_store_that_becomes_read_only(run: CollectRun, control: CollectRun, watch: Watch) -> None:
    run.start(FAULTS_READ_ONLY_AFTER="5")
    stopped_with_one_sentence(run, "read-only")
    nothing_stored_is_lost(run, 1)
    run.finish()
    assert_promises(run, control)
    assert_nothing_left(watch, run)
