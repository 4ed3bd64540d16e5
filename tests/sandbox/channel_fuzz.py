"""What a guest may do to its channel, drawn at random, and what must hold of the host whatever it was.

The strategies and the checks, used by `test_channel_fuzz.py` with few examples and by `scripts/fuzz`
with many: `scripts/fuzz --channel`.
"""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blazer.core.outcomes import Ending, Outcome
from blazer.core.records import IsolationLevel
from blazer.sandbox.episode import Episode
from blazer.sandbox.errors import ProtocolFault
from blazer.sandbox.fake import FakeArena, fake_instance
from blazer.sandbox.handshake import await_ready, init_message
from blazer.sandbox.limits import Limits
from blazer.sandbox.process_tier import ProcessGuest, start_world_process
from blazer.sandbox.processes import Guest, LineProcess
from blazer.sandbox.protocol import Call, GuestSide
from blazer.sandbox.sandbox import Sandbox

LIMITS = Limits(wall_s=0.4, skill_calls=12, output_stop_kb=64, output_kb=4, guest_start_s=20.0)
HANG_S = 0.5
"""Later than its limit than this, on an idle machine, the host is never done."""
FAKE_GUEST = Path(__file__).with_name("fake_guest.py")
Step = list[Any]


class ScriptedTier:
    """See `processes.Tier`. Its guests are confined by nothing: they are ours."""

    name = "none"

    async def open(self) -> None:
        """Nothing to do."""

    def hurry(self) -> None:
        pass

    async def start_guest(self, *, awaited: bool = True) -> Guest:
        """A fake guest that has shaken hands."""
        lines = await LineProcess.start([sys.executable, "-I", "-S", str(FAKE_GUEST)])
        try:
            init = init_message(LIMITS, readable=[], namespaces=False)
            await await_ready(lines, init, LIMITS.guest_start_s)
        except BaseException:
            await asyncio.shield(lines.kill())
            raise
        return ProcessGuest(lines, IsolationLevel(tier="none"))

    async def start_world(self, arena: str) -> LineProcess:
        """A world as ever."""
        return await start_world_process(arena, LIMITS)

    async def close(self) -> None:
        """Nothing to do."""


class Script(NamedTuple):
    """What a fake guest does.

    Attributes:
        steps: For `fake_guest`.
        calls: Skills that must have been executed, in order; None where that cannot be told.
        endings: How it may end.
    """

    steps: list[Step]
    calls: list[str] | None
    endings: frozenset[Ending]


# -- messages --

NAMES = st.sampled_from(["thing0", "missing", "blocked", "far", "", "\ud800", "x" * 300, "\x00", '"}\n{'])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | NAMES, lambda inner: st.lists(inner, max_size=4), max_leaves=6
)
CALLS = st.one_of(
    st.tuples(st.sampled_from(["pick", "get_object"]), st.fixed_dictionaries({"name": VALUES})),
    st.tuples(st.just("place_on"), st.fixed_dictionaries({"name": VALUES})),
    st.tuples(st.just("move_gripper"), st.fixed_dictionaries({"position": VALUES})),
    st.tuples(st.sampled_from(["gripper_pose", "open_gripper", "get_objects"]), st.just({})),
    st.tuples(st.sampled_from(["pick", "move_gripper"]), st.just({})),
)
FAULTS = st.none() | st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["ValueError", "MemoryError", "SkillMisuse", "GraspMissed", "", "\ud800"]),
        "message": NAMES,
        "line": st.none() | st.integers(-3, 10**6),
        "skill": st.none() | NAMES,
    }
)


def message(value: dict[str, Any]) -> bytes:
    """A line of the channel."""
    return json.dumps(value).encode() + b"\n"


def call_line(number: int, skill: str, arguments: dict[str, Any], line: int | None = 1) -> bytes:
    """A call."""
    return message({"t": "call", "id": number, "skill": skill, "args": arguments, "line": line})


END = {"t": "end", "fault": None, "value": None, "note": ""}


@st.composite
def valid_messages(draw: st.DrawFn) -> dict[str, Any]:
    """Any message that is in form, whether it is its time or not."""
    return draw(
        st.one_of(
            st.builds(
                lambda n, call: {"t": "call", "id": n, "skill": call[0], "args": call[1], "line": 1},
                st.integers(-1, 6),
                CALLS,
            ),
            st.builds(lambda text: {"t": "print", "text": text}, st.text(max_size=40)),
            st.builds(lambda fault: {**END, "fault": fault}, FAULTS),
            st.just({"t": "policy", "findings": []}),
            st.builds(lambda pid: {"t": "inner", "pid": pid}, st.integers(-5, 2**40)),
            st.just({"t": "ready", "attest": {"steps": {}, "seen": {}}}),
            st.just({"t": "result", "ok": None, "clock": 0.0}),
            st.just({"t": "go", "seed": 1}),
            st.just({"ok": {"verdict": {"strict": "pass"}}}),
            st.just({"op": "finish"}),
        )
    )


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A message in form with something wrong in it: bytes, fields, or values changed."""
    value = draw(valid_messages())
    kind = draw(st.sampled_from(["bytes", "field", "drop", "value", "twice", "cut", "insert"]))
    if kind == "field":
        value[draw(st.text(max_size=5))] = draw(VALUES)
    elif kind == "drop":
        value.pop(draw(st.sampled_from(sorted(value))))
    elif kind == "value":
        value[draw(st.sampled_from(sorted(value)))] = draw(VALUES)
    line = bytearray(message(value))
    if kind == "bytes":
        for _ in range(draw(st.integers(1, 4))):
            line[draw(st.integers(0, len(line) - 1))] = draw(st.integers(0, 255))
    elif kind == "twice":
        line *= 2
    elif kind == "cut":
        del line[draw(st.integers(0, len(line) - 1)) :]
    elif kind == "insert":
        where = draw(st.integers(0, len(line)))
        line[where:where] = draw(st.binary(max_size=20))
    return bytes(line)


ANY_BYTES = st.one_of(
    st.binary(max_size=200),
    mutated(),
    st.builds(lambda count: b"[" * count + b"\n", st.integers(1, 70_000)),
    st.builds(lambda count: b'{"t":"print","text":"' + b"x" * count, st.integers(60_000, 70_000)),
)


LINES = st.lists(ANY_BYTES | valid_messages().map(message), max_size=6)


def misread(lines: list[bytes]) -> list[str]:
    """What does not hold of how the host reads lines, in or out of form."""
    side, ids, found = GuestSide(), [], []
    for line in lines:
        try:
            parsed = side.parse(line)
        except ProtocolFault as fault:
            if not 0 < len(str(fault).encode()) < 2000:
                found.append(f"a fault of {len(str(fault))} characters")
        else:
            # Whatever came through can be stored and shown.
            repr(parsed).encode()
            if isinstance(parsed, Call):
                ids.append(parsed.id)
    return found if ids == list(range(1, len(ids) + 1)) else [*found, f"ids {ids}"]


# -- scripts --


def _send(data: bytes) -> Step:
    return ["send", base64.b64encode(data).decode()]


@st.composite
def orderly(draw: st.DrawFn) -> Script:
    """Calls and prints as a guest sends them, in pieces and with pauses; then one of many ends."""
    calls: list[str] = []
    steps: list[Step] = []
    for _ in range(draw(st.integers(0, 6))):
        data, answered = message({"t": "print", "text": draw(st.text(max_size=50))}), []
        if draw(st.booleans()):
            skill, arguments = draw(CALLS)
            calls.append(skill)
            data, answered = call_line(len(calls), skill, arguments), [["read"]]
        cut = draw(st.integers(0, len(data)))
        between = draw(st.sampled_from([[], [], [["sleep", 0.01]], [["stderr", 3000]]]))
        steps += [_send(data[:cut]), *between, _send(data[cut:]), *answered]
    last, endings = draw(st.sampled_from(_LAST))
    return Script([*steps, *last], calls, frozenset(endings))


_DEATHS = (signal.SIGSEGV, signal.SIGABRT, signal.SIGILL, signal.SIGFPE, signal.SIGSYS)
_LAST: list[tuple[list[Step], set[Ending]]] = [
    ([_send(message(END))], {Ending.COMPLETED}),
    ([_send(message(END)), ["exit", 1]], {Ending.COMPLETED}),
    ([_send(message(END) + message(END) + call_line(1, "pick", {"name": "thing0"}))], {Ending.COMPLETED}),
    (
        [_send(message({**END, "fault": {"kind": "E", "message": "", "line": 1, "skill": None}}))],
        {Ending.RAISED},
    ),
    (
        [_send(message({**END, "fault": {"kind": "MemoryError", "message": "", "line": 1, "skill": None}}))],
        {Ending.OUT_OF_MEMORY},
    ),
    ([["exit", 0]], {Ending.EARLY_EXIT}),
    ([["exit", 137]], {Ending.EARLY_EXIT}),
    ([_send(b'{"t":"end"'), ["exit", 0]], {Ending.EARLY_EXIT}),
    *(([["signal", int(death)]], {Ending.CRASHED}) for death in _DEATHS),
    ([["close"]], {Ending.PROTOCOL_ERROR}),
    ([["sleep", 60]], {Ending.TIME_OUT}),
    ([["stop"]], {Ending.TIME_OUT}),
    ([_send(b'{"t":"pri')], {Ending.TIME_OUT}),
    ([["drip", base64.b64encode(b" " * 500).decode(), 0.005]], {Ending.TIME_OUT}),
    ([["flood", base64.b64encode(b"x" * 4096).decode()]], {Ending.PROTOCOL_ERROR}),
    (
        [["flood", base64.b64encode(message({"t": "print", "text": "x" * 999})).decode()]],
        {Ending.OUTPUT_FLOOD},
    ),
    (
        [["flood", base64.b64encode(message({"t": "print", "text": ""})).decode()]],
        {Ending.TIME_OUT, Ending.OUTPUT_FLOOD},
    ),
    ([["stderr", 100_000], ["sleep", 60]], {Ending.OUTPUT_FLOOD, Ending.TIME_OUT}),
    ([_send(b"\xff\n")], {Ending.PROTOCOL_ERROR}),
    ([_send(message({"t": "ready", "attest": {"steps": {}, "seen": {}}}))], {Ending.PROTOCOL_ERROR}),
    ([_send(call_line(99, "pick", {"name": "thing0"}))], {Ending.PROTOCOL_ERROR}),
]
ANY_ENDING = frozenset(Ending) - {Ending.INFRASTRUCTURE, Ending.CANCELLED, Ending.REFUSED}


@st.composite
def disorderly(draw: st.DrawFn) -> Script:
    """Anything at all, in any order."""
    steps: list[Step] = []
    for _ in range(draw(st.integers(1, 6))):
        data = draw(st.one_of(ANY_BYTES, valid_messages().map(message)))
        steps.append(_send(data))
        steps += draw(st.sampled_from([[], [], [], [["sleep", 0.01]], [["read"]], [["stderr", 100]]]))
    steps += draw(st.sampled_from([[], [["exit", 0]], [["exit", 0]], [["exit", 255]], [["close"]]]))
    return Script(steps, None, ANY_ENDING)


SCRIPTS = orderly() | disorderly()


# -- what must hold --


def replayed(episode: Episode) -> tuple[str, Any]:
    """The world's digest and verdict, had exactly the calls on record been executed."""
    arena = FakeArena()
    arena.load(fake_instance(), trajectory=False, max_simulated_s=LIMITS.simulated_s)
    for call in episode.execution.skill_calls:
        arena.call(call.skill, dict(call.arguments))
    done = arena.finish()
    return done.final_digest, done.verdict


def wrong(script: Script, episode: Episode) -> list[str]:
    """What does not hold of an episode."""
    found, execution = [], episode.execution
    if execution.ending not in script.endings:
        found.append(f"ended as {execution.ending}, expected {sorted(script.endings)}")
    if (execution.ending is Ending.INFRASTRUCTURE) != (execution.outcome is Outcome.INFRA_ERROR):
        found.append(f"{execution.ending} counts as {execution.outcome}")
    skills = [call.skill for call in execution.skill_calls]
    if script.calls is not None and skills != script.calls:
        found.append(f"on record are {skills}, sent were {script.calls}")
    digest, verdict = replayed(episode)
    if digest != execution.final_digest or verdict != episode.verdict:
        found.append("the record is not what was executed")
    if [call.index for call in execution.skill_calls] != list(range(len(skills))):
        found.append("the record has gaps")
    if len(skills) > LIMITS.skill_calls:
        found.append("more calls than the budget")
    if len(execution.stdout.text) > 16 * LIMITS.output_kb * 1024:
        found.append(f"{len(execution.stdout.text)} characters of output were kept")
    episode.model_dump_json()
    return found


class Fuzzer:
    """Runs scripts in one sandbox over fake guests. A context."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        patient = LIMITS.model_copy(update={"wall_s": 20.0})
        self._sandbox, self._patient = (
            Sandbox(ScriptedTier(), backend="fake", limits=limits, workers=1, guests=guests)
            for limits, guests in ((LIMITS, 4), (patient, 1))
        )
        self.seen: Counter[str] = Counter()
        self.slowest_s = 0.0

    def __enter__(self) -> Fuzzer:
        """Open the sandbox."""
        for sandbox in (self._sandbox, self._patient):
            self._runner.run(sandbox.__aenter__())
        return self

    def __exit__(self, *rest: object) -> None:
        """Close it."""
        for sandbox in (self._sandbox, self._patient):
            self._runner.run(sandbox.__aexit__(None, None, None))
        self._runner.close()

    def run(self, script: Script) -> list[str]:
        """One script; what does not hold of it."""
        source = json.dumps(script.steps)
        began = time.monotonic()
        # A host that hangs is found here, and not by the whole suite's time-out.
        episode = self._runner.run(asyncio.wait_for(self._run(self._sandbox, source), 60.0))
        if episode.execution.ending is Ending.TIME_OUT and Ending.TIME_OUT not in script.endings:
            # Its moment may have been too short for a busy machine; what hangs does so with patience too.
            episode = self._runner.run(asyncio.wait_for(self._run(self._patient, source), 60.0))
            return wrong(script, episode)
        late_s = time.monotonic() - began - episode.execution.timings.guest_start_s - LIMITS.wall_s
        self.slowest_s = max(self.slowest_s, late_s)
        self.seen[str(episode.execution.ending)] += 1
        return wrong(script, episode)

    async def _run(self, sandbox: Sandbox, source: str) -> Episode:
        return await sandbox.run(source, fake_instance(), policy=False)


def fuzz(seconds: float) -> int:
    """Fuzz for a while and print what was seen; what did not hold is raised with the script that did it."""
    deadline = time.monotonic() + seconds
    with Fuzzer() as fuzzer:

        @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(SCRIPTS)
        def batch(script: Script) -> None:
            assert fuzzer.run(script) == []

        @settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(LINES)
        def lines_batch(lines: list[bytes]) -> None:
            fuzzer.seen["lines"] += len(lines)
            assert misread(lines) == []

        while time.monotonic() < deadline:
            batch()
            lines_batch()
        lines = fuzzer.seen.pop("lines", 0)
        sys.stdout.write(
            f"channel: {lines} lines, {sum(fuzzer.seen.values())} scripts, nothing wrong; "
            f"latest end {fuzzer.slowest_s:.2f} s after its limit; {dict(fuzzer.seen)}\n"
        )
    return 0
