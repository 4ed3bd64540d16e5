"""A flood is slowed down; what is no flood is not, and a death ends all waiting."""

from __future__ import annotations

import asyncio
import time

from blazer.core.outcomes import Ending
from blazer.sandbox.code import CodeSandbox
from blazer.sandbox.limits import Limits
from blazer.sandbox.pacing import BURST_BYTES, BYTES_PER_S, MESSAGE_BYTES, Pace

KB = 1024


async def took_s(pace: Pace, *amounts: int, least: int = 0) -> float:
    began_s = time.monotonic()
    for amount in amounts:
        await pace.took(amount, least=least)
    return time.monotonic() - began_s


async def test_a_burst_is_taken_as_it_comes_and_a_flood_at_the_rate() -> None:
    pace = Pace(bytes_per_s=1000 * KB, burst_bytes=100 * KB)
    assert await took_s(pace, *[10 * KB] * 10) < 0.05
    # 200 KB beyond the burst, less what the last wait is too short to be worth.
    assert 0.15 < await took_s(pace, *[10 * KB] * 20) < 2.0


async def test_many_small_messages_are_a_flood_too() -> None:
    pace = Pace(bytes_per_s=1000 * KB, burst_bytes=10 * KB)
    assert await took_s(pace, *[1] * 200, least=KB) > 0.15


async def test_after_a_rest_there_is_a_burst_again_and_no_more_than_one() -> None:
    pace = Pace(bytes_per_s=1000 * KB, burst_bytes=100 * KB)
    await pace.took(100 * KB)
    await asyncio.sleep(0.3)  # would fill it three times
    assert await took_s(pace, 100 * KB) < 0.05
    assert await took_s(pace, 100 * KB) > 0.05


async def test_who_waits_is_woken_to_hurry() -> None:
    pace = Pace(bytes_per_s=1.0, burst_bytes=1.0)
    waiting = asyncio.create_task(pace.took(10**6))
    await asyncio.sleep(0.01)
    pace.hurry()
    async with asyncio.timeout(5):
        await waiting
        await pace.took(10**6)


async def test_floods_flow_at_the_rate_both_ways_and_are_killed_in_time() -> None:
    limits = Limits(wall_s=1.0, output_stop_kb=10**9)
    flood = "import os\nwhile True:\n    os.write(1, b'x' * 65536)"
    async with CodeSandbox(tier="process", workers=1, limits=limits) as box:
        for source, policy in (("while True:\n    print('x' * 4000)", True), (flood, False)):
            began_s = time.monotonic()
            done = await box.run(source, policy=policy)
            took = time.monotonic() - began_s
            assert done.ending is Ending.TIME_OUT
            assert BURST_BYTES / 2 < done.stdout.total_bytes < BURST_BYTES + (took + 0.5) * BYTES_PER_S


async def test_a_few_thousand_lines_are_not_slowed_down() -> None:
    lines = BURST_BYTES // MESSAGE_BYTES // 2
    async with CodeSandbox(tier="process", workers=1, limits=Limits(output_stop_kb=4096)) as box:
        done = await box.run(f"for n in range({lines}):\n    print(n)")
        assert done.ending is Ending.COMPLETED
        assert done.stdout.total_bytes == sum(len(str(n)) + 1 for n in range(lines))
