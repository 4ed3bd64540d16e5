"""`build_dataset`: a store's traces to a directory that is whole or not there.

Everything is written into a directory beside the one asked for and moved there as its last act, the
manifest having been written last of all files. A build that is killed leaves only that directory
beside, which the next build of the same name clears away.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from platform import python_version
from typing import NamedTuple

from blazer.agents.provenance import code_digest
from blazer.core.digest import canonical_json
from blazer.core.errors import UsageError
from blazer.core.seeds import EVALUATION_SEED_RANGE
from blazer.prompts.messages import prompt_digests
from blazer.prompts.students import student_digest
from blazer.store.store import Store
from blazer.training.assemble import Assembled, assemble
from blazer.training.card import card
from blazer.training.errors import DatasetDamaged, DatasetError, DatasetExists
from blazer.training.files import arrow, json_line, write_lines, write_rows
from blazer.training.manifest import (
    CARD,
    INSTANCES,
    LEFT_OUT,
    MANIFEST,
    FileEntry,
    Manifest,
    Source,
    Versions,
    counts_of,
    digest_of_files,
    left_out_counts,
)
from blazer.training.reading import check_files, read_manifest
from blazer.training.settings import DatasetSettings
from blazer.training.source import read_attempts
from blazer.training.splits import with_named_tasks
from blazer.version import __version__


class Built(NamedTuple):
    """What a build came to.

    Attributes:
        manifest: Of the data set that is there now.
        fresh: False where the same data was there already, which was left as it is.
    """

    manifest: Manifest
    fresh: bool


def build_dataset(
    store: Store,
    directory: Path,
    settings: DatasetSettings,
    *,
    force: bool = False,
    on_trace: Callable[[int, int], None] = lambda done, total: None,
) -> Built:
    """Build a data set.

    Args:
        store: Where the traces are; nothing is written to it.
        directory: Where the data set shall be.
        settings: As resolved.
        force: Replace another data set that is there.
        on_trace: Told how many of how many traces were read.

    Raises:
        EmptyDataset: nothing is left for a kind or a split.
        LeakError: something is on both sides of a split, or kept for evaluation.
        DatasetExists: the directory holds something else.
        UsageError: unknown run or task, a place that cannot be written, no pyarrow, no tokenizer.
        StoreCorrupt, StoreError: the store cannot be read; nothing is written.
        DatasetError: the disk is full or failing.
    """
    arrow()
    directory = directory.absolute()
    _check_place(directory, force=force)
    attempts, left, source = read_attempts(store, settings, on_trace)
    settings = with_named_tasks(settings, attempts)
    assembled = assemble(attempts, settings, left)
    with _beside(directory) as partial:
        manifest = _write(partial, directory.name, assembled, settings, source)
        there = _there(directory)
        if there is not None and there.digest == manifest.digest:
            return Built(there, fresh=False)
        if not force and (directory / MANIFEST).is_file():
            raise DatasetExists(
                f"{directory} holds another data set (digest {there.digest if there else 'unreadable'}, "
                f"this one {manifest.digest}); give another --out, or --force to replace it"
            )
        _move(partial, directory)
    return Built(manifest, fresh=True)


def _check_place(directory: Path, *, force: bool) -> None:
    """Refuse what is no data set before any work is done; `--force` replaces nothing else either."""
    if not directory.exists():
        return
    if not directory.is_dir():
        raise DatasetExists(f"{directory} is a file; give a directory that is not there yet with --out")
    if any(directory.iterdir()) and not (directory / MANIFEST).is_file():
        raise DatasetExists(f"{directory} is not empty and holds no data set; give another --out")


def _there(directory: Path) -> Manifest | None:
    """The manifest of a sound data set in that place."""
    if not (directory / MANIFEST).is_file():
        return None
    try:
        manifest = read_manifest(directory)
        return None if check_files(directory, manifest) else manifest
    except DatasetDamaged:
        return None


def _write(
    partial: Path, name: str, assembled: Assembled, settings: DatasetSettings, source: Source
) -> Manifest:
    files: list[FileEntry] = []
    for kind, splits in assembled.rows.items():
        for split, rows in splits.items():
            files += write_rows(partial, kind, split, rows)
    instances = (
        canonical_json({"instance": key, **instance}).encode() + b"\n"
        for key, instance in assembled.instances.items()
    )
    files.append(write_lines(partial, INSTANCES, instances))
    files.append(write_lines(partial, LEFT_OUT, map(json_line, assembled.left_out)))
    manifest = Manifest(
        name=name,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        digest=digest_of_files(files),
        settings=settings,
        source=source,
        versions=_versions(settings),
        files=tuple(files),
        counts={
            kind: {split: counts_of(rows) for split, rows in splits.items()}
            for kind, splits in assembled.rows.items()
        },
        left_out=left_out_counts(assembled.left_out),
        evaluation_seeds=EVALUATION_SEED_RANGE,
        leak_check=assembled.leaks,
    )
    write_lines(partial, CARD, [card(manifest).encode()])
    write_lines(partial, MANIFEST, [manifest.model_dump_json(indent=2).encode(), b"\n"])
    return manifest


def _versions(settings: DatasetSettings) -> Versions:
    prompts = {name: prompt_digests()[name] for name in ("coder", "repair", "state")}
    if settings.style != "full":
        prompts = {settings.style: student_digest(settings.style), "state": prompts["state"]}
    return Versions(
        blazer=__version__,
        code=code_digest(),
        python=python_version(),
        pyarrow=arrow().__version__,
        prompts=prompts,
    )


@contextmanager
def _beside(directory: Path) -> Iterator[Path]:
    """A directory beside, which is gone after the block unless it was moved away."""
    partial = directory.with_name(f".{directory.name}.{os.getpid()}.building")
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        _clear_dead(directory)
        partial.mkdir()
    except OSError as error:
        raise UsageError(
            f"cannot write {directory} ({error.strerror}); choose a place that can be written with --out"
        ) from error
    try:
        yield partial
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DatasetError(f"no room left for {directory}; free some disk space") from error
        raise DatasetError(f"{directory} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _clear_dead(directory: Path) -> None:
    """Remove what killed builds of this name left."""
    pattern = re.compile(rf"\.{re.escape(directory.name)}\.(\d+)\.(building|replaced)")
    for path in directory.parent.iterdir():
        match = pattern.fullmatch(path.name)
        if match is not None and not _lives(int(match[1])):
            shutil.rmtree(path, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process != os.getpid()


def _move(partial: Path, directory: Path) -> None:
    """Put the new one in its place; the old one is moved away first and removed last."""
    old = directory.with_name(f".{directory.name}.{os.getpid()}.replaced")
    if directory.exists():
        directory.rename(old)
    partial.rename(directory)
    shutil.rmtree(old, ignore_errors=True)
    parent = os.open(directory.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
