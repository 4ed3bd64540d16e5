"""Stores to files that others read: whole or not at all, with a manifest written last.

A trace is exported as it was recorded; nothing is selected or reshaped for training here.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from blazer.core.errors import UsageError
from blazer.core.records import TRACE_SCHEMA_VERSION, Record
from blazer.store.errors import translated
from blazer.store.records import TraceFilter
from blazer.store.store import Store
from blazer.version import __version__

FORMATS = ("jsonl",)


class ExportManifest(Record):
    """What was exported; lies beside the data as `<name>.manifest.json`."""

    file: str
    format: str
    traces: int
    bytes: int
    sha256: str
    trace_schema_version: int
    blazer_version: str
    filter: TraceFilter


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file for writing that appears under its name only when the block ends well.

    Raises:
        UsageError: the directory cannot be made or written.
        StoreFull: no room left.
        StoreError: writing failed otherwise.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with translated(str(path)):
        begun = _begun(partial, path)
        try:
            with begun as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def _begun(partial: Path, path: Path) -> IO[bytes]:
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        return partial.open("wb")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise UsageError(
            f"cannot write {path} ({error.strerror}); choose a place that can be written with --out"
        ) from error


def export(store: Store, format: str, path: Path, wanted: TraceFilter | None = None) -> ExportManifest:
    """Write the traces that match, in the order they were stored, one JSON object a line.

    Raises:
        UsageError: unknown format, or `path` is a directory.
        StoreCorrupt, StoreFull, StoreError: nothing is left at `path` that was not there before.
    """
    if format not in FORMATS:
        raise UsageError(f"unknown export format {format!r}; known: {', '.join(FORMATS)}")
    if path.is_dir():
        raise UsageError(f"{path} is a directory; give a file name, such as {path / 'traces.jsonl'}")
    chosen = wanted if wanted is not None else TraceFilter(latest_only=True)
    manifest_path = path.with_name(path.name + ".manifest.json")
    digest, count, size = hashlib.sha256(), 0, 0
    with whole_file(path) as stream:
        for trace in store.traces(chosen):
            line = trace.model_dump_json().encode() + b"\n"
            stream.write(line)
            digest.update(line)
            count, size = count + 1, size + len(line)
        manifest_path.unlink(missing_ok=True)  # an old manifest must not vouch for the new file
    manifest = ExportManifest(
        file=path.name,
        format=format,
        traces=count,
        bytes=size,
        sha256=digest.hexdigest(),
        trace_schema_version=TRACE_SCHEMA_VERSION,
        blazer_version=__version__,
        filter=chosen,
    )
    with whole_file(manifest_path) as stream:
        stream.write(manifest.model_dump_json(indent=2).encode() + b"\n")
    return manifest
