"""For the whole suite: no network beyond this machine, no credentials, no silent skips."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

# Before anything loads them: tests run side by side, and nothing is fetched.
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ["HF_HUB_OFFLINE"] = "1"

_REAL_CONNECT = socket.socket.connect
_REQUIRED = frozenset(filter(None, os.environ.get("BLAZER_REQUIRE", "").split(",")))


def _guarded_connect(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host = str(address[0])
        if not (host.startswith("127.") or host in ("::1", "localhost")):
            raise RuntimeError(f"tests may not leave this machine; something tried {host}")
    _REAL_CONNECT(self, address)


@pytest.fixture(autouse=True)
def sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No outside connections, and no settings or keys of the person who runs the suite."""
    monkeypatch.setattr(socket.socket, "connect", _guarded_connect)
    for name in list(os.environ):
        if (
            name.startswith("BLAZER_") and name not in ("BLAZER_REQUIRE", "BLAZER_BASE_IMAGE")
        ) or name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_COLOR", "1")


def _docker_reason() -> str:
    if shutil.which("docker") is None:
        return "no docker command"
    answer = subprocess.run(["docker", "info"], capture_output=True, check=False, timeout=30)
    return "" if answer.returncode == 0 else "no Docker daemon answers"


@pytest.fixture(scope="session")
def docker_ready() -> Iterator[None]:
    """Skips, or fails when the tier is required, where no Docker daemon answers."""
    reason = _docker_reason()
    if reason:
        (pytest.fail if "docker" in _REQUIRED else pytest.skip)(f"docker: {reason}")
    yield


LEARNING = frozenset({"torch", "transformers", "trl", "peft", "accelerate"})
"""What the extra `train` brings; a test module that imports it at its top learns."""
_LEARNING_ROOMS = {Path(__file__).parent / "training" / name for name in ("learning", "students")}
"""Whose conftest does."""


def pytest_configure(config: pytest.Config) -> None:
    """Where learning is required, what it needs may not be missing: modules would be skipped one by one."""
    missing = [name for name in sorted(LEARNING) if importlib.util.find_spec(name) is None]
    if "train" in _REQUIRED and missing:
        raise pytest.UsageError(f"BLAZER_REQUIRE asks for train: {', '.join(missing)} not installed")


def _about_learning(item: pytest.Item) -> bool:
    if _LEARNING_ROOMS & set(item.path.parents):
        return True
    found = (value for value in vars(getattr(item, "module", None) or object).values())
    return any(isinstance(value, ModuleType) and value.__name__.split(".")[0] in LEARNING for value in found)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test marked `docker` first asks for a daemon; those that learn are marked `learning`."""
    for item in items:
        if _about_learning(item):
            item.add_marker("learning")
        if item.get_closest_marker("docker") and isinstance(item, pytest.Function):
            item.fixturenames.insert(0, "docker_ready")
