"""Checkpoints that can be trusted after `kill -9`: one counts when its mark was written, last of all.

The mark lists every file with its size and digest. A directory without one was being written when
the process died: it is removed. One whose files differ from the mark is damaged: that is told, not
passed over, since going on from an older one would repeat work that somebody believes done.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from blazer.training.errors import CheckpointMismatch

MARK = "complete.json"
HASHED_BYTES = 1 << 30
"""Larger files are known by their size alone: reading them again would take longer than a step."""
_NAME = re.compile(r"checkpoint-(\d+)")


def mark_complete(checkpoint: Path, elapsed_s: float) -> None:
    """Say that a checkpoint is whole; the trainer has written everything else."""
    files = {
        path.relative_to(checkpoint).as_posix(): _entry(path)
        for path in sorted(checkpoint.rglob("*"))
        if path.is_file() and path.name != MARK
    }
    partial = checkpoint / f".{MARK}"
    with partial.open("w", encoding="utf-8") as stream:
        json.dump({"elapsed_s": elapsed_s, "files": files}, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(checkpoint / MARK)


def last_checkpoint(out: Path) -> tuple[Path, float] | None:
    """The checkpoint to go on from, and the seconds trained until then; clears away unfinished ones.

    Raises:
        CheckpointMismatch: the last one is damaged.
    """
    found = checkpoints(out)
    for path in [path for path in found if not (path / MARK).is_file()]:
        shutil.rmtree(path, ignore_errors=True)
    whole = [path for path in found if (path / MARK).is_file()]
    if not whole:
        return None
    return whole[-1], _checked(whole[-1])


def has_whole_one(out: Path) -> bool:
    """Whether there is anything to go on from."""
    return any((path / MARK).is_file() for path in checkpoints(out))


def checkpoints(out: Path) -> list[Path]:
    """Checkpoint directories, the oldest first."""
    if not out.is_dir():
        return []
    named = ((match, path) for path in out.iterdir() if (match := _NAME.fullmatch(path.name)))
    return [path for _, path in sorted((int(match[1]), path) for match, path in named)]


def steps_left(checkpoint: Path) -> int:
    """Steps that are missing from a checked checkpoint to the end of its training."""
    state = json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
    return int(state["max_steps"]) - int(state["global_step"])


def remove_checkpoints(out: Path) -> None:
    """Remove them all."""
    for path in checkpoints(out):
        shutil.rmtree(path, ignore_errors=True)


def _checked(checkpoint: Path) -> float:
    try:
        mark: dict[str, Any] = json.loads((checkpoint / MARK).read_text(encoding="utf-8"))
        wrong = [
            name
            for name, entry in mark["files"].items()
            if not (checkpoint / name).is_file() or _entry(checkpoint / name) != entry
        ]
        elapsed_s = float(mark["elapsed_s"])
    except (OSError, ValueError, KeyError, TypeError):
        wrong, elapsed_s = [MARK], 0.0
    if wrong:
        raise CheckpointMismatch(
            f"{checkpoint} is damaged ({', '.join(wrong[:3])}); remove that directory to go on from the one "
            "before it, or give --force to begin again"
        )
    return elapsed_s


def _entry(path: Path) -> list[Any]:
    size = path.stat().st_size
    if size > HASHED_BYTES:
        return [size, ""]
    with path.open("rb") as stream:
        return [size, hashlib.file_digest(stream, "sha256").hexdigest()]
