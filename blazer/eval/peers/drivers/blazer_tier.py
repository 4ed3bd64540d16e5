"""Blazer's own `CodeSandbox`, put through the same steps; run by Blazer's interpreter.

Programs that the language policy refuses are run once more without it, so that what is asked here is
whether the tier alone holds, as it is asked of the peers; the answer says so.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Coroutine
from typing import Any, Literal, TypeVar

from blazer.core.outcomes import Ending
from blazer.eval.peers.drivers.kit import PAIR, Answer, Driver, Options, main
from blazer.eval.peers.programs import HELLO
from blazer.sandbox.code import CodeResult, CodeSandbox
from blazer.sandbox.docker_client import OWNER_LABEL, owner
from blazer.sandbox.limits import Limits
from blazer.version import __version__

Tier = Literal["docker", "runsc", "process"]
Result = TypeVar("Result")


class Box:
    """See `kit.Sandbox`. Its loop runs on between the calls, as the pool fills up behind them."""

    def __init__(self, tier: Tier, options: Options) -> None:
        given: dict[str, Any] = {}
        if options.timeout_s is not None:
            given["wall_s"] = float(options.timeout_s)
        if options.memory_mb is not None:
            given["memory_mb"] = options.memory_mb
        self._tier, self._limits = tier, Limits(**given)
        self._loop = asyncio.new_event_loop()
        self._box: CodeSandbox | None = None

    def open(self) -> None:
        """See `kit.Sandbox`."""
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._box = self._wait(_entered(self._tier, self._limits))

    def _wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def run(self, source: str) -> Answer:
        """See `kit.Sandbox`."""
        assert self._box is not None  # noqa: S101  (open() was called)
        result = self._wait(self._box.run(source))
        if result.ending is not Ending.REFUSED:
            return _answer(result)
        answer = _answer(self._wait(self._box.run(source, policy=False)))
        return answer._replace(word=f"{answer.word} (policy off; refused with it on)")

    def close(self) -> None:
        """See `kit.Sandbox`."""
        assert self._box is not None  # noqa: S101
        self._wait(self._box.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)

    def containers(self) -> list[str]:
        """See `kit.Sandbox`."""
        if self._tier == "process":
            return []
        done = subprocess.run(  # noqa: S603
            ["docker", "ps", "-aq", "--no-trunc", "--filter", f"label={OWNER_LABEL}={owner()}"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()


async def _entered(tier: Tier, limits: Limits) -> CodeSandbox:
    # Made inside the loop that it will be used in.
    return await CodeSandbox(tier, limits=limits).__aenter__()


def _answer(result: CodeResult) -> Answer:
    return Answer(result.ending.value, result.ok, result.stdout.text)


def _driver(tier: Tier) -> Driver:
    def pair(options: Options, n: int) -> None:
        async def both() -> None:
            async with CodeSandbox(tier, workers=PAIR) as box:
                results = await asyncio.gather(*(box.run(HELLO) for _ in range(n)))
            wrong = [result for result in results if not result.ok]
            if wrong:
                raise RuntimeError(
                    f"{len(wrong)} of {n} programs failed: {wrong[0].ending}, {wrong[0].fault}"
                )

        asyncio.run(both())

    def about() -> dict[str, Any]:
        return {
            "version": __version__,
            "reuses": False,
            "time_limit": True,
            "memory_limit": True,
            "deviations": [],
            "remarks": ["each program has a fresh guest, started before it came"],
        }

    return Driver(lambda options: Box(tier, options), about, pair)


if __name__ == "__main__":
    tiers: dict[str, Tier] = {"docker": "docker", "runsc": "runsc", "process": "process"}
    if sys.argv[1] not in tiers:
        raise SystemExit(f"no tier {sys.argv[1]!r}; there are {', '.join(tiers)}")
    main(_driver(tiers[sys.argv[1]]))
