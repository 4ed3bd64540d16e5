"""Several programs, one after the other or at a time: each finds a clean place and meets nobody."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from pathlib import Path

from blazer.core.outcomes import Ending
from blazer.sandbox.battery.frame import Box, CannotSay, Check, told

GONE_S = 1.0
"""A program that was stopped has no process left after this."""

_POISON = """
import builtins, json, math, os, random, sys
builtins.leak = math.leak = sys.leak = json.JSONDecoder.leak = "leak"
math.pi = 3
builtins.sorted = None
os.environ["LEAK"] = "leak"
random.seed(1)
sys.modules["leak"] = math
sys.setrecursionlimit(50)
leaked = []
for folder in ("/tmp", "/dev/shm", "/var/tmp"):
    try:
        open(folder + "/leak", "w").write("leak")
        leaked.append(folder)
    except OSError:
        pass
print("poisoned")
"""
_LOOK = """
import builtins, json, math, os, sys
traces = [hasattr(place, "leak") for place in (builtins, math, sys, json.JSONDecoder)]
traces += ["LEAK" in os.environ, "leak" in sys.modules, "leak" in globals(), "leaked" in globals()]
traces += [math.pi < 3.1, builtins.sorted is None, sys.getrecursionlimit() != 1000]
traces += [os.path.exists(folder + "/leak") for folder in ("/tmp", "/dev/shm", "/var/tmp")]
print("clean" if not any(traces) else "ESCAPED", traces)
"""
# The interpreter's own command line, overwritten in its memory: the one name of a process that a
# program can set which is allowed no system call for it.
_MARKED_LOOP = """
import ctypes
libc = ctypes.CDLL(None)
name = ctypes.c_void_p.in_dll(libc, "program_invocation_name").value
ctypes.memmove(name, b"{mark}", {length})
print("marked")
while True:
    pass
"""


async def _next_is_clean(box: Box) -> str:
    first = await box.run(_POISON, policy=False)
    if "poisoned" not in first.text:
        return f"the first program did not get far: {told(first)}"
    for _ in range(3):
        seen = await box.run(_LOOK, policy=False)
        if "clean" not in seen.text:
            return f"the next one found {seen.text[:200]!r}: {told(seen)}"
    return ""


async def _no_cross_talk(box: Box) -> str:
    tokens = [secrets.token_hex(8) for _ in range(6)]
    source = "token = '{}'\nfor number in range(300):\n    print('run-' + token)\n"
    runs = await asyncio.gather(*(box.run(source.format(token)) for token in tokens))
    for token, seen in zip(tokens, runs, strict=True):
        found = re.findall(r"run-(\w+)", seen.text)
        if set(found) != {token} or len(found) != 300:
            return f"a program that printed 300 lines of its own has {len(found)}, {len(set(found))} kinds"
    return ""


async def _neighbours(box: Box) -> str:
    hostile = (
        "while True:\n    print('x' * 9999)",
        "import os\nos._exit(1)",
        "import ctypes\nctypes.string_at(0)",
        "x = []\nwhile True:\n    x.append(bytearray(10**7))",
    )
    ordinary = "total = 0\nfor n in range(200000):\n    total += n\nprint('total', total)"
    around = [asyncio.create_task(box.run(source, policy=False)) for source in hostile]
    seen = [await box.run(ordinary) for _ in range(2)]
    for other in await asyncio.gather(*around):
        if other.ending in (None, Ending.COMPLETED, Ending.INFRASTRUCTURE, Ending.CANCELLED):
            return f"a hostile neighbour's ending was {other.ending}: {told(other)}"
    bad = [one for one in seen if one.ending is not Ending.COMPLETED or "total 19999900000" not in one.text]
    return f"{bad[0].ending}: {told(bad[0])}" if bad else ""


async def _usable_after_cancelling(box: Box) -> str:
    running = asyncio.create_task(box.run("while True:\n    pass"))
    await asyncio.sleep(0.3)
    running.cancel()
    done = (await asyncio.gather(running, return_exceptions=True))[0]
    if not isinstance(done, asyncio.CancelledError):
        return f"the cancelled run came back: {done}"
    seen = await box.run("print('usable')")
    return "" if "usable" in seen.text else f"{seen.ending}: {told(seen)}"


async def _nothing_lives_on(box: Box) -> str:
    mark = f"mark{secrets.token_hex(6)}"
    running = asyncio.create_task(box.run(_MARKED_LOOP.format(mark=mark, length=len(mark)), policy=False))
    was_seen = False
    while not running.done():
        was_seen = was_seen or bool(_marked(mark))
        await asyncio.sleep(0.05)
    seen = await running
    if seen.ending is not Ending.TIME_OUT or "marked" not in seen.text:
        return f"{seen.ending}: {told(seen)}"
    if not was_seen:
        raise CannotSay("the processes of this tier cannot be seen from here")
    left = _marked(mark)
    if left:
        await asyncio.sleep(GONE_S)
        left = _marked(mark)
    return f"process {left[0]} of it is still there" if left else ""


def _marked(mark: str) -> list[int]:
    """Processes of this machine whose command line begins with the mark."""
    found = []
    for name in os.listdir("/proc") if Path("/proc").is_dir() else ():  # noqa: PTH208  (hundreds, often)
        if not name.isdigit():
            continue
        try:
            if Path(f"/proc/{name}/cmdline").read_bytes().startswith(mark.encode()):
                found.append(int(name))
        except OSError:
            continue
    return found


CHECKS: tuple[Check, ...] = (
    Check(
        "the_next_program_is_clean",
        "nothing that a program changes is there for the next: files, variables, modules, built-ins",
        _next_is_clean,
        raw=True,
        promise="empty_environment",
    ),
    Check(
        "no_cross_talk",
        "programs that run at a time never get each other's output",
        _no_cross_talk,
    ),
    Check(
        "bad_neighbours_do_no_harm",
        "an ordinary program among a flood, a crash, an early exit and a memory bomb is unharmed",
        _neighbours,
        raw=True,
        promise="memory_limit",
    ),
    Check(
        "usable_after_cancelling",
        "a caller who gives up in the middle leaves a sandbox that works",
        _usable_after_cancelling,
    ),
    Check(
        "nothing_lives_on",
        f"a program that was stopped has no process left {GONE_S:g} s later",
        _nothing_lives_on,
        raw=True,
        promise="seccomp",
    ),
)
