"""What made a trace: versions, platform, and the commit of the checkout this package runs from."""

from __future__ import annotations

import platform
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import blazer
from blazer.core.records import Provenance


def provenance(backend: str, backend_version: str) -> Provenance:
    """The provenance of traces made by this process with that physics backend."""
    return Provenance(
        blazer_version=blazer.__version__,
        python_version=platform.python_version(),
        backend=backend,
        backend_version=backend_version,
        platform=platform.platform(),
        git_commit=git_commit(Path(blazer.__file__).parent.parent),
    )


@lru_cache(maxsize=8)
def git_commit(checkout: Path) -> str:
    """Commit of the checkout, with "+dirty" where files differ from it; "" where it is none."""
    git = shutil.which("git")
    if git is None or not (checkout / ".git").exists():
        return ""
    command = [
        git,
        "-C",
        str(checkout),
        "describe",
        "--always",
        "--abbrev=40",
        "--dirty=+dirty",
        "--exclude=*",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
