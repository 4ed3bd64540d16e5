"""What a tier costs a whole episode: one reference program verified on eight seeds, tier beside tier."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from statistics import median

from blazer.core.errors import SandboxError
from blazer.core.outcomes import Outcome
from blazer.core.records import Record
from blazer.sandbox.sandbox import Sandbox, TierName
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import get_task, reference_program

TASK, VERIFY_SEEDS = "put_block", 8
BASE: TierName = "process"


class EpisodeTimes(Record):
    """Wall times of the same verified episode, by tier."""

    task: str
    seeds: int
    wall_s: dict[str, tuple[float, ...]]

    def median_s(self, tier: str) -> float | None:
        """None where it was not timed."""
        found = self.wall_s.get(tier)
        return round(median(found), 3) if found else None

    def ratio(self, tier: str) -> float | None:
        """Median to the process tier's; None where either is missing."""
        base, own = self.median_s(BASE), self.median_s(tier)
        return round(own / base, 3) if base and own else None


async def verified_episodes(
    tiers: Sequence[TierName], n: int, on_episode: Callable[[], None] = lambda: None
) -> EpisodeTimes:
    """Run it `n` times in each tier and in the process tier, in turns, so that drift meets all alike.

    Each is timed from handing it over to its verdicts; the first of each tier is not counted.

    Raises:
        SandboxError: a tier cannot be had, or the reference program is no success.
    """
    spec = get_task(TASK)
    instance = instantiate(spec, 0)
    others = [instantiate(spec, seed, instance.parameters) for seed in range(1, VERIFY_SEEDS + 1)]
    names = list(dict.fromkeys([BASE, *tiers]))
    times: dict[str, list[float]] = {name: [] for name in names}
    async with contextlib.AsyncExitStack() as stack:
        boxes = {name: await stack.enter_async_context(Sandbox(name, workers=1)) for name in names}
        for turn in range(n + 1):
            for name in names:
                began_s = time.perf_counter()
                done = await boxes[name].run(reference_program(instance), instance, others, trajectory=False)
                took_s = time.perf_counter() - began_s
                if done.execution.outcome is not Outcome.SUCCESS or len(done.verify_seeds) != VERIFY_SEEDS:
                    raise SandboxError(
                        f"the reference program of {TASK} ended as {done.execution.outcome} in the {name} "
                        f"tier, verified on {len(done.verify_seeds)} of {VERIFY_SEEDS} seeds"
                    )
                if turn:
                    times[name].append(took_s)
                    on_episode()
    return EpisodeTimes(
        task=TASK, seeds=VERIFY_SEEDS, wall_s={name: tuple(found) for name, found in times.items()}
    )
