"""Several coroutines over one queue; the first error ends all of them and is raised as it is.

`asyncio.TaskGroup` would wrap it in a group, and one line for the user could not be made of that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def run_lanes(count: int, lane: Callable[[], Awaitable[None]]) -> None:
    """Run `count` lanes to their end.

    Raises:
        Exception: the first that a lane raised; the others are cancelled and waited for.
    """
    tasks = [asyncio.ensure_future(lane()) for _ in range(count)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
