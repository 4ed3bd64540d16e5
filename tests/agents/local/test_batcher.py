"""Collecting requests into batches: who shares one, who waits, what becomes of the cancelled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence

import pytest

from blazer.agents.local.batcher import Batcher


class Work:
    """Notes its batches; waits at a gate, if it is shut."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Event()
        self.broken_off = False

    def __call__(self, items: Sequence[int], wanted: Callable[[], bool]) -> list[str]:
        self.batches.append(list(items))
        self.begun.set()
        while not self.gate.wait(0.005):
            if not wanted():
                self.broken_off = True
                break
        return [str(item) for item in items]


def made(work: Callable[..., object], most: int = 4, wait_s: float = 0.01) -> Batcher[int, str]:
    return Batcher("test", work, most, wait_s)  # type: ignore[arg-type]


async def test_everybody_gets_his_own_answer() -> None:
    work = Work()
    batcher = made(work)
    answers = await asyncio.gather(*(batcher.ask(n, "k", n) for n in range(30)))
    assert answers == [str(n) for n in range(30)]
    assert max(len(batch) for batch in work.batches) == 4
    assert sorted(n for batch in work.batches for n in batch) == list(range(30))
    await batcher.aclose()


async def test_what_comes_while_the_model_works_goes_into_the_next_batch() -> None:
    work = Work()
    work.gate.clear()
    batcher = made(work)
    first = asyncio.ensure_future(batcher.ask(0, "k", 0))
    await asyncio.to_thread(work.begun.wait)
    others = [asyncio.ensure_future(batcher.ask(n, "k", n)) for n in range(1, 4)]
    await asyncio.sleep(0)
    work.gate.set()
    await asyncio.gather(first, *others)
    assert work.batches == [[0], [1, 2, 3]]
    await batcher.aclose()


async def test_only_one_kind_shares_a_batch_and_likes_in_length_come_first() -> None:
    work = Work()
    batcher = made(work, most=3, wait_s=0.05)
    asked = [(100, "a"), (7, "b"), (900, "a"), (101, "a"), (98, "a")]
    await asyncio.gather(*(batcher.ask(size, kind, size) for size, kind in asked))
    assert work.batches == [[98, 100, 101], [7], [900]]
    await batcher.aclose()


async def test_the_cancelled_are_left_out_and_do_not_stall_the_others() -> None:
    work = Work()
    work.gate.clear()
    batcher = made(work)
    first = asyncio.ensure_future(batcher.ask(0, "k", 0))
    await asyncio.to_thread(work.begun.wait)
    waiting = [asyncio.ensure_future(batcher.ask(n, "k", n)) for n in (1, 2, 3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    first.cancel()  # in the batch that is under way: nobody waits for it any more
    await asyncio.gather(waiting[1], first, return_exceptions=True)
    while len(work.batches) < 2:
        await asyncio.sleep(0.005)
    work.gate.set()
    assert await asyncio.gather(waiting[0], waiting[2]) == ["1", "3"]
    assert work.broken_off
    assert work.batches == [[0], [1, 3]]
    await batcher.aclose()


async def test_one_cancelled_row_does_not_break_off_its_batch() -> None:
    work = Work()
    work.gate.clear()
    batcher = made(work, wait_s=0.05)
    pair = [asyncio.ensure_future(batcher.ask(n, "k", n)) for n in (1, 2)]
    await asyncio.to_thread(work.begun.wait)
    pair[0].cancel()
    await asyncio.gather(pair[0], return_exceptions=True)
    work.gate.set()
    assert await pair[1] == "2"
    assert not work.broken_off
    await batcher.aclose()


async def test_an_error_reaches_whom_it_concerns_and_the_next_batch_is_served() -> None:
    def work(items: Sequence[int], wanted: Callable[[], bool]) -> list[object]:
        if 13 in items:
            raise ValueError("broken")
        return [KeyError(n) if n == 7 else str(n) for n in items]

    batcher = made(work, wait_s=0.02)
    results = await asyncio.gather(*(batcher.ask(n, "k", n) for n in (6, 7)), return_exceptions=True)
    assert results[0] == "6"
    assert isinstance(results[1], KeyError)
    with pytest.raises(ValueError, match="broken"):
        await batcher.ask(13, "k", 13)
    assert await batcher.ask(8, "k", 8) == "8"
    await batcher.aclose()


async def test_closing_breaks_off_and_ends_the_thread() -> None:
    work = Work()
    work.gate.clear()
    batcher = made(work, most=1)
    asked = [asyncio.ensure_future(batcher.ask(n, "k", n)) for n in range(3)]
    await asyncio.to_thread(work.begun.wait)
    await batcher.aclose()
    await batcher.aclose()
    assert work.broken_off
    assert all(
        isinstance(r, asyncio.CancelledError) for r in await asyncio.gather(*asked, return_exceptions=True)
    )
    assert not any(thread.name.startswith("test") for thread in threading.enumerate())
