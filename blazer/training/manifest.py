"""`manifest.json`: what a data set is, written last. A directory without it is no data set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from blazer.core.digest import digest
from blazer.core.records import Record
from blazer.training.leaks import LeakReport
from blazer.training.rows import LeftOut, Row, Split
from blazer.training.settings import DatasetSettings, Kind

SCHEMA_VERSION: Literal[1] = 1
MANIFEST = "manifest.json"
LEFT_OUT = "left_out.jsonl"
INSTANCES = "instances.jsonl"
CARD = "README.md"


class FileEntry(Record):
    """One file."""

    path: str
    """Below the directory of the data set."""
    rows: int
    bytes: int
    sha256: str
    kind: Kind | None = None
    split: Split | None = None


class RunEntry(Record):
    """One run that traces come from."""

    run_id: str
    traces: int
    models: tuple[str, ...]
    """Which wrote programs."""


class Source(Record):
    """The store that it was built from, as it was."""

    place: str
    traces: int
    """That were looked at."""
    digest: str
    """Of the ids and digests of these traces."""
    runs: tuple[RunEntry, ...]
    outdated_prompts: int = 0
    """Of style `full`: traces whose prompt the coder would not be sent today, word for word."""


class Counts(Record):
    """Of one kind and split."""

    rows: int
    distinct: int
    """Without the copies that balancing made."""
    tasks: dict[str, int]
    lessons: dict[str, int]
    """By outcome of what is rejected or undesirable; for SFT by form."""
    strata: dict[str, int] = {}
    instances: int
    seeds: dict[str, tuple[int, ...]]
    """Of every task."""
    trace_ids: tuple[str, ...]


class Versions(Record):
    """What made it."""

    blazer: str
    code: str
    """Digest of the package's files."""
    python: str
    pyarrow: str
    prompts: dict[str, str]
    """Digests of the templates behind the prompts of this style."""


class Manifest(Record):
    """The whole of it."""

    schema_version: Literal[1] = SCHEMA_VERSION
    name: str
    created_at: str
    digest: str
    """Of the data files' digests: equal digests, equal data."""
    settings: DatasetSettings
    source: Source
    versions: Versions
    files: tuple[FileEntry, ...]
    counts: dict[Kind, dict[Split, Counts]]
    left_out: dict[str, int]
    """Reason -> how many."""
    evaluation_seeds: tuple[int, int]
    """Held out from everything here; the end is exclusive."""
    leak_check: LeakReport

    def file(self, kind: Kind, split: Split, ending: str = ".jsonl") -> FileEntry | None:
        """The entry of one kind and split."""
        for entry in self.files:
            if (entry.kind, entry.split) == (kind, split) and entry.path.endswith(ending):
                return entry
        return None


def digest_of_files(files: Sequence[FileEntry]) -> str:
    """What `Manifest.digest` is: of the rows as they are, whichever format they are read from."""
    return digest([[entry.path, entry.sha256] for entry in files if entry.path.endswith(".jsonl")])


def counts_of(rows: Sequence[Row]) -> Counts:
    """Count the rows of one kind and split."""
    seeds: dict[str, set[int]] = {}
    for row in rows:
        seeds.setdefault(row.task, set()).add(row.seed)
    strata = Counter(str(row.stratum) for row in rows if hasattr(row, "stratum"))
    return Counts(
        rows=len(rows),
        distinct=sum("#" not in row.id for row in rows),
        tasks=_sorted(Counter(row.task for row in rows)),
        lessons=_sorted(Counter(row.kind_of_lesson for row in rows)),
        strata=_sorted(strata),
        instances=len({row.instance for row in rows}),
        seeds={task: tuple(sorted(some)) for task, some in sorted(seeds.items())},
        trace_ids=tuple(sorted({name for row in rows for name in row.trace_ids})),
    )


def left_out_counts(left: Sequence[LeftOut]) -> dict[str, int]:
    """`kind reason` -> how many."""
    return _sorted(Counter(f"{item.kind} {item.reason}" for item in left))


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))
