"""For the whole suite: no network beyond this machine, no credentials, no silent skips."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test marked `docker` first asks for a daemon."""
    for item in items:
        if item.get_closest_marker("docker") and isinstance(item, pytest.Function):
            item.fixturenames.insert(0, "docker_ready")
