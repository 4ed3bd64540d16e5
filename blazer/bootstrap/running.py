"""Doing a plan's steps, one after the other, and knowing what is done already.

A step that fails is noted, what needs it is left out, and everything else goes on: a study that runs
overnight should not lose five results to a sixth. Never two steps at a time: they would share the
cores and nobody's wall time would mean anything.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from blazer.agents.opening import OpenRun
from blazer.agents.provenance import code_digest
from blazer.bootstrap.child import Runner, in_child, lock
from blazer.bootstrap.errors import StepFailed, WorkChanged
from blazer.bootstrap.machine import this_machine, versions
from blazer.bootstrap.steps import (
    BEGUN,
    DONE,
    FAILED,
    LOG,
    Beat,
    Begun,
    Done,
    Job,
    Made,
    Status,
    Step,
    WorkDir,
    write_json,
)
from blazer.core.errors import BlazerError

_HEARTBEAT_S = 5.0


class EventKind(StrEnum):
    """What is told."""

    PLAN = "plan"
    """Work begins; `done` and `total` count steps."""
    BEGIN = "begin"
    """A step begins."""
    BEAT = "beat"
    """A step has come further."""
    END = "end"
    """A step is done."""
    FAIL = "fail"
    """A step failed; `text` says why."""


class Event(NamedTuple):
    """Progress, for whoever shows it.

    Attributes:
        kind: What happened.
        step: The step's name.
        done: Steps that are done.
        total: All steps.
        text: In words.
        share: Of the step that is done, 0 to 1; negative when not known.
        step_left_s: Of the step, roughly; negative when not known.
        all_left_s: Of everything, roughly.
    """

    kind: EventKind
    step: str
    done: int
    total: int
    text: str
    share: float
    step_left_s: float
    all_left_s: float


class Ran(NamedTuple):
    """What a call came to.

    Attributes:
        done: Proofs of all steps that are done, by name.
        fresh: Names of those that this call did.
        failed: Step -> why, those that could not begin included.
    """

    done: dict[str, Done]
    fresh: tuple[str, ...]
    failed: dict[str, str]


def look(steps: Sequence[Step], place: WorkDir) -> list[Status]:
    """Where every step stands. Builds every job, so settings that cannot be are found here.

    Raises:
        ConfigError: settings of a step that cannot be.
        WorkDamaged: a file of the machinery cannot be read.
    """
    known: dict[str, Done] = {}
    found = []
    for step in steps:
        status = _status(step, known, place)
        if status.done is not None:
            known[step.name] = status.done
        found.append(status)
    return found


def _status(step: Step, known: Mapping[str, Done], place: WorkDir) -> Status:
    ready = all(name in known for name in step.needs)
    needs = {name: known[name] if name in known else unknown(name) for name in step.needs}
    job = step.make(needs)
    estimate = job.estimate_s()
    done = place.done(step.name)
    if done is not None and ready:
        if done.inputs != place.inputs(job, needs) and not _same(done, job, needs):
            return Status(step, "changed", None, estimate)
        if not job.stands(done.made):
            return Status(step, "gone", None, estimate)
        return Status(step, "done", done, 0.0)
    if done is not None:
        return Status(step, "changed", None, estimate)
    if place.failure(step.name):
        return Status(step, "failed", None, estimate)
    return Status(step, "begun" if place.begun(step.name) else "to do", None, estimate)


def _same(done: Done, job: Job, needs: Mapping[str, Done]) -> bool:
    """Whether a proof of older code says the same: settings that have come since are at their defaults."""
    try:
        then = type(job).model_validate(done.job)
    except ValidationError:
        return False
    digests = {name: proof.made.digest for name, proof in needs.items()}
    return done.needs == digests and then.identity() == job.identity()


def unknown(name: str) -> Done:
    """Stands for a step that is not done yet, where a job is built to be looked at."""
    made = Made(digest="0" * 16)
    return Done(
        name=name, kind="", inputs="", needs={}, job={}, made=made, wall_s=0.0, tries=0, begun_at="",
        ended_at="", peak_gb=0.0, code="",
    )  # fmt: skip


def run_steps(
    steps: Sequence[Step],
    place: WorkDir,
    open_run: OpenRun,
    on_event: Callable[[Event], None] = lambda event: None,
    *,
    run: Runner = in_child,
    redo: bool = False,
) -> Ran:
    """Do all steps that are not done.

    Args:
        steps: In an order in which each comes after what it needs.
        place: Their directory.
        open_run: What opens sandbox and store.
        on_event: Told of progress.
        run: Does a job.
        redo: Do finished steps again whose settings or inputs are other ones now.

    Raises:
        WorkChanged: there are such steps, and `redo` is not given; nothing was begun.
        WorkBusy: another process works there.
        ConfigError: settings of a step that cannot be; nothing was begun.
    """
    with lock(place.root / "lock", f"another process works in {place.root}"):
        statuses = look(steps, place)
        changed = [status.step.name for status in statuses if status.state == "changed"]
        if changed and not redo:
            raise WorkChanged(
                f"finished steps in {place.root} were made with other settings or inputs: "
                f"{', '.join(changed)}; give the settings that they had, another --work, or --redo to throw "
                "them away and do them again"
            )
        return _Line(statuses, place, open_run, on_event, run).work()


class _Line:
    """One call's state."""

    def __init__(
        self,
        statuses: Sequence[Status],
        place: WorkDir,
        open_run: OpenRun,
        on_event: Callable[[Event], None],
        run: Runner,
    ) -> None:
        self._steps = [status.step for status in statuses]
        self._place, self._open_run, self._on_event, self._run = place, open_run, on_event, run
        self._known = {status.step.name: status.done for status in statuses if status.done}
        self._estimates = {status.step.name: status.estimate_s for status in statuses}
        self._pace = Pace()
        for status in statuses:
            if status.done is not None:
                job = status.step.make({name: self._known[name] for name in status.step.needs})
                self._pace.note(job.kind, job.estimate_s(), status.done.wall_s)
        self._kinds = {s.step.name: self._kind_of(s.step) for s in statuses}
        self._failed: dict[str, str] = {}
        self._fresh: list[str] = []

    def _kind_of(self, step: Step) -> str:
        return step.make({name: self._known.get(name) or unknown(name) for name in step.needs}).kind

    def work(self) -> Ran:
        self._tell(EventKind.PLAN, "", f"{len(self._known)} of {len(self._steps)} steps are done")
        for step in self._steps:
            if step.name in self._known:
                continue
            missing = [name for name in step.needs if name not in self._known]
            if missing:
                self._failed[step.name] = f"needs {', '.join(missing)}"
                continue
            try:
                proof = self._proof_of(step)
                if proof is not None:
                    self._known[step.name] = proof
                    continue
                self._do(step)
            except (BlazerError, OSError) as error:  # a full disk, say: told like any other failure
                self._failed[step.name] = str(error)
                failure = {"error": str(error), "kind": type(error).__name__}
                with contextlib.suppress(OSError):
                    write_json(self._place.step(step.name) / FAILED, failure)
                self._tell(EventKind.FAIL, step.name, str(error))
        known = {step.name: self._known[step.name] for step in self._steps if step.name in self._known}
        return Ran(known, tuple(self._fresh), self._failed)

    def _proof_of(self, step: Step) -> Done | None:
        """Of a step that what was repeated before it has not touched after all."""
        return _status(step, self._known, self._place).done

    def _do(self, step: Step) -> None:
        needs = {name: self._known[name] for name in step.needs}
        job = step.make(needs)
        inputs = self._place.inputs(job, needs)
        folder = self._place.step(step.name)
        begun = self._prepare(step, inputs)
        self._tell(EventKind.BEGIN, step.name, job.kind)
        clock = _Clock(begun, folder / BEGUN)
        ended = self._run(job, self._open_run, lambda beat: self._beat(step.name, clock, beat), folder / LOG)
        if not job.stands(ended.made):
            raise StepFailed(f"{step.name} ended, but what it made is not there; log: {folder / LOG}")
        done = Done(
            name=step.name,
            kind=job.kind,
            inputs=inputs,
            needs={name: proof.made.digest for name, proof in needs.items()},
            job=job.model_dump(mode="json"),
            made=ended.made,
            wall_s=round(clock.spent_s(), 1),
            tries=begun.tries,
            begun_at=begun.begun_at,
            ended_at=_now(),
            peak_gb=ended.peak_gb,
            code=ended.code or code_digest(),
            machine=this_machine().text,
            versions=versions(),
        )
        write_json(folder / DONE, done)
        (folder / BEGUN).unlink(missing_ok=True)
        self._pace.note(job.kind, job.estimate_s(), done.wall_s)
        self._known[step.name] = done
        self._fresh.append(step.name)
        self._tell(EventKind.END, step.name, f"{done.wall_s:.0f} s")

    def _prepare(self, step: Step, inputs: str) -> Begun:
        """Clear what other inputs made; count this try."""
        folder = self._place.step(step.name)
        before = self._place.begun(step.name)
        done = self._place.done(step.name)
        same = before is not None and before.inputs == inputs
        if not same and (before is not None or done is not None):
            for path in (folder / DONE, folder / BEGUN, folder / LOG):
                path.unlink(missing_ok=True)
            if (folder / "out").exists():
                shutil.rmtree(folder / "out")
        (folder / DONE).unlink(missing_ok=True)
        (folder / FAILED).unlink(missing_ok=True)
        if before is not None and same:
            begun = before.model_copy(update={"tries": before.tries + 1})
        else:
            begun = Begun(inputs=inputs, begun_at=_now(), tries=1, spent_s=0.0)
        write_json(folder / BEGUN, begun)
        return begun

    # -- telling ------------------------------------------------------------------------------------
    def _beat(self, name: str, clock: _Clock, beat: Beat | None) -> None:
        clock.tick()
        if beat is None:
            return
        share = min(1.0, beat.done / beat.total) if beat.total > 0 else -1.0
        self._tell(EventKind.BEAT, name, beat.text, share, clock.this_try_s())

    def _tell(self, kind: EventKind, name: str, text: str, share: float = -1.0, spent_s: float = 0.0) -> None:
        rest = [
            step.name
            for step in self._steps
            if step.name not in self._known and step.name not in self._failed and step.name != name
        ]
        left = sum(self._pace.of(self._kinds[other], self._estimates[other]) for other in rest)
        step_left = -1.0
        if kind in (EventKind.BEGIN, EventKind.BEAT):
            whole = self._pace.of(self._kinds[name], self._estimates[name])
            step_left = spent_s * (1 - share) / share if share > 0.05 else max(whole - spent_s, 0.0)
            left += step_left
        event = Event(kind, name, len(self._known), len(self._steps), text, share, step_left, left)
        self._on_event(event)


class _Clock:
    """Counts a try's time, and keeps it where a kill does not reach it."""

    def __init__(self, begun: Begun, path: Path) -> None:
        self._begun, self._path = begun, path
        self._started = self._written = time.monotonic()

    def this_try_s(self) -> float:
        return time.monotonic() - self._started

    def spent_s(self) -> float:
        return self._begun.spent_s + self.this_try_s()

    def tick(self) -> None:
        now = time.monotonic()
        if now - self._written >= _HEARTBEAT_S:
            self._written = now
            write_json(self._path, self._begun.model_copy(update={"spent_s": round(self.spent_s(), 1)}))


class Pace:
    """How long steps of a kind really take, beside what was estimated."""

    def __init__(self) -> None:
        self._estimated: defaultdict[str, float] = defaultdict(float)
        self._taken: defaultdict[str, float] = defaultdict(float)

    def note(self, kind: str, estimated_s: float, taken_s: float) -> None:
        """A step is done."""
        self._estimated[kind] += estimated_s
        self._taken[kind] += taken_s

    def of(self, kind: str, estimated_s: float) -> float:
        """An estimate, corrected by what steps of that kind have taken; of any kind, where none has."""
        if self._estimated[kind] > 0:
            return estimated_s * self._taken[kind] / self._estimated[kind]
        return estimated_s


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
