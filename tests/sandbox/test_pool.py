"""The pool: one program each, the dead and the stale replaced, bounded in every direction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from blazer.core.records import IsolationLevel
from blazer.sandbox.errors import GuestLost, SandboxBusy, SandboxUnavailable
from blazer.sandbox.pool import GIVE_UP_AFTER, GIVE_WAY_S, HOLD_BACK_S, GuestPool


class FakeLines:
    """A channel that is only looked at."""

    def __init__(self) -> None:
        self.ended = False


class FakeGuest:
    """A guest that only lives and dies."""

    def __init__(self) -> None:
        self.lines: Any = FakeLines()
        self.isolation = IsolationLevel(tier="none")
        self.killed = False

    async def kill(self) -> None:
        self.killed = True
        await asyncio.sleep(0)

    async def out_of_memory(self) -> bool:
        return False


class FakeTier:
    """Starts guests as told: after a delay, or not at all."""

    name = "none"

    def __init__(self) -> None:
        self.made: list[FakeGuest] = []
        self.starts: list[float] = []
        self.delay_s = 0.0
        self.broken = False
        self.hurried = 0
        self.held = asyncio.Event()
        self.held.set()
        self.starting = self.most_starting = 0

    def hurry(self) -> None:
        self.hurried += 1

    async def start_guest(self, *, awaited: bool = True) -> FakeGuest:
        self.starts.append(time.monotonic())
        self.starting += 1
        self.most_starting = max(self.most_starting, self.starting)
        try:
            await asyncio.sleep(self.delay_s)
            await self.held.wait()
        finally:
            self.starting -= 1
        if self.broken:
            raise GuestLost("none to be had")
        self.made.append(FakeGuest())
        return self.made[-1]

    async def open(self) -> None:
        raise NotImplementedError

    async def start_world(self, arena: str) -> Any:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError


@asynccontextmanager
async def opened(tier: FakeTier, size: int = 3, **options: Any) -> AsyncIterator[GuestPool]:
    pool = GuestPool(tier, size, **{"cores": 2, "starts_per_s": 1000.0, **options})
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close()
    assert all(guest.killed for guest in tier.made if guest not in tier_taken(tier))


def tier_taken(tier: FakeTier) -> list[FakeGuest]:
    return getattr(tier, "taken", [])


async def until(wanted: Any, timeout_s: float = 60.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not wanted():
            await asyncio.sleep(0.005)


async def take(tier: FakeTier, pool: GuestPool, timeout_s: float = 60.0, *, ended: bool = True) -> FakeGuest:
    """A guest, whose program has ended already or runs on."""
    guest = await pool.take(timeout_s)
    if ended:
        await pool.ended()
    assert isinstance(guest, FakeGuest)
    tier.taken = [*tier_taken(tier), guest]  # type: ignore[attr-defined]
    return guest


async def test_it_fills_to_its_size_and_no_further() -> None:
    tier = FakeTier()
    async with opened(tier) as pool:
        await until(lambda: pool.stats().ready == 3)
        await asyncio.sleep(0.05)
        stats = pool.stats()
    assert (stats.size, stats.ready, stats.started, stats.taken, stats.died) == (3, 3, 3, 0, 0)
    assert len(tier.made) == 3


async def test_each_guest_is_handed_out_once_and_replaced() -> None:
    tier = FakeTier()
    async with opened(tier) as pool:
        taken = [await take(tier, pool) for _ in range(20)]
        assert len(set(map(id, taken))) == 20
        await until(lambda: pool.stats().ready == 3)
        assert (pool.stats().taken, pool.stats().started) == (20, 23)


async def test_starts_are_bounded_in_number_and_in_rate() -> None:
    tier = FakeTier()
    tier.delay_s = 0.02
    async with opened(tier, size=10, cores=2, starts_per_s=20.0) as pool:
        await until(lambda: pool.stats().ready == 10)
    assert tier.most_starting <= 2
    assert tier.starts[-1] - tier.starts[1] >= 7 / 20.0


async def test_a_start_waits_until_the_program_that_took_a_guest_is_on_its_way() -> None:
    tier = FakeTier()
    async with opened(tier, size=2) as pool:
        await until(lambda: pool.stats().ready == 2)
        began_s, before = time.monotonic(), len(tier.starts)
        await take(tier, pool)
        await until(lambda: len(tier.starts) > before)
        assert tier.starts[before] - began_s >= HOLD_BACK_S


async def test_programs_that_run_come_before_starts_unless_one_waits_for_a_guest() -> None:
    tier = FakeTier()
    async with opened(tier, size=3, cores=2) as pool:
        await until(lambda: pool.stats().ready == 3)
        tier.held.clear()
        before = len(tier.starts)
        for _ in range(2):
            await take(tier, pool, ended=False)
        await asyncio.sleep(GIVE_WAY_S / 2)
        assert len(tier.starts) == before, "both cores have a program, and one guest waits"
        await take(tier, pool, ended=False)
        await until(lambda: len(tier.starts) > before)
        await asyncio.sleep(GIVE_WAY_S / 4)
        assert len(tier.starts) == before + 1, "one start is enough for who comes next"
        for _ in range(3):
            await pool.ended()
        await until(lambda: len(tier.starts) > before + 1)
        tier.held.set()
        await until(lambda: pool.stats().ready == 3)


async def test_programs_that_run_for_long_do_not_keep_the_pool_from_filling() -> None:
    tier = FakeTier()
    async with opened(tier, size=2, cores=1) as pool:
        await until(lambda: pool.stats().ready == 2)
        await take(tier, pool, ended=False)
        await until(lambda: pool.stats().ready == 2)


async def test_a_guest_that_died_waiting_is_replaced_and_never_handed_out() -> None:
    tier = FakeTier()
    async with opened(tier) as pool:
        await until(lambda: pool.stats().ready == 3)
        dead = list(tier.made)
        for guest in dead:
            guest.lines.ended = True
        assert await take(tier, pool) not in dead
        await until(lambda: pool.stats().ready == 3)
        assert pool.stats().died == 3
        assert all(guest.killed for guest in dead)


async def test_the_dead_are_replaced_also_when_nobody_asks() -> None:
    tier = FakeTier()
    async with opened(tier, lease_s=0.05) as pool:
        await until(lambda: pool.stats().ready == 3)

        def one_is_missed() -> bool:
            for guest in tier.made:  # the first may have come to the end of its lease by now
                guest.lines.ended = True
            return pool.stats().died >= 1

        await until(one_is_missed)
        await until(lambda: pool.stats().taken == 0 and pool.stats().started > 3)


async def test_a_lease_that_is_over_is_a_guest_replaced() -> None:
    tier = FakeTier()
    async with opened(tier, lease_s=0.05) as pool:
        await until(lambda: pool.stats().expired >= 6)
        guest = await take(tier, pool)
        assert not guest.killed


async def test_waiting_ends_in_a_typed_error_and_the_next_is_served() -> None:
    tier = FakeTier()
    async with opened(tier, size=1, cores=1) as pool:
        tier.held.clear()  # no other guest comes
        await take(tier, pool)
        with pytest.raises(SandboxBusy, match=r"within 0\.1 s"):
            await pool.take(0.1)
        tier.held.set()
        await take(tier, pool, 60.0)


async def test_when_none_can_be_started_the_takers_hear_why() -> None:
    tier = FakeTier()
    async with opened(tier, size=2, cores=1) as pool:
        await until(lambda: pool.stats().ready == 2)
        tier.broken = True
        for _ in range(2):
            await take(tier, pool)
        with pytest.raises(GuestLost, match="none to be had"):
            await pool.take(10.0)
        assert pool.stats().failed >= GIVE_UP_AFTER
        tier.broken = False
        await take(tier, pool, 10.0)


async def test_a_taker_that_gives_up_takes_no_guest_along() -> None:
    tier = FakeTier()
    async with opened(tier, size=1, cores=1) as pool:
        tier.delay_s = 0.1
        await take(tier, pool)
        waiting = [asyncio.create_task(pool.take(5.0)) for _ in range(3)]
        await asyncio.sleep(0.01)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await take(tier, pool)
        await until(lambda: pool.stats().ready == 1)
        assert pool.stats().started == pool.stats().taken + 1


async def test_a_pool_that_nobody_asks_fills_again_once_guests_can_be_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tier = FakeTier()
    async with opened(tier) as pool:
        await until(lambda: pool.stats().ready == 3)
        tier.broken = True
        for guest in tier.made[:2]:
            guest.lines.ended = True
        await until(lambda: pool.stats().failed >= GIVE_UP_AFTER)
        tier.broken = False
        await until(lambda: pool.stats().ready == 3)
        for _ in range(3):
            await take(tier, pool)


async def test_who_waits_while_the_pool_closes_is_told() -> None:
    tier = FakeTier()
    pool = GuestPool(tier, 1, 1, starts_per_s=1000.0)
    await pool.open()
    tier.held.clear()
    await take(tier, pool)
    waiting = asyncio.create_task(pool.take(60.0))
    await asyncio.sleep(0.01)
    await pool.close()
    async with asyncio.timeout(5):
        with pytest.raises(SandboxUnavailable, match="closed while a program waited"):
            await waiting


async def test_a_start_that_was_not_awaited_is_hurried_once_somebody_waits() -> None:
    tier = FakeTier()
    async with opened(tier, size=1, cores=1) as pool:
        await take(tier, pool)
        hurried = tier.hurried
        tier.held.clear()
        waiting = asyncio.create_task(take(tier, pool))
        await until(lambda: tier.hurried > hurried or waiting.done())
        tier.held.set()
        await waiting


async def test_closing_leaves_nobody() -> None:
    tier = FakeTier()
    tier.delay_s = 0.05
    pool = GuestPool(tier, 5, 2, starts_per_s=1000.0)
    await pool.open()
    await asyncio.sleep(0.12)
    await pool.close()
    assert tier.starting == 0
    assert all(guest.killed for guest in tier.made)


async def test_an_error_of_our_own_is_told_and_leaves_nobody() -> None:
    tier = FakeTier()
    pool = GuestPool(tier, 1, 1, starts_per_s=1000.0)
    await pool.open()

    async def broken(*, awaited: bool = True) -> FakeGuest:
        raise ZeroDivisionError("ours")

    tier.start_guest = broken  # type: ignore[method-assign]
    await take(tier, pool)
    with pytest.raises(ZeroDivisionError, match="ours"):
        await pool.take(60.0)
    with pytest.raises(ZeroDivisionError):
        await pool.close()
    assert all(guest.killed for guest in tier.made[1:])
