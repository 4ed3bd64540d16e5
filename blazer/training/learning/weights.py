"""The digest of a model's weights: same digest, same weights, whatever the directory is called."""

from __future__ import annotations

import hashlib
from pathlib import Path

ENDINGS = (".safetensors", ".bin")
_NOT_WEIGHTS = frozenset({"training_args.bin"})


def weight_files(directory: Path) -> list[Path]:
    """The weight files of a model or adapter, by name; checkpoints below it are not its own."""
    found = (path for path in directory.iterdir() if path.suffix in ENDINGS and path.is_file())
    return sorted(path for path in found if path.name not in _NOT_WEIGHTS)


def weights_digest(directory: Path) -> str:
    """SHA-256 over names and contents of the weight files; empty where there are none."""
    files = weight_files(directory)
    if not files:
        return ""
    total = hashlib.sha256()
    for path in files:
        with path.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        total.update(f"{path.name} {content}\n".encode())
    return total.hexdigest()
