"""What a check is, what it may look at, and the two kinds of sandbox that it can be run on.

A check sees a `Seen`: what became of one program, in words that fit a program without a robot
(`CodeSandbox`) as well as an episode (`Sandbox`). Nothing here knows a tier: a check that rests on
something that not every tier can promise names that promise.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from blazer.core.outcomes import Ending
from blazer.core.records import Captured, Decision, Fault, IsolationLevel, SkillCall
from blazer.sandbox.limits import Limits

if TYPE_CHECKING:  # a sandbox of either kind is used here, and none is made
    from blazer.sandbox.code import CodeSandbox
    from blazer.sandbox.sandbox import Sandbox
    from blazer.tasks.spec import TaskInstance

OVERSHOOT_S = 2.0
"""How much later than its limit a program may at most be gone, on a busy machine too; that it is within
a second nearly always is a figure (`blazer bench sandbox`)."""

Kind = Literal["plain", "world"]


class Seen(NamedTuple):
    """What became of one program.

    Attributes:
        ending: How its run ended.
        stdout: What it printed.
        fault: What was wrong.
        own_s: Its own time and that of ending it.
        value: What it left in `result`; programs without a world only.
        calls: Executed skill calls; with a world only.
        passed: Counted as a success; with a world only.
        digest: Of the world at the end; "" without one.
    """

    ending: Ending | None
    stdout: Captured
    fault: Fault | None
    own_s: float
    value: Any = None
    calls: tuple[SkillCall, ...] = ()
    passed: bool = False
    digest: str = ""

    @property
    def text(self) -> str:
        """What it printed, as kept."""
        return self.stdout.text


class Box(Protocol):
    """A sandbox that a check is run on."""

    kind: Kind

    @property
    def isolation(self) -> IsolationLevel:
        """What its guests proved."""

    @property
    def limits(self) -> Limits:
        """What a program may use."""

    async def run(self, source: str, *, policy: bool = True, inputs: Mapping[str, Any] | None = None) -> Seen:
        """Run a program; `inputs` are for programs without a world."""


class PlainBox:
    """Programs without a robot.

    Args:
        sandbox: Open.
    """

    kind: Kind = "plain"

    def __init__(self, sandbox: CodeSandbox) -> None:
        self._sandbox = sandbox

    @property
    def isolation(self) -> IsolationLevel:
        """See `Box`."""
        return self._sandbox.isolation

    @property
    def limits(self) -> Limits:
        """See `Box`."""
        return self._sandbox.limits

    async def run(self, source: str, *, policy: bool = True, inputs: Mapping[str, Any] | None = None) -> Seen:
        """See `Box`."""
        done = await self._sandbox.run(source, inputs=inputs, policy=policy)
        return Seen(done.ending, done.stdout, done.fault, done.timings.wall_s, value=done.value)


class WorldBox:
    """Programs with a robot's skills.

    Args:
        sandbox: Open.
        instance: A task that none of the programs solves.
    """

    kind: Kind = "world"

    def __init__(self, sandbox: Sandbox, instance: TaskInstance) -> None:
        self._sandbox, self._instance = sandbox, instance

    @property
    def isolation(self) -> IsolationLevel:
        """See `Box`."""
        return self._sandbox.isolation

    @property
    def limits(self) -> Limits:
        """See `Box`."""
        return self._sandbox.limits

    async def run(self, source: str, *, policy: bool = True, inputs: Mapping[str, Any] | None = None) -> Seen:
        """See `Box`."""
        episode = await self._sandbox.run(source, self._instance, trajectory=False, policy=policy)
        done = episode.execution
        return Seen(
            done.ending,
            done.stdout,
            done.fault,
            done.timings.wall_s,
            calls=done.skill_calls,
            passed=episode.verdict.strict is Decision.PASS,
            digest=done.final_digest,
        )


Probe = Callable[[Box], Awaitable[str]]
Judge = Callable[[Seen], str]


class CannotSay(Exception):
    """This machine does not let the check see what it would have to look at; says why."""


class Check(NamedTuple):
    """One promise and how it is tested.

    Attributes:
        name: Short and unique.
        says: The promise, in words.
        probe: Runs programs; what is wrong, "" if nothing is. May raise `CannotSay`.
        raw: It runs without the language policy: the tier alone has to hold.
        promise: Name in `IsolationLevel.promises` that this rests on; "" for all tiers.
        only: The kind of sandbox that it is about; None for both.
    """

    name: str
    says: str
    probe: Probe
    raw: bool = False
    promise: str = ""
    only: Kind | None = None


def program(
    name: str,
    says: str,
    source: str | Callable[[Limits], str],
    *judges: Judge,
    raw: bool = False,
    promise: str = "",
    only: Kind | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> Check:
    """A check that runs one program; no judge may find anything wrong with what is seen."""

    async def probe(box: Box) -> str:
        text = source if isinstance(source, str) else source(box.limits)
        seen = await box.run(text, policy=not raw, inputs=inputs if box.kind == "plain" else None)
        return next((wrong for judge in (*judges, in_time(box)) if (wrong := judge(seen))), "")

    return Check(name, says, probe, raw, promise, only)


def in_time(box: Box) -> Judge:
    """Gone soon after the limit on its own time, whatever it did."""

    def judge(seen: Seen) -> str:
        if seen.own_s <= box.limits.wall_s + OVERSHOOT_S:
            return ""
        return f"was gone only after {seen.own_s:.1f} s, with a limit of {box.limits.wall_s:g} s"

    return judge


def ends(*wanted: Ending) -> Judge:
    """It ended in one of these ways, and was no success."""

    def judge(seen: Seen) -> str:
        if seen.passed:
            return "it counted as a success"
        if seen.ending in wanted:
            return ""
        return f"{seen.ending} instead of {' or '.join(wanted)}: {told(seen)}"

    return judge


def prints(text: str) -> Judge:
    """This is in its output."""

    def judge(seen: Seen) -> str:
        return "" if text in seen.text else f"printed {seen.text[:200]!r} instead of {text!r}: {told(seen)}"

    return judge


def held(seen: Seen) -> str:
    """The probe tried all it wanted, and nothing of it worked."""
    if "ESCAPED" in seen.text or "held" not in seen.text:
        return f"printed {seen.text[:300]!r}: {told(seen)}"
    return ""


def told(seen: Seen) -> str:
    """The fault in one line."""
    return "no fault" if seen.fault is None else f"{seen.fault.kind}: {seen.fault.message[:200]}"
