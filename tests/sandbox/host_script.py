"""A host that runs an endless program, for tests that end it: `python host_script.py TIER [KIND]`."""

from __future__ import annotations

import asyncio
import signal
import sys

from blazer.sandbox.fake import fake_instance
from blazer.sandbox.limits import Limits
from blazer.sandbox.sandbox import Sandbox

_DEAF = """
import signal
for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
"""
_LET_GO = """
import ctypes
ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
"""
KINDS = {
    "busy": ("while True: pass", True),
    "raw_busy": (
        f"{_DEAF}{_LET_GO}\nwhile True:\n    try:\n        pass\n    except BaseException:\n        pass",
        False,
    ),
    "raw_asleep": (
        f"{_DEAF}{_LET_GO}\nimport time\nwhile True:\n    try:\n        time.sleep(10000)\n"
        "    except BaseException:\n        pass",
        False,
    ),
}


async def main() -> None:
    limits = Limits(wall_s=300.0)
    source, policy = KINDS[sys.argv[2] if len(sys.argv) > 2 else "busy"]
    async with Sandbox(sys.argv[1], backend="fake", limits=limits) as sandbox:  # type: ignore[arg-type]
        task = asyncio.create_task(sandbox.run(source, fake_instance(), policy=policy))
        await asyncio.sleep(0.5)
        sys.stdout.write("running\n")
        sys.stdout.flush()
        await task


# A suite that a shell started in the background ignores Ctrl-C, and its children would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
asyncio.run(main())
