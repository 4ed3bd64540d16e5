"""A data set's directory back to records, checked on the way. Only `check_dataset` needs pyarrow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from blazer.core.errors import UsageError
from blazer.training.card import card
from blazer.training.errors import DatasetDamaged
from blazer.training.files import entry_of, parquet_rows
from blazer.training.leaks import LeakReport, check_leaks
from blazer.training.manifest import (
    CARD,
    INSTANCES,
    MANIFEST,
    FileEntry,
    Manifest,
    counts_of,
    digest_of_files,
)
from blazer.training.rows import ROW_TYPES, SPLITS, Row, Split
from blazer.training.settings import KINDS, Kind


def read_manifest(directory: Path) -> Manifest:
    """The manifest of a data set.

    Raises:
        UsageError: there is none.
        DatasetDamaged: it cannot be read, or is not one.
    """
    path = directory / MANIFEST
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"{directory} holds no data set (no {MANIFEST}); `blazer dataset build` makes one"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetDamaged(f"{path} cannot be read: {error}") from error
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DatasetDamaged(f"{path} is not a manifest of this version: {place}: {first['msg']}") from None


def read_rows(directory: Path, manifest: Manifest, kind: Kind, split: Split) -> Iterator[Row]:
    """The rows of one kind and split; none where the manifest lists no such file.

    Raises:
        DatasetDamaged: a line that is no row of this kind.
    """
    entry = manifest.file(kind, split)
    if entry is None:
        return
    for number, line in enumerate(_lines(directory, entry), start=1):
        try:
            yield ROW_TYPES[kind].model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise DatasetDamaged(
                f"{directory / entry.path}, line {number}: {place}: {first['msg']}"
            ) from None


def read_instances(directory: Path, manifest: Manifest) -> dict[str, dict[str, Any]]:
    """Digest -> instance, as the rows name them.

    Raises:
        DatasetDamaged: the file is missing or broken.
    """
    found = {}
    for entry in manifest.files:
        if entry.path == INSTANCES:
            for line in _lines(directory, entry):
                try:
                    instance = json.loads(line)
                    found[str(instance.pop("instance"))] = instance
                except (ValueError, KeyError):
                    raise DatasetDamaged(
                        f"{directory / entry.path} holds a line that is no instance"
                    ) from None
    return found


def _lines(directory: Path, entry: FileEntry) -> Iterator[str]:
    # Not splitlines: it also splits at characters that JSON leaves in its strings.
    try:
        with (directory / entry.path).open(encoding="utf-8", newline="\n") as stream:
            yield from stream
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetDamaged(f"{directory / entry.path} cannot be read: {error}") from error


class Checked(NamedTuple):
    """What a look at every file found.

    Attributes:
        problems: What is missing or altered, in words.
        leaks: The leak check; None where the files could not be read.
    """

    problems: tuple[str, ...]
    leaks: LeakReport | None


def check_files(directory: Path, manifest: Manifest) -> tuple[str, ...]:
    """What differs from the manifest: files missing, altered, or there in excess."""
    problems = []
    for entry in manifest.files:
        path = directory / entry.path
        if not path.is_file():
            problems.append(f"{entry.path} is missing")
            continue
        now = entry_of(directory, entry.path, entry.rows)
        if (now.bytes, now.sha256) != (entry.bytes, entry.sha256):
            problems.append(
                f"{entry.path} was altered (sha256 {now.sha256[:12]}, manifest {entry.sha256[:12]})"
            )
    if (now_digest := digest_of_files(manifest.files)) != manifest.digest:
        problems.append(f"the manifest's digest is {manifest.digest}, and that of its files {now_digest}")
    known = {entry.path for entry in manifest.files}
    for kind in KINDS:
        for path in sorted((directory / kind).glob("*")):
            if path.relative_to(directory).as_posix() not in known:
                problems.append(f"{path.relative_to(directory)} is not in the manifest")
    return tuple(problems)


def check_dataset(directory: Path, manifest: Manifest) -> Checked:
    """Files against the manifest, rows against their types, counts and ids, and the leak check again.

    Rows are read from the JSON lines; the Parquet files, which `datasets` reads, must hold the same.

    Raises:
        LeakError: something is on both sides of a split.
        DatasetDamaged: a row cannot be read although its file is as the manifest says.
        ConfigError: pyarrow is not installed.
    """
    problems = list(check_files(directory, manifest))
    if problems:
        return Checked(tuple(problems), None)
    rows: dict[Kind, dict[Split, list[Row]]] = {}
    for kind in manifest.counts:
        rows[kind] = {}
        for split in SPLITS:
            some = list(read_rows(directory, manifest, kind, split))
            if some:
                rows[kind][split] = some
            problems += _miscounted(manifest, kind, split, some)
            problems += _unlike(directory, manifest, kind, split, some)
    report = check_leaks(rows, manifest.settings.split.held_out_tasks)
    if report != manifest.leak_check:
        problems.append("leak_check in the manifest is not what the check finds in the rows")
    return Checked((*problems, *_other_card(directory, manifest)), report)


def _other_card(directory: Path, manifest: Manifest) -> Iterator[str]:
    """The card is for people, but for what `datasets` reads: which files are which split, and the digest."""
    try:
        front = (directory / CARD).read_text(encoding="utf-8").split("---")[1]
        given = yaml.safe_load(front)["configs"]
    except (OSError, ValueError, IndexError, KeyError, TypeError, yaml.YAMLError):
        yield f"{CARD} does not say which files are which split; build the data set again"
        return
    if given != yaml.safe_load(card(manifest).split("---")[1])["configs"]:
        yield (
            f"{CARD} is not the card of this manifest: `load_dataset` would read other files, or "
            "other rows from its cache"
        )


def _unlike(directory: Path, manifest: Manifest, kind: Kind, split: Split, rows: list[Row]) -> Iterator[str]:
    entry = manifest.file(kind, split, ".parquet")
    if entry is None:
        if rows:
            yield f"{kind}/{split} has no Parquet file"
        return
    if parquet_rows(directory, entry.path) != [row.model_dump(mode="json") for row in rows]:
        yield f"{entry.path} holds other rows than the JSON lines beside it"


def _miscounted(manifest: Manifest, kind: Kind, split: Split, rows: list[Row]) -> Iterator[str]:
    counts = manifest.counts[kind].get(split)
    if (counts.rows if counts else 0) != len(rows):
        yield f"{kind}/{split} has {len(rows)} rows, the manifest says {counts.rows if counts else 0}"
    elif counts is not None and counts != counts_of(rows):
        yield f"counts of {kind}/{split} in the manifest are not those of its rows"
    if len({row.id for row in rows}) != len(rows):
        yield f"{kind}/{split} has two rows of one id"
