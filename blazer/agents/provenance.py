"""What made a trace: versions, platform, the commit of the checkout and the package's own files."""

from __future__ import annotations

import hashlib
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
        code_digest=code_digest(),
    )


def code_digest() -> str:
    """Of the package's files, names and contents: 16 hex digits, read once a process."""
    return digest_of_files(Path(blazer.__file__).parent)


@lru_cache(maxsize=8)
def digest_of_files(package: Path) -> str:
    """Digest of all files below `package` but compiled and hidden ones."""
    total = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        inner = path.relative_to(package)
        hidden = any(part.startswith(".") or part == "__pycache__" for part in inner.parts)
        if hidden or path.suffix == ".pyc" or not path.is_file():
            continue
        total.update(f"{inner.as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()[:16]


def code_text(made: Provenance) -> str:
    """What computed a trace, in few words: versions, and the code by digest or commit."""
    code = (
        f"code {made.code_digest[:8]}" if made.code_digest else f"commit {made.git_commit[:8] or 'unknown'}"
    )
    return (
        f"Blazer {made.blazer_version} ({code}), {made.backend} {made.backend_version}, "
        f"Python {made.python_version}"
    )


def same_code(one: Provenance, other: Provenance) -> bool:
    """Whether two traces were computed by the same code, as far as is known of both."""
    for name in ("blazer_version", "python_version", "backend", "backend_version"):
        if getattr(one, name) != getattr(other, name):
            return False
    if one.code_digest and other.code_digest:
        return one.code_digest == other.code_digest
    return one.git_commit == other.git_commit


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
