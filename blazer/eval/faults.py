"""Killing a collecting run again and again, and asking whether its promises held.

The orchestrator is a process of its own, `blazer collect`, killed with SIGKILL at seeded moments and
started again with the same command until the run is complete; then its store is compared with the
plan and with that of a run nobody disturbed. Does not cover faults below the orchestrator (guests,
worlds, daemon, disk): those are in the tests. The decision to question: moments are drawn over the
run's progress, not over time, so that a slow machine is killed as often as a quick one; some are
drawn over the first seconds after a start instead, where nothing is stored yet.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from blazer.core.errors import UsageError
from blazer.core.records import Record
from blazer.core.rng import stream
from blazer.eval.faults_found import completed, differences, examine
from blazer.eval.leftovers import Leftovers, Watch

STORE_NAME = "traces.sqlite"
STATE_FILES = frozenset({STORE_NAME, f"{STORE_NAME}.state", "answers.sqlite", "checkpoints.sqlite"})
"""All that a run that has ended may have beside its store."""
CLEAN_WITHIN_S = 60.0
KILL_BEFORE = 0.85
"""Share of the episodes within which the kills lie: a run that has ended cannot be killed."""
EARLY_SHARE = 0.2
"""Share of the kills that come in the first seconds after a start."""
EARLY_WITHIN_S = 3.0
DELAY_WITHIN_S = 0.5
POLL_S = 0.1
LONGEST_S = 3600.0
"""Of one start without a kill; beyond, the run hangs."""


class FaultReport(Record):
    """What became of a run that was killed again and again."""

    tier: str
    runs: int
    """Episodes of the plan."""
    kills: int
    resumes: int
    traces_expected: int
    """Episodes whose decided, final trace must be there, once each."""
    traces_found: int
    traces_lost: int
    traces_doubled: int
    """Decided traces beyond the first of the same attempt."""
    integrity_problems: int
    infra_errors: int
    """Traces that decide nothing because the infrastructure failed; each was tried again."""
    infra_counted: int
    """Infrastructure errors that some rate counts, or that could be taken for a negative."""
    verdicts_differing: int | None
    """Attempts that differ from those of a run nobody disturbed; None if none was made."""
    left_after_s: float
    """How long after the last process's end nothing was left."""
    slowest_cleanup_s: float
    """Longest time from a kill until no process of the killed one was left."""
    left: Leftovers
    wall_s: float
    control_wall_s: float | None
    """Of the run nobody disturbed."""
    broken: tuple[str, ...]
    """Promises that did not hold, in words; empty when all did."""


class Plan(NamedTuple):
    """What to run and how often to kill it.

    Attributes:
        command: Starts the orchestrator, given a store's path; the same again resumes.
        expected: Keys (task, seed, sample) of all episodes.
        kills: How many.
        seed: Of the moments.
        tier: For the report; "docker" and "runsc" have containers looked at.
        control: Whether to compare with a run that nobody disturbs.
    """

    command: Callable[[Path], Sequence[str]]
    expected: frozenset[tuple[str, int, int]]
    kills: int
    seed: int
    tier: str
    control: bool


class Moment(NamedTuple):
    """When to kill.

    Attributes:
        stored: Not before so many episodes are complete.
        after_s: So long after that, or after the start.
    """

    stored: int
    after_s: float


def moments(episodes: int, kills: int, seed: int) -> tuple[Moment, ...]:
    """Seeded moments, in the order of the run's progress.

    Raises:
        UsageError: for more kills than a run of that length has room for.
    """
    last = int(episodes * KILL_BEFORE)
    if not 0 <= kills <= last:
        raise UsageError(
            f"{kills} kills in {episodes} episodes: at most {last}; give more runs or fewer kills"
        )
    rng = stream(seed, "faults", "moments")
    found = []
    for number in range(kills):
        early = rng.random() < EARLY_SHARE
        # One in each of equal parts of the run: anywhere, and never all in one place.
        stored = int((number + rng.random()) * last / kills)
        within_s = EARLY_WITHIN_S if early else DELAY_WITHIN_S
        found.append(Moment(0 if early else stored, float(rng.uniform(0.0, within_s))))
    return tuple(found)


def run_faults(
    plan: Plan, folder: Path, on_start: Callable[[int, int], None] = lambda n, stored: None
) -> FaultReport:
    """Run the plan to its end, killing as it says, and look at what came of it.

    Args:
        plan: What to run.
        folder: An empty one, for stores, logs and temporary files.
        on_start: Told before each start: its number, and how many episodes are stored.

    Raises:
        UsageError: the plan cannot be.
        SandboxUnavailable: the tier needs Docker and it does not answer.
    """
    when = moments(len(plan.expected), plan.kills, plan.seed)
    scratch = folder / "tmp"
    scratch.mkdir(parents=True)
    began = time.monotonic()
    with Watch(scratch, docker=plan.tier in ("docker", "runsc")) as watch:
        disturbed = _Run(plan, folder / "disturbed", scratch, watch)
        kills, slowest_s = 0, 0.0
        for number, moment in enumerate(when):
            on_start(number, disturbed.stored())
            if disturbed.killed_at(moment):
                kills += 1
                slowest_s = max(slowest_s, _until_no_process(watch))
        on_start(len(when), disturbed.stored())
        code = disturbed.finish()
        cleaned = watch.wait(CLEAN_WITHIN_S)
        wall_s = time.monotonic() - began
        control, control_s = None, None
        if plan.control and code == 0:
            on_start(len(when) + 1, 0)
            control, began = _Run(plan, folder / "control", scratch, watch), time.monotonic()
            control.finish()
            control_s = time.monotonic() - began
    found = examine(disturbed.store_path, plan.expected)
    differing = None if control is None else differences(disturbed.store_path, control.store_path)
    strays = sorted(path.name for path in disturbed.folder.rglob("*") if path.name not in STATE_FILES)
    left = cleaned.left.model_copy(update={"files": (*cleaned.left.files, *strays)})
    report = FaultReport(
        tier=plan.tier,
        runs=len(plan.expected),
        kills=kills,
        resumes=kills if code == 0 else max(kills - 1, 0),
        **found._asdict(),
        verdicts_differing=differing,
        left_after_s=round(cleaned.after_s, 2),
        slowest_cleanup_s=round(slowest_s, 2),
        left=left,
        wall_s=round(wall_s, 1),
        control_wall_s=None if control_s is None else round(control_s, 1),
        broken=(),
    )
    return report.model_copy(update={"broken": tuple(_broken(report, plan, disturbed.last_words(code)))})


class _Run:
    """A run in a folder of its own, started as often as it takes."""

    def __init__(self, plan: Plan, folder: Path, scratch: Path, watch: Watch) -> None:
        self._plan, self._scratch, self._watch = plan, scratch, watch
        self.folder, self.store_path = folder, folder / STORE_NAME
        self._log = folder.with_suffix(".log")
        folder.mkdir(parents=True)

    def stored(self) -> int:
        """How many episodes are complete."""
        return completed(self.store_path)

    def killed_at(self, moment: Moment) -> bool:
        """Start it and kill it at that moment; False if it ended before."""
        with self._started() as process:
            while process.poll() is None and self.stored() < moment.stored:
                time.sleep(POLL_S)
            try:
                process.wait(moment.after_s)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.wait()
            return process.returncode == -signal.SIGKILL

    def finish(self) -> int:
        """Start it and let it come to its end; its exit code."""
        with self._started() as process:
            try:
                return process.wait(LONGEST_S)
            except subprocess.TimeoutExpired:
                process.kill()
                return process.wait()

    def last_words(self, code: int) -> str:
        """Of a run that failed; "" of one that did not."""
        if code == 0:
            return ""
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return (
            f"the last start ended with exit code {code}: {lines[-1][:300] if lines else 'it said nothing'}"
        )

    @contextmanager
    def _started(self) -> Iterator[subprocess.Popen[bytes]]:
        """The orchestrator; whatever ends the block ends it too."""
        with self._log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  (our own command)
                [*self._plan.command(self.store_path)],
                cwd=self.folder,
                env=_environment(self._scratch),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._watch.watch(process.pid)
        try:
            yield process
        finally:
            process.kill()  # does nothing to one that has been waited for
            process.wait()


def _environment(scratch: Path) -> Mapping[str, str]:
    """This process's, without a person's own settings of Blazer, and temporary files where they show."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BLAZER_")}
    base = {name: os.environ[name] for name in ("BLAZER_BASE_IMAGE",) if name in os.environ}
    return {**kept, **base, "TMPDIR": str(scratch)}


def _until_no_process(watch: Watch) -> float:
    """Seconds until no process of the killed one was left; `CLEAN_WITHIN_S` if some stayed."""
    began = time.monotonic()
    while watch.look().processes and time.monotonic() - began < CLEAN_WITHIN_S:
        time.sleep(0.02)
    return time.monotonic() - began


def _broken(report: FaultReport, plan: Plan, last_words: str) -> list[str]:
    """The promises that did not hold."""
    found = [last_words] if last_words else []
    if report.kills < plan.kills:
        found.append(f"only {report.kills} of {plan.kills} kills were made: the run ended too early")
    counts = {
        "traces lost": report.traces_lost,
        "traces doubled": report.traces_doubled,
        "problems found by the integrity check": report.integrity_problems,
        "infrastructure errors counted": report.infra_counted,
        "attempts other than in an undisturbed run": report.verdicts_differing or 0,
    }
    found += [f"{number} {what}" for what, number in counts.items() if number]
    if not report.left.nothing:
        held = {name: value for name, value in report.left.model_dump().items() if value}
        found.append(f"left behind after {CLEAN_WITHIN_S:g} s: {held}")
    return found
