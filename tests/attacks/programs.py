"""The hostile programs: one a file, with what is expected of each in comments of its own.

`tests/attacks/README.md` says how to write one. A header that is missing, wrong or in conflict with
itself is an error that names the file, so that no program can lie here without being judged.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from blazer.core.outcomes import Ending

DIRECTORY = Path(__file__).parent / "hostile"
GROUPS = ("static", "resource", "isolation", "tamper", "misuse")
KEYS = ("tries", "full", "raw", "policy", "promise", "needs")
NEEDS = ("seed", "world")
_HEADER = re.compile(rf"^# ({'|'.join(KEYS)}): *(.*?) *$", re.MULTILINE)


class BadHeader(ValueError):
    """A hostile program does not say what is expected of it."""


class Hostile(NamedTuple):
    """One hostile program.

    Attributes:
        name: Of the file, without its suffix.
        group: The part before the first underscore.
        source: All of the file; header and all, so that line numbers are the file's.
        tries: What it attempts.
        full: How it may end with everything on; more than one only where two limits race.
        raw: How it may end with the policy off; None for any way.
        accepted: Whether the policy takes it.
        promise: Of `IsolationLevel.promises`: what the raw run rests on; "" for nothing in particular.
        needs: "seed" runs it on further seeds, "world" says that it calls skills; "" for neither.
    """

    name: str
    group: str
    source: str
    tries: str
    full: frozenset[Ending]
    raw: frozenset[Ending] | None
    accepted: bool
    promise: str
    needs: str


def load_programs(directory: Path = DIRECTORY) -> list[Hostile]:
    """Every program of a directory, by name.

    Raises:
        BadHeader: names the file and what its header lacks.
    """
    return [load_program(path) for path in sorted(directory.glob("*.py"))]


def load_program(path: Path) -> Hostile:
    """The program of one file.

    Raises:
        BadHeader: names the file and what its header lacks.
    """
    source = path.read_text(encoding="utf-8")
    group = path.stem.partition("_")[0]
    if group not in GROUPS or group == path.stem:
        raise BadHeader(f"{path}: a name is <group>_<what>.py, and the groups are {', '.join(GROUPS)}")
    found: dict[str, str] = {}
    for key, value in _HEADER.findall(source):
        if key in found:
            raise BadHeader(f"{path}: the header has two lines '# {key}:'")
        found[key] = value
    for key in ("tries", "full", "raw", "policy"):
        if not found.get(key):
            raise BadHeader(f"{path}: the header has no line '# {key}: ...'")
    full = frozenset(_ending(path, "full", word) for word in found["full"].split())
    if found["policy"] not in ("refused", "accepted"):
        raise BadHeader(f"{path}: '# policy:' is refused or accepted, not {found['policy']!r}")
    accepted = found["policy"] == "accepted"
    if full != {Ending.REFUSED} if not accepted else Ending.REFUSED in full:
        raise BadHeader(f"{path}: '# full: refused' and '# policy: refused' go together")
    if found.get("needs", "") not in ("", *NEEDS):
        raise BadHeader(f"{path}: '# needs:' is {' or '.join(NEEDS)}, not {found['needs']!r}")
    raw = None
    if found["raw"] != "any":
        raw = frozenset(_ending(path, "raw", word) for word in found["raw"].split())
    return Hostile(
        name=path.stem,
        group=group,
        source=source,
        tries=found["tries"],
        full=full,
        raw=raw,
        accepted=accepted,
        promise=found.get("promise", ""),
        needs=found.get("needs", ""),
    )


def _ending(path: Path, key: str, word: str) -> Ending:
    try:
        ending = Ending(word)
    except ValueError:
        raise BadHeader(f"{path}: '# {key}: {word}' is no ending; there are {', '.join(Ending)}") from None
    if ending in (Ending.INFRASTRUCTURE, Ending.CANCELLED):
        raise BadHeader(f"{path}: '# {key}: {word}' would be our failure, which no program may expect")
    return ending
