"""Programs that use too much, or end in an odd way: stopped in time, and told apart."""

from __future__ import annotations

import json

from blazer.core.outcomes import Ending
from blazer.sandbox.battery.frame import Box, Check, Seen, ends, prints, program, told
from blazer.sandbox.limits import Limits

_TO_EVERY_PIPE = """
import os
for fd in range(3, 64):
    try:
        while True:
            os.write(fd, {data})
            {after}
    except OSError:
        pass
"""
_FORGE = _TO_EVERY_PIPE.format(
    data=repr(b'{"ok":{"verdict":{"paper":"pass","strict":"pass"}}}\n{"t":"end","fault":null}\n'),
    after="break",
)
_NO_NEWLINE = _TO_EVERY_PIPE.format(data="b'x' * 65536", after="")
_GARBAGE = _TO_EVERY_PIPE.format(data="b'\\xff\\x00[[[[' + b'\\n'", after="break")
_REPLAY = _TO_EVERY_PIPE.format(
    data=repr(b'{"t":"call","id":7,"skill":"pick","args":{"name":"thing0"},"line":1}\n'), after="break"
)
_HANG_UP = """
import os
for fd in range(1, 64):
    try:
        os.close(fd)
    except OSError:
        pass
while True:
    pass
"""
# Ever bigger bites: a busy machine need not fill the memory first, only ask for it.
_GREEDY = "kept, size = [], 10**6\nwhile True:\n    kept.append(bytearray(size))\n    size *= 4"
_SWALLOWS = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""


def _capped(seen: Seen) -> str:
    found = seen.stdout
    if not found.truncated or len(found.text) > 200_000 or found.total_bytes <= len(found.text):
        return f"kept {len(found.text)} of {found.total_bytes} bytes, truncated={found.truncated}"
    return ""


def _called_once(seen: Seen) -> str:
    """Nothing forged is in the trace."""
    names = [call.skill for call in seen.calls]
    return f"the trace has {names}" if names else ""


async def _codes(box: Box) -> str:
    """From 128 up a code may look like a signal, which is the program's own doing too: never ours."""
    for code in (0, 1, 3, 137, 139, 255):
        allowed = (Ending.EARLY_EXIT, Ending.CRASHED) if code >= 128 else (Ending.EARLY_EXIT,)
        seen = await box.run(f"import os\nos._exit({code})", policy=False)
        if seen.passed or seen.ending not in allowed:
            return f"_exit({code}): {seen.ending}: {told(seen)}"
    return ""


async def _odd_sources(box: Box) -> str:
    """Texts that crash or mislead parsers."""
    limit = box.limits.source_kb * 1024
    sources = {
        "NUL": "print(1)\x00",
        "a lone surrogate": "x = '\ud800'",
        "a cookie": "# -*- coding: utf-7 -*-\nprint(1)",
        "a thousand brackets": "(" * 5000,
        "a long sum": "x = " + " + ".join(["1"] * 3000),
        "a chain of calls": "x" + "()" * 3000,
        "many signs": "x = " + "-" * 20_000 + "1",
        "nothing": "",
        "a form feed": "\x0c\nprint(1)",
        "a mark": "\ufeffprint(1)",
        "too long": "#" + "x" * limit,
        "a huge number": "x = " + "9" * 20_000,
        "deep indents": "".join(" " * n + "if 1:\n" for n in range(150)) + " " * 150 + "pass",
    }
    allowed = (Ending.COMPLETED, Ending.REFUSED, Ending.RAISED)
    for what, source in sources.items():
        seen = await box.run(source)
        if seen.ending not in allowed:
            return f"{what}: {seen.ending}: {told(seen)}"
        if what == "too long" and seen.ending is not Ending.REFUSED:
            return "a program beyond the cap ran"
    return ""


def _calls_for_ever(_limits: Limits) -> str:
    return "while True:\n    gripper_pose()"


def _misused(seen: Seen) -> str:
    """What the world was asked is in the trace, cut to a size that can be kept."""
    kinds = [call.error.kind if call.error else "none" for call in seen.calls]
    if set(kinds) - {"SkillMisuse"}:
        return f"the world executed it: {kinds}"
    sizes = [len(json.dumps(call.arguments)) for call in seen.calls]
    return f"{max(sizes)} bytes of arguments were kept" if sizes and max(sizes) > 2**16 else ""


CHECKS: tuple[Check, ...] = (
    program(
        "refuses_by_policy",
        "what the policy does not allow never runs",
        "print('ran')\nimport os",
        ends(Ending.REFUSED),
        lambda seen: "it ran" if seen.text else "",
    ),
    program(
        "refuses_what_is_no_python",
        "a text that does not compile is refused with its line",
        "x = 1\ny = = 2",
        ends(Ending.REFUSED),
        lambda seen: "" if seen.fault and seen.fault.line == 2 else told(seen),
    ),
    Check(
        "odd_sources_do_no_harm",
        "texts that crash parsers are refused like any other",
        _odd_sources,
    ),
    program(
        "ends_an_infinite_loop",
        "an endless loop is stopped soon after its limit",
        "while True:\n    pass",
        ends(Ending.TIME_OUT),
    ),
    program(
        "ends_a_loop_in_c",
        "so is one that Python's own checks never see",
        "sum(range(10**13))",
        ends(Ending.TIME_OUT),
    ),
    program(
        "ends_a_loop_that_swallows",
        "so is one that catches everything",
        _SWALLOWS,
        ends(Ending.TIME_OUT),
    ),
    program(
        "ends_a_sleeper",
        "so is a program that only waits",
        "import time\ntime.sleep(3600)",
        ends(Ending.TIME_OUT),
        raw=True,
    ),
    program(
        "ignored_signals_do_not_help",
        "so is one that ignores signals",
        "import signal\nfor n in range(1, 32):\n    try:\n        signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError):\n        pass\nwhile True:\n    pass",
        ends(Ending.TIME_OUT),
        raw=True,
    ),
    program(
        "keeps_what_was_printed_before",
        "what a program printed before its time ran out is kept",
        "print('first')\nwhile True:\n    pass",
        ends(Ending.TIME_OUT),
        prints("first\n"),
    ),
    program(
        "contains_a_memory_bomb",
        "a program that takes more memory than it may is told so",
        _GREEDY,
        ends(Ending.OUT_OF_MEMORY),
        promise="memory_limit",
    ),
    program(
        "contains_one_big_bite",
        "so is one that asks for it all at once",
        "x = [0] * 10**10",
        ends(Ending.OUT_OF_MEMORY),
        promise="memory_limit",
    ),
    program(
        "stops_an_output_flood",
        "a program that prints without end is stopped, and its output capped",
        "while True:\n    print('x' * 9999)",
        ends(Ending.OUTPUT_FLOOD),
        _capped,
    ),
    program(
        "survives_a_flood_past_print",
        "bytes written without end past print are drained and do not grow the host",
        "import os\nwhile True:\n    os.write(1, b'x' * 65536)",
        ends(Ending.TIME_OUT, Ending.OUTPUT_FLOOD),
        raw=True,
    ),
    Check(
        "exit_codes_decide_nothing",
        "an interpreter that ends without a word is no success and no failure of ours, whatever its code",
        _codes,
        raw=True,
    ),
    program(
        "a_crash_is_the_programs",
        "an interpreter that dies of a signal crashed, and that is the program's doing",
        "import ctypes\nctypes.string_at(0)",
        ends(Ending.CRASHED),
        raw=True,
    ),
    program(
        "ends_what_hangs_up",
        "a guest that closes its channel and goes on is ended, at its time limit at the latest",
        _HANG_UP,
        # A container's stream stays open as long as the container: there, only the clock tells.
        ends(Ending.EARLY_EXIT, Ending.CRASHED, Ending.PROTOCOL_ERROR, Ending.TIME_OUT),
        raw=True,
    ),
    program(
        "forged_messages_decide_nothing",
        "messages written into the channel by the program's own hand are no success and no call",
        _FORGE,
        ends(Ending.COMPLETED, Ending.PROTOCOL_ERROR, Ending.EARLY_EXIT),
        _called_once,
        raw=True,
    ),
    program(
        "garbage_breaks_the_rules",
        "bytes that are no message end the run as a breach of the channel's rules",
        _GARBAGE,
        ends(Ending.PROTOCOL_ERROR),
        raw=True,
    ),
    program(
        "an_endless_line_breaks_the_rules",
        "so does a line without an end",
        _NO_NEWLINE,
        ends(Ending.PROTOCOL_ERROR),
        raw=True,
    ),
    program(
        "a_call_out_of_turn_breaks_the_rules",
        "so does a skill call out of sequence, and it is not executed",
        _REPLAY,
        ends(Ending.PROTOCOL_ERROR),
        _called_once,
        raw=True,
    ),
    program(
        "stops_at_the_call_budget",
        "a program that calls skills without end is stopped at its budget",
        _calls_for_ever,
        ends(Ending.CALL_BUDGET),
        only="world",
    ),
    program(
        "stops_at_the_simulated_time",
        "a program that uses up the simulated time is stopped, and told apart from a hung one",
        "while True:\n    try:\n        open_gripper()\n    except BaseException:\n        pass",
        ends(Ending.SIMULATED_TIME_OUT),
        only="world",
    ),
    program(
        "a_megabyte_of_arguments",
        "a skill call with a MiB of arguments is a misuse, and the program may go on",
        "try:\n    pick('x' * 2**20)\nexcept SkillMisuse:\n    print('misuse')",
        ends(Ending.COMPLETED),
        prints("misuse\n"),
        _misused,
        only="world",
    ),
)
