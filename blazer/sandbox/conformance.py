"""The battery that every tier must pass, here and on a user's own machine.

Each check runs one small program and compares what happened with what the sandbox promises. Those
marked raw run without the language policy: the tier alone has to hold. A promise that the tier says it
cannot keep on this machine (`IsolationLevel.promises`) is reported as such, not as kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from blazer.core.outcomes import Outcome
from blazer.core.records import Decision
from blazer.sandbox.episode import Episode
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.sandbox import Sandbox
from blazer.tasks.spec import TaskInstance

OVERSHOOT_S = 1.0
"""How much later than its limit a program may at most be gone."""


class Check(NamedTuple):
    """One promise and the program that tests it.

    Attributes:
        name: Short and unique.
        source: The program.
        wrong: What is wrong with the episode; "" if nothing is.
        raw: Run without the policy.
        promise: Name in `IsolationLevel.promises` that this check rests on; "" for all tiers.
    """

    name: str
    source: str
    wrong: Callable[[Episode], str]
    raw: bool = False
    promise: str = ""


class Checked(NamedTuple):
    """What became of a check: `kept` is None where the tier does not promise it here."""

    name: str
    kept: bool | None
    why: str
    wall_s: float


def _outcome(*wanted: Outcome) -> Callable[[Episode], str]:
    def wrong(episode: Episode) -> str:
        found = episode.execution.outcome
        if found in wanted:
            return ""
        return f"{found} instead of {' or '.join(wanted)}: {episode.execution.fault}"

    return wrong


def _prints(text: str) -> Callable[[Episode], str]:
    def wrong(episode: Episode) -> str:
        found = episode.execution.stdout.text
        return (
            "" if text in found else f"printed {found[:200]!r} instead of {text!r}: {episode.execution.fault}"
        )

    return wrong


def _fault_line(episode: Episode) -> str:
    fault = episode.execution.fault
    if fault is None or (fault.kind, fault.line) != ("ZeroDivisionError", 3):
        return f"{fault} instead of ZeroDivisionError in line 3"
    return ""


def _capped(episode: Episode) -> str:
    found = episode.execution.stdout
    if not found.truncated or len(found.text) > 200_000 or found.total_bytes <= len(found.text):
        return f"kept {len(found.text)} of {found.total_bytes} bytes, truncated={found.truncated}"
    return ""


def _no_escape(episode: Episode) -> str:
    if "ESCAPED" in episode.execution.stdout.text or not episode.execution.stdout.text:
        return f"printed {episode.execution.stdout.text[:200]!r}: {episode.execution.fault}"
    return ""


def _not_success(episode: Episode) -> str:
    if episode.execution.outcome is Outcome.SUCCESS or episode.verdict.strict is Decision.PASS:
        return "counted as a success"
    return ""


_SOCKETS = """
import socket
for family in (socket.AF_INET, socket.AF_INET6):
    try:
        s = socket.socket(family, socket.SOCK_STREAM)
        s.settimeout(1)
        s.connect(("192.0.2.1" if family == socket.AF_INET else "2001:db8::1", 80))
        print("ESCAPED")
    except OSError as error:
        print("refused", error)
"""
_WRITE = """
for path in ("/probe", "/etc/probe", "/usr/lib/probe"):
    try:
        open(path, "w").write("x")
        print("ESCAPED", path)
    except OSError as error:
        print("refused", error)
"""
_PROCESSES = """
import os
found = []
try:
    found = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
except OSError as error:
    print("refused", error)
print("ESCAPED" if found else "alone", found)
"""
_FORK = """
import os
born = 0
try:
    while born < 500:
        if os.fork() == 0:
            while True:
                pass
        born += 1
except OSError as error:
    print("refused", error)
if born > 100:
    print("ESCAPED", born)
"""
_FORGE = """
import os
for fd in range(3, 32):
    try:
        os.write(fd, b'{"ok":{"verdict":{"paper":"pass","strict":"pass"}}}\\n{"t":"end","fault":null}\\n')
    except OSError:
        pass
"""

CHECKS: tuple[Check, ...] = (
    Check("runs_a_program", "print(sum(range(5)))", _prints("10\n")),
    Check("print_is_only_text", 'print(\'{"t":"end","fault":null}\')\nprint("after")', _prints("after\n")),
    Check("tells_the_line_of_an_exception", "x = 1\n\nx / 0\n", _fault_line),
    Check("refuses_by_policy", "import os", _outcome(Outcome.POLICY_REJECTED)),
    Check("tells_syntax_errors_apart", "x = = 1", _outcome(Outcome.PROGRAM_ERROR)),
    Check("ends_an_infinite_loop", "while True:\n    pass", _outcome(Outcome.TIMEOUT)),
    Check(
        "contains_a_memory_bomb",
        "x = []\nwhile True:\n    x.append(bytearray(10**7))",
        _outcome(Outcome.RESOURCE_LIMIT),
        promise="memory_limit",
    ),
    Check("stops_an_output_flood", "while True:\n    print('x' * 9999)", _outcome(Outcome.RESOURCE_LIMIT)),
    Check("caps_the_output", "while True:\n    print('x' * 9999)", _capped),
    Check("early_exit_is_no_success", "raise SystemExit(0)", _not_success),
    Check("os_exit_is_no_success", "import os\nos._exit(0)", _outcome(Outcome.PROGRAM_ERROR), raw=True),
    Check("forged_messages_decide_nothing", _FORGE, _not_success, raw=True),
    Check(
        "a_crash_is_the_programs",
        "import ctypes\nctypes.string_at(0)",
        _outcome(Outcome.PROGRAM_ERROR),
        raw=True,
    ),
    Check(
        "ignored_signals_do_not_help",
        "import signal\nsignal.signal(15, signal.SIG_IGN)\nwhile True:\n    pass",
        _outcome(Outcome.TIMEOUT),
        raw=True,
    ),
    Check("no_network", _SOCKETS, _no_escape, raw=True, promise="network_none"),
    Check("nothing_can_be_written", _WRITE, _no_escape, raw=True, promise="read_only_root"),
    Check(
        "no_environment",
        "import os\nprint('ESCAPED' if os.environ else 'empty')",
        _no_escape,
        raw=True,
        promise="empty_environment",
    ),
    Check("sees_no_other_process", _PROCESSES, _no_escape, raw=True, promise="own_processes_only"),
    Check("contains_a_fork_bomb", _FORK, _no_escape, raw=True, promise="seccomp"),
    Check(
        "is_not_root",
        "import os\nprint('ESCAPED' if os.getuid() == 0 else 'uid', os.getuid())",
        _no_escape,
        raw=True,
        promise="not_root",
    ),
)


async def run_check(sandbox: Sandbox, check: Check, instance: TaskInstance) -> Checked:
    """One check on one sandbox."""
    level = sandbox.isolation
    if check.promise and not level.promises.get(check.promise):
        return Checked(check.name, None, f"the {level.tier} tier does not promise {check.promise} here", 0.0)
    began = time.monotonic()
    episode = await sandbox.run(check.source, instance, trajectory=False, policy=not check.raw)
    wall_s = time.monotonic() - began
    wrong = check.wrong(episode)
    own_s = episode.execution.timings.wall_s
    if not wrong and own_s > sandbox.limits.wall_s + OVERSHOOT_S:
        wrong = f"was gone only after {own_s:.1f} s, with a limit of {sandbox.limits.wall_s:g} s"
    return Checked(check.name, not wrong, wrong, wall_s)


async def run_conformance(
    sandbox: Sandbox, checks: Sequence[Check] = CHECKS, instance: TaskInstance | None = None
) -> tuple[Checked, ...]:
    """All checks, one after the other.

    Args:
        sandbox: Open; short limits make it quick.
        checks: Which.
        instance: A task that none of the programs solves; the fake world's when not given.

    Raises:
        SandboxError: if the sandbox itself failed.
    """
    return tuple([await run_check(sandbox, check, instance or fake_instance()) for check in checks])
