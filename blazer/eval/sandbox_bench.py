"""How fast the sandbox is: from a program handed over to its first line, its calls, its end.

Everything is timed on the host, through the real sandbox (`eval.watching`), except the skill round trip,
which is what a program itself waits for. Covers one tier at a time, on this machine, with whatever else
runs on it. Does not cover physics (`bench episodes`) beyond one ratio: a verified episode against the same
one in the process tier.

dispatch: `run` was called, a guest waits -> the first message that the program's first line sends is here;
    so taking the guest, the policy, compiling and starting are all in it.
cold: a guest's start until it has proved its confinement, with nothing waiting and nothing else starting.
teardown: a guest's end is asked for -> it is known to be gone.
policy: 300 lines sent to the confined checker -> its findings are here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from blazer.core.errors import SandboxError
from blazer.core.outcomes import Ending
from blazer.core.records import Record
from blazer.eval.bench_programs import LONG_LINES, long_program, round_trips
from blazer.eval.lanes import run_lanes
from blazer.eval.samples import percentile
from blazer.eval.verified_episodes import EpisodeTimes
from blazer.eval.watching import WatchedTier, watched_tier
from blazer.sandbox.battery.frame import WorldBox, told
from blazer.sandbox.code import CodeResult, CodeSandbox
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.limits import Limits
from blazer.sandbox.sandbox import Sandbox, TierName
from blazer.sandbox.tiers import make_tier

FIRST_LINE = "print('here')\n"
WALL_S = 0.3
"""The limit that programs of the overshoot sample run into."""
OVERSHOOT_LANES = 2
READY_WAIT_S = 60.0
_MS = 1e3

OnSample = Callable[[], None]


class Amounts(Record):
    """How many samples of each; 200 make a p99, 40 a p95."""

    dispatch: int = 200
    cold: int = 40
    calls: int = 2000
    policy: int = 60
    programs: int = 200
    overshoot: int = 200
    episodes: int = 3

    def total(self) -> int:
        """Of one tier, without the episodes."""
        return self.dispatch + self.cold + self.calls + self.policy + self.programs + self.overshoot


class SandboxFigures(Record):
    """One tier's figures; None where there were too few samples, or it was not asked for."""

    tier: str
    dispatch_ms_p50: float | None
    dispatch_ms_p95: float | None
    dispatch_ms_p99: float | None
    cold_ms_p95: float | None
    skill_roundtrip_ms_p50: float | None
    skill_roundtrip_ms_p99: float | None
    policy_ms_p95: float | None
    programs_per_s: float
    teardown_ms_p50: float | None
    overshoot_ms_p99: float | None
    """Time from `go` to the guest known to be gone, less the limit, of endless loops."""
    cold_ms_p50: float | None
    policy_ms_p50: float | None
    teardown_ms_p99: float | None
    everyday_accepted: int | None
    """Of `everyday_n`."""
    everyday_n: int | None
    verified_episode_ratio: float | None
    """Wall time of a reference episode verified on 8 seeds, to the same in the process tier."""
    verified_episode_s: float | None
    """Its median."""
    workers: int
    """Of `programs_per_s`."""
    samples: Amounts


async def bench_tier(
    tier: TierName,
    amounts: Amounts,
    *,
    workers: int = 2,
    everyday: Path | None = None,
    episodes: EpisodeTimes | None = None,
    on_sample: OnSample = lambda: None,
) -> SandboxFigures:
    """All figures of one tier.

    Args:
        tier: Which.
        amounts: How many samples.
        workers: For the throughput.
        everyday: A directory of everyday programs for the policy to accept.
        episodes: Verified episodes, timed by `verified_episodes`.
        on_sample: Called after each sample.

    Raises:
        SandboxError: the tier cannot be had, or a program did not end as it must.
    """
    dispatch, teardown = await dispatch_ms(tier, amounts.dispatch, on_sample)
    cold = await cold_ms(tier, amounts.cold, on_sample)
    trips = await round_trip_ms(tier, amounts.calls, on_sample)
    policy, accepted, asked = await policy_ms(tier, amounts.policy, everyday, on_sample)
    rate = await programs_per_s(tier, amounts.programs, workers, on_sample)
    over = await overshoot_ms(tier, amounts.overshoot, on_sample)
    return SandboxFigures(
        tier=tier,
        dispatch_ms_p50=percentile(dispatch, 50, "dispatch"),
        dispatch_ms_p95=percentile(dispatch, 95, "dispatch"),
        dispatch_ms_p99=percentile(dispatch, 99, "dispatch"),
        cold_ms_p95=percentile(cold, 95, "cold start"),
        skill_roundtrip_ms_p50=percentile(trips, 50, "round trips"),
        skill_roundtrip_ms_p99=percentile(trips, 99, "round trips"),
        policy_ms_p95=percentile(policy, 95, "policy"),
        programs_per_s=round(rate, 2),
        teardown_ms_p50=percentile(teardown, 50, "teardown"),
        overshoot_ms_p99=percentile(over, 99, "overshoot"),
        cold_ms_p50=percentile(cold, 50, "cold start"),
        policy_ms_p50=percentile(policy, 50, "policy"),
        teardown_ms_p99=percentile(teardown, 99, "teardown"),
        everyday_accepted=accepted,
        everyday_n=asked,
        verified_episode_ratio=episodes.ratio(tier) if episodes else None,
        verified_episode_s=episodes.median_s(tier) if episodes else None,
        workers=workers,
        samples=amounts,
    )


async def dispatch_ms(tier: TierName, n: int, on_sample: OnSample) -> tuple[list[float], list[float]]:
    """Dispatch and teardown of `n` programs, one at a time, each with a guest waiting for it."""
    watched = watched_tier(tier, Limits(), skills=False)
    dispatch: list[float] = []
    async with CodeSandbox(watched, workers=1, guests=3) as box:
        for number in range(n + 3):
            await _waiting(watched)
            began_s = time.perf_counter()
            done = await box.run(FIRST_LINE)
            _completed(done, "print")
            printed_s = watched.used[-1].first_print_s
            if printed_s is None:
                raise SandboxError("a program that printed was not seen to print")
            if number >= 3:  # the first few warm the host itself
                dispatch.append((printed_s - began_s) * _MS)
                on_sample()
        teardown = [(g.gone_s - g.kill_s) * _MS for g in watched.used[3:] if g.gone_s and g.kill_s]
    return dispatch, teardown


async def _waiting(watched: WatchedTier) -> None:
    """Until a guest waits and the pool has come to rest: what is timed is not the making of the next."""
    deadline_s = time.monotonic() + READY_WAIT_S
    while watched.waiting < 3:
        if time.monotonic() > deadline_s:
            raise SandboxError(f"only {watched.waiting} guests became ready in {READY_WAIT_S:g} s")
        await asyncio.sleep(0.002)


async def cold_ms(tier: TierName, n: int, on_sample: OnSample) -> list[float]:
    """Starting `n` guests, one after the other."""
    made, found = make_tier(tier, Limits(), skills=False), []
    try:
        await made.open()
        for number in range(n + 1):
            began_s = time.perf_counter()
            guest = await made.start_guest()
            took_ms = (time.perf_counter() - began_s) * _MS
            await guest.kill()
            if number:  # the first finds nothing in the page cache
                found.append(took_ms)
                on_sample()
    finally:
        await made.close()
    return found


async def round_trip_ms(tier: TierName, n: int, on_sample: OnSample) -> list[float]:
    """What a program waits for a skill that does nothing, in a world without physics."""
    limits, skip = Limits(skill_calls=n + 100, output_kb=16 * n // 1024 + 64, output_stop_kb=16 * n), 20
    async with Sandbox(tier, limits=limits, workers=1, backend="fake") as sandbox:
        seen = await WorldBox(sandbox, fake_instance()).run(round_trips(n, skip), policy=False)
    if seen.ending is not Ending.COMPLETED or len(seen.calls) != n + skip:
        raise SandboxError(f"the program that times its calls ended as {seen.ending}: {told(seen)}")
    found = [float(line) / 1e3 for line in seen.text.split()]
    for _ in found:
        on_sample()
    return found


async def policy_ms(
    tier: TierName, n: int, everyday: Path | None, on_sample: OnSample
) -> tuple[list[float], int | None, int | None]:
    """Checking `n` different programs of 300 lines; how many everyday ones are accepted, and of how many."""
    found: list[float] = []
    # With a world, though none is used: everyday programs call skills, and those names have to be known.
    async with Sandbox(tier, workers=1, guests=1, backend="fake") as box:
        for number in range(n + 2):
            source = long_program(number)
            began_s = time.perf_counter()
            report = await box.check(source)
            took_ms = (time.perf_counter() - began_s) * _MS
            if not report.accepted:
                raise SandboxError(f"a program of {LONG_LINES} lines was refused: {report.findings[0]}")
            if number >= 2:  # the first starts the checker
                found.append(took_ms)
                on_sample()
        files = sorted(everyday.glob("*.py")) if everyday else []
        accepted = [(await box.check(path.read_text())).accepted for path in files]
    return found, sum(accepted) if files else None, len(files) or None


async def programs_per_s(tier: TierName, n: int, workers: int, on_sample: OnSample) -> float:
    """One short program after the other in every worker, guests and all."""
    waiting = list(range(n))
    async with CodeSandbox(tier, workers=workers) as box:

        async def lane() -> None:
            while waiting:
                waiting.pop()
                _completed(await box.run(FIRST_LINE), "print")
                on_sample()

        began_s = time.perf_counter()
        await run_lanes(workers, lane)
        return n / (time.perf_counter() - began_s)


async def overshoot_ms(tier: TierName, n: int, on_sample: OnSample) -> list[float]:
    """How long after its limit an endless loop is known to be gone."""
    limits = Limits(wall_s=WALL_S)
    watched, waiting = watched_tier(tier, limits, skills=False), list(range(n))
    async with CodeSandbox(watched, limits=limits, workers=OVERSHOOT_LANES) as box:

        async def lane() -> None:
            while waiting:
                waiting.pop()
                done = await box.run("while True:\n    pass")
                if done.ending is not Ending.TIME_OUT:
                    raise SandboxError(f"an endless loop ended as {done.ending}: {done.fault}")
                on_sample()

        await run_lanes(OVERSHOOT_LANES, lane)
        return [(g.gone_s - g.go_s - WALL_S) * _MS for g in watched.used if g.gone_s and g.go_s]


def _completed(done: CodeResult, what: str) -> None:
    if done.ending is not Ending.COMPLETED:
        raise SandboxError(f"the program of the {what} sample ended as {done.ending}: {done.fault}")
