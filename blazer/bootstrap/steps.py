"""A step: what it needs, what it is to do, and `done.json`, the proof that it was done.

A step is done when its `done.json` names the inputs that it has now: its own settings and the digests
of what the steps before it made. Anything else, and it is done again. So whatever changes upstream
runs everything downstream of it again, and nothing else. The decision to question: digests are of
contents (weights, rows), not of files' times, so a step that is repeated and makes the same as before
repeats nothing after it. Blazer's own code is no input, or no study would survive a corrected
sentence in a page of help; `done.json` keeps its digest, and reports say when several were mixed.
"""

from __future__ import annotations

import json
import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, TypeVar

from pydantic import JsonValue, ValidationError

from blazer.agents.opening import OpenRun
from blazer.bootstrap.errors import WorkDamaged
from blazer.core.digest import canonical_json, digest, text_digest
from blazer.core.records import Record

R = TypeVar("R", bound=Record)

DONE, BEGUN, FAILED, LOG = "done.json", "begun.json", "failed.json", "log.txt"


class Beat(NamedTuple):
    """How far a step has come.

    Attributes:
        done: Of `total`, in whatever the step counts.
        total: 0 when not known.
        text: What it counts and how it looks, for people.
    """

    done: float
    total: float
    text: str


class Made(Record):
    """What a step made."""

    digest: str
    """Of its contents: what steps after it have as their input."""
    facts: dict[str, JsonValue] = {}
    """Counts and figures that tables show."""


class Hands(NamedTuple):
    """What a job works with.

    Attributes:
        open_run: Opens sandbox and store for episodes.
        tell: Told how far it has come.
    """

    open_run: OpenRun
    tell: Callable[[Beat], None]


class Job(Record, ABC):
    """What a step is to do, resolved: a record that another process can be handed."""

    kind: ClassVar[str]

    def identity(self) -> dict[str, Any]:
        """The settings that shape what is made; those that only say how fast are left out."""
        return self.model_dump(mode="json")

    @property
    def version(self) -> str:
        """Digest of `identity`, for names that must tell jobs apart."""
        return digest(self.identity())[:8]

    @abstractmethod
    def work(self, hands: Hands) -> Made:
        """Do it, going on where a killed process stopped."""

    @abstractmethod
    def stands(self, made: Made) -> bool:
        """Whether what was made is still there, as it was made."""

    @abstractmethod
    def estimate_s(self) -> float:
        """How long it takes on two cores, roughly: for progress alone."""


class Step(NamedTuple):
    """One step of a plan.

    Attributes:
        name: Also of its directory below `steps/`.
        needs: Steps whose results it uses.
        make: Their proofs -> its job.
        part: Which part of the plan it belongs to.
    """

    name: str
    needs: tuple[str, ...]
    make: Callable[[Mapping[str, Done]], Job]
    part: str = "main"


class Done(Record):
    """`done.json`."""

    schema_version: Literal[1] = 1
    name: str
    kind: str
    inputs: str
    """Digest of job and needs."""
    needs: dict[str, str]
    """Step -> digest of what it had made."""
    job: dict[str, JsonValue]
    """As resolved."""
    made: Made
    wall_s: float
    """Of all its tries, interrupted ones included."""
    tries: int
    begun_at: str
    ended_at: str
    peak_gb: float
    """Largest resident memory of its process."""
    code: str
    """Digest of Blazer's files when the process that did it began."""
    machine: str = ""
    """What it ran on."""
    versions: dict[str, str] = {}
    """What it ran with."""


class Begun(Record):
    """`begun.json`: a try that may have been killed."""

    schema_version: Literal[1] = 1
    inputs: str
    begun_at: str
    tries: int
    spent_s: float
    """In all tries so far, as of the last heartbeat."""


State = Literal["done", "begun", "failed", "changed", "gone", "to do"]


class Status(NamedTuple):
    """Where a step stands.

    Attributes:
        step: Which.
        state: `changed`: done with other inputs; `gone`: done, but its result is not there any more.
        done: Its proof, when the state is `done`.
        estimate_s: What is left to do takes about so long.
    """

    step: Step
    state: State
    done: Done | None
    estimate_s: float


class WorkDir:
    """The directory of a plan.

    Args:
        root: Where it is, or shall be.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    @property
    def store(self) -> Path:
        """The traces that students learn from; evaluations keep theirs elsewhere."""
        return self.root / "traces.sqlite"

    def step(self, name: str) -> Path:
        """Directory of a step's proof and log."""
        return self.root / "steps" / name

    def out(self, name: str) -> Path:
        """What a step makes: a data set, a model, an evaluation."""
        return self.step(name) / "out"

    def done(self, name: str) -> Done | None:
        """The proof of a step, whatever its inputs were."""
        return _read(self.step(name) / DONE, Done)

    def begun(self, name: str) -> Begun | None:
        """The try of a step that is under way or was killed."""
        return _read(self.step(name) / BEGUN, Begun)

    def failure(self, name: str) -> str:
        """Why the last try of a step failed; "" if it did not."""
        try:
            return str(json.loads((self.step(name) / FAILED).read_text(encoding="utf-8"))["error"])
        except FileNotFoundError:
            return ""
        except (OSError, ValueError, KeyError, TypeError):
            return "unreadable"

    def inputs(self, job: Job, needs: Mapping[str, Done]) -> str:
        """Digest of everything that shapes a step's result; a work directory may be moved."""
        text = canonical_json(
            {"job": job.identity(), "needs": {name: done.made.digest for name, done in needs.items()}}
        )
        return text_digest(text.replace(str(self.root), "WORK"))


def write_json(path: Path, value: Mapping[str, Any] | Record) -> None:
    """Write a file whole or not at all, and down to the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = value.model_dump_json(indent=2) if isinstance(value, Record) else json.dumps(value, indent=2)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).chmod(0o644)
    Path(name).replace(path)


def _read(path: Path, kind: type[R]) -> R | None:
    try:
        return kind.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise WorkDamaged(
            f"{path} cannot be read ({reason}); remove it, and its step is looked at afresh"
        ) from error
