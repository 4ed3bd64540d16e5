"""A host that runs an endless program, for tests that end it: `python host_script.py TIER`."""

from __future__ import annotations

import asyncio
import sys

from blazer.sandbox.fake import fake_instance
from blazer.sandbox.limits import Limits
from blazer.sandbox.sandbox import Sandbox


async def main() -> None:
    limits = Limits(wall_s=300.0)
    async with Sandbox(sys.argv[1], backend="fake", limits=limits) as sandbox:  # type: ignore[arg-type]
        task = asyncio.create_task(sandbox.run("while True: pass", fake_instance()))
        await asyncio.sleep(0.5)
        sys.stdout.write("running\n")
        sys.stdout.flush()
        await task


asyncio.run(main())
