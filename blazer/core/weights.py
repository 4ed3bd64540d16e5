"""The digest of a model's weights: same digest, same weights, whatever the directory is called."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

ENDINGS = (".safetensors", ".bin")
_NOT_WEIGHTS = frozenset({"training_args.bin"})


def weight_files(directory: Path) -> list[Path]:
    """The weight files of a model or adapter, by name; checkpoints below it are not its own."""
    found = (path for path in directory.iterdir() if path.suffix in ENDINGS and path.is_file())
    return sorted(path for path in found if path.name not in _NOT_WEIGHTS)


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def weights_digest(directory: Path, digest_of: Callable[[Path], str] = file_digest) -> str:
    """SHA-256 over names and contents of the weight files; empty where there are none.

    Args:
        directory: Of the model.
        digest_of: Of one file; somebody who has read them already need not read them again.
    """
    files = weight_files(directory)
    if not files:
        return ""
    total = hashlib.sha256()
    for path in files:
        total.update(f"{path.name} {digest_of(path)}\n".encode())
    return total.hexdigest()
