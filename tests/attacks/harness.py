"""Runs a hostile program one way and says all that is wrong with what came of it.

The program's own print is the least of the evidence: after every run the host's canaries are looked
at, everything that came back is searched for their secrets, and the next, innocent program must find
nothing of the one before. When a sandbox is closed, no process and no container of its runs may be
left a second later.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from blazer.core.outcomes import Ending, Outcome
from blazer.core.records import PolicyReport
from blazer.sandbox.episode import Episode
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.sandbox import Sandbox
from tests.attacks.canaries import Canaries
from tests.attacks.programs import Hostile

OVERSHOOT_S = 30.0
"""Later than its wall limit than this a program is never gone, on a machine as busy as may be. It finds
what hangs; the figure that is promised is measured by `blazer bench sandbox`."""
GONE_AFTER_S = 30.0
MESSAGE_CHARS = 300
_INNOCENT = (Path(__file__).parent / "innocent.txt").read_text(encoding="utf-8")


class Range:
    """Where programs are fired at one sandbox.

    Args:
        sandbox: Open, over the fake world, with a second or so for a program.
        patient: The same with more time, for programs that must come to another end than a time-out:
            a busy machine may take a while to get there.
        canaries: Laid out before the sandboxes were opened.
        clean_every: After how many runs without the policy an innocent program runs.
    """

    def __init__(
        self, sandbox: Sandbox, patient: Sandbox, canaries: Canaries, *, clean_every: int = 1
    ) -> None:
        self.sandbox, self.patient, self._canaries = sandbox, patient, canaries
        self._clean_every, self._since_clean = clean_every, 0
        self._namespaces = _Namespaces()

    async def fire(self, program: Hostile, *, policy: bool) -> list[str]:
        """Run a program; what is wrong with what came of it."""
        self._namespaces.note()
        further = [fake_instance(seed) for seed in (1, 2)] if program.needs == "seed" else []
        source = self._canaries.fill(program.source)
        expected = program.full if policy else program.raw
        hurried = expected is None or Ending.TIME_OUT in expected
        sandbox = self.sandbox if hurried else self.patient
        began = time.monotonic()
        episode = await sandbox.run(source, fake_instance(), further, policy=policy)
        wall_s = time.monotonic() - began
        found = judged(program, episode, policy=policy)
        found += self._canaries.secrets_in(episode.model_dump_json()) + self._canaries.violations()
        # Reading it has a time of its own, and so have each seed and the wait for a guest.
        limits = sandbox.limits
        allowed_s = limits.policy_s + (1 + len(further)) * (limits.wall_s + OVERSHOOT_S)
        own_s = wall_s - episode.execution.timings.guest_start_s
        if own_s > allowed_s:
            found.append(f"it was gone after {own_s:.1f} s, with {allowed_s:.1f} s allowed")
        self._since_clean += 0 if policy else 1
        if self._since_clean >= self._clean_every:
            found += await self.innocent(sandbox)
        return found

    async def check(self, program: Hostile) -> list[str]:
        """The policy's word alone; what is wrong with it."""
        report = await self.sandbox.check(self._canaries.fill(program.source))
        return checked(program, report)

    async def innocent(self, sandbox: Sandbox | None = None) -> list[str]:
        """Whether a well-behaved program finds a fresh guest and a world that judges."""
        self._since_clean = 0
        for _ in range(2):
            episode = await (sandbox or self.patient).run(_INNOCENT, fake_instance(), policy=False)
            execution = episode.execution
            if execution.ending is not Ending.TIME_OUT:
                break  # a busy machine may need more than its second, once
        if execution.outcome is Outcome.SUCCESS and execution.stdout.text == "CLEAN\n":
            return []
        return [f"the next program did not run as ever: {execution.stdout.text[:300]!r}, {execution.fault}"]

    async def left(self) -> list[str]:
        """What of the runs is still there; asked when the sandbox is closed."""
        deadline = time.monotonic() + GONE_AFTER_S
        try:
            while found := self._namespaces.processes() + _containers_left():
                if time.monotonic() > deadline:
                    return found
                await asyncio.sleep(0.1)
        finally:
            self._namespaces.close()
        return []


def judged(program: Hostile, episode: Episode, *, policy: bool) -> list[str]:
    """What is wrong with an episode of a hostile program, by what is on record."""
    execution = episode.execution
    text = episode.model_dump_json()
    found = []
    if "ESCAPED" in text:
        found.append("it got out of its guest")
    if policy and "REACHED" in text:
        found.append("it got past the policy")
    # What needs further seeds earns the first one, or there would be no others; it may not have the next.
    judged_by = episode.verify_seeds[0] if episode.verify_seeds else execution
    if program.needs == "seed" and not episode.verify_seeds and execution.ending is not Ending.REFUSED:
        found.append("it did not solve the first seed, so nothing was tried")
    elif judged_by.outcome is Outcome.SUCCESS:
        found.append("it counts as a success")
    ending = execution.ending
    expected = program.full if policy else program.raw
    if ending is None or ending in (Ending.INFRASTRUCTURE, Ending.CANCELLED):
        found.append(f"it counts as our failure: {ending}")
    elif expected is not None and ending not in expected:
        found.append(f"it ended as {ending}, expected was {' or '.join(expected)}")
    if policy and program.group == "misuse":
        found += _unkind(episode)
    return [f"{what} ({execution.fault})" for what in found]


def checked(program: Hostile, report: PolicyReport) -> list[str]:
    """What is wrong with what the policy says of a hostile program."""
    if report.accepted != (not report.findings):
        return ["accepted with findings, or refused without"]
    if report.accepted != program.accepted:
        return [f"accepted={report.accepted}: {[finding.message for finding in report.findings]}"]
    return [f"no place or reason: {item}" for item in report.findings if item.line < 1 or not item.message]


def _unkind(episode: Episode) -> list[str]:
    """A misused skill's error has a line, the skill, and what would be right, in a few words."""
    fault = episode.execution.fault
    if fault is None or fault.kind != "SkillMisuse":
        return []
    found = []
    if fault.line is None or not fault.skill:
        found.append("the fault has no line or no skill")
    if len(fault.message) > MESSAGE_CHARS:
        found.append(f"the fault has {len(fault.message)} characters")
    if fault.skill and fault.skill not in fault.message:
        found.append("the fault's text does not name the skill")
    if not any(form in fault.message for form in (" must be ", "; call ", " must hold ", " takes ")):
        found.append("the fault does not say what would be right")
    return found


def _guest_processes() -> list[Path]:
    """Processes of guests that this process started, by their command line."""
    found, mark = [], f"guest/main.py\0{os.getpid()}\0".encode()
    for path in Path("/proc").iterdir():
        try:
            if path.name.isdigit() and mark in (path / "cmdline").read_bytes() + b"\0":
                found.append(path)
        except OSError:
            continue
    return found


class _Namespaces:
    """The process namespaces of this process's guests, held open so that no other gets their numbers."""

    def __init__(self) -> None:
        self._held: dict[str, int] = {}

    def note(self) -> None:
        """Remember those of the guests that are there now."""
        for path in _guest_processes():
            name = _namespace(path)
            if name and name not in self._held and name != _namespace(Path("/proc/self")):
                with contextlib.suppress(OSError):  # gone since
                    self._held[name] = os.open(path / "ns" / "pid", os.O_RDONLY)

    def processes(self) -> list[str]:
        """Processes of guests, and others in their namespaces, that are still there."""
        found = [f"process {path.name} of a guest is left" for path in _guest_processes()]
        if found or not self._held:
            return found
        everything = [path for path in Path("/proc").iterdir() if path.name.isdigit()]
        return [
            f"process {path.name} is left in a guest's namespace"
            for path in everything
            if _namespace(path) in self._held
        ]

    def close(self) -> None:
        """Let go of them."""
        for fd in self._held.values():
            os.close(fd)
        self._held.clear()


def _namespace(path: Path) -> str:
    try:
        return str((path / "ns" / "pid").readlink())
    except OSError:
        return ""


def _containers_left() -> list[str]:
    if shutil.which("docker") is None:
        return []
    # Late: without the tier there may be no SDK.
    from blazer.sandbox.docker_client import OWNER_LABEL, owner  # noqa: PLC0415

    command = ["docker", "ps", "--all", "--quiet", "--filter", f"label={OWNER_LABEL}={owner()}"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    return [f"container {identity} is left" for identity in listed.stdout.split()]
