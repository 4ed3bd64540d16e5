"""Runs to be disturbed, a watch over what they leave, and a run that nobody disturbs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from blazer.eval.leftovers import Watch
from blazer.sandbox.image.make import image_tags
from tests.faults.runs import CollectRun


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """Adopts the orphans of whatever the test starts."""
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    with Watch(scratch) as opened:
        yield opened


@pytest.fixture
def run(tmp_path: Path, watch: Watch) -> Iterator[CollectRun]:
    """A run that has not begun."""
    folder = tmp_path / "run"
    folder.mkdir()
    made = CollectRun(folder, watch)
    yield made
    if made.running():
        assert made.process is not None
        made.process.kill()
        made.process.communicate()


@pytest.fixture(scope="session")
def docker_images(docker_ready: None) -> tuple[str, ...]:
    """Tags of the sandbox's images of this version, which the daemon has."""
    tags = tuple(image_tags(None))
    command = ["docker", "image", "inspect", *tags]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        required = "docker" in os.environ.get("BLAZER_REQUIRE", "").split(",")
        (pytest.fail if required else pytest.skip)(
            "docker: the images of this version are not there; make them with: blazer sandbox build"
        )
    return tags


@pytest.fixture(scope="session")
def control(tmp_path_factory: pytest.TempPathFactory) -> CollectRun:
    """The same run, undisturbed; once for all tests of a process."""
    base = tmp_path_factory.mktemp("control")
    (base / "tmp").mkdir()
    (base / "run").mkdir()
    with Watch(base / "tmp") as watch:
        made = CollectRun(base / "run", watch)
        made.finish()
    return made
