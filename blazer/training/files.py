"""Rows to files: JSON lines for people and streams, Parquet for `datasets`, both with the same columns.

The Parquet schema is written out, so that a column of nothing but nulls has the same type in every
split, and `load_dataset` finds train and validation alike.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from blazer.core.errors import ConfigError
from blazer.core.records import Message, Record
from blazer.training.errors import DatasetDamaged
from blazer.training.manifest import FileEntry
from blazer.training.rows import ROW_TYPES, Row, Split
from blazer.training.settings import Kind

PARQUET_ROWS = 1_000
"""Of a row group: small, since prompts are long."""


def json_line(record: Record) -> bytes:
    """One record on one line, keys in the order of its fields, text as it is."""
    text = json.dumps(record.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def write_lines(root: Path, path: str, lines: Iterable[bytes]) -> FileEntry:
    """Write a file of lines below `root`, and say what it is."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with target.open("wb") as stream:
        for line in lines:
            stream.write(line)
            count += 1
        stream.flush()
        os.fsync(stream.fileno())
    return entry_of(root, path, count)


def entry_of(root: Path, path: str, rows: int) -> FileEntry:
    """Size and digest of a file."""
    target = root / path
    with target.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileEntry(path=path, rows=rows, bytes=target.stat().st_size, sha256=digest)


def arrow() -> Any:
    """pyarrow with its Parquet writer.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        import_module("pyarrow.parquet")
        return import_module("pyarrow")
    except ModuleNotFoundError:
        raise ConfigError("data sets need the extra `data`: pip install 'blazer-agents[data]'") from None


def write_rows(root: Path, kind: Kind, split: Split, rows: Sequence[Row]) -> list[FileEntry]:
    """Both files of one kind and split."""
    names = {"kind": kind, "split": split}
    lines = write_lines(root, f"{kind}/{split}.jsonl", map(json_line, rows))
    path = f"{kind}/{split}.parquet"
    pyarrow = arrow()
    table = pyarrow.Table.from_pylist(
        [row.model_dump(mode="json") for row in rows], schema=schema_of(ROW_TYPES[kind])
    )
    pyarrow.parquet.write_table(table, root / path, row_group_size=PARQUET_ROWS, compression="zstd")
    _sync(root / path)
    return [entry.model_copy(update=names) for entry in (lines, entry_of(root, path, len(rows)))]


def parquet_rows(root: Path, path: str) -> list[dict[str, Any]]:
    """The rows of a Parquet file, as `datasets` finds them.

    Raises:
        ConfigError: pyarrow is not installed.
        DatasetDamaged: the file is no Parquet file.
    """
    pyarrow = arrow()
    try:
        rows: list[dict[str, Any]] = pyarrow.parquet.read_table(root / path).to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        raise DatasetDamaged(f"{root / path} cannot be read: {str(error).splitlines()[0]}") from error
    return rows


def _sync(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def schema_of(row_type: type[Row]) -> Any:
    """The Arrow schema of a kind of row."""
    pyarrow = arrow()
    fields = row_type.model_fields.items()
    return pyarrow.schema([(name, _type_of(field.annotation, pyarrow)) for name, field in fields])


def _type_of(annotation: Any, pyarrow: Any) -> Any:
    options = get_args(annotation)
    if get_origin(annotation) in (Union, UnionType):
        return _type_of(next(option for option in options if option is not type(None)), pyarrow)
    if Message in options:
        return pyarrow.list_(pyarrow.struct([("role", pyarrow.string()), ("content", pyarrow.string())]))
    plain = {bool: pyarrow.bool_(), int: pyarrow.int64(), float: pyarrow.float64()}
    return plain.get(annotation, pyarrow.string())
