"""A range for each tier that this machine has, over a world without physics, with canaries around it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from blazer.core.errors import SandboxError
from blazer.sandbox.limits import Limits
from blazer.sandbox.sandbox import Sandbox
from tests.attacks.canaries import Canaries
from tests.attacks.harness import Range
from tests.sandbox.conftest import confined, in_module_loop, process_sandbox, sandbox

PROGRAMS = Path(__file__).parent
QUICK = Limits(wall_s=1.0, skill_s=5.0, skill_calls=100, memory_mb=256, output_stop_kb=1024)
PATIENT = QUICK.model_copy(update={"wall_s": 60.0})
TIERS = [
    "process",
    pytest.param("docker", marks=pytest.mark.docker),
    pytest.param("runsc", marks=pytest.mark.docker),
]

__all__ = ["PROGRAMS", "confined", "in_module_loop", "process_sandbox", "sandbox"]


@pytest.fixture(scope="session")
def canaries() -> Iterator[Canaries]:
    """The host's canaries."""
    with Canaries() as laid_out:
        yield laid_out


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=TIERS)
async def firing_range(request: pytest.FixtureRequest, canaries: Canaries) -> AsyncIterator[Range]:
    """Each tier in turn; a skip says why, and is a failure where BLAZER_REQUIRE names the tier."""
    tier = request.param
    if tier != "process" and shutil.which("docker") is None and tier not in _required():
        pytest.skip(f"no {tier} tier here: no docker command")
    sandboxes = [
        Sandbox(tier, backend="fake", limits=limits, workers=1, guests=2) for limits in (QUICK, PATIENT)
    ]
    async with contextlib.AsyncExitStack() as stack:
        try:
            for sandbox in sandboxes:
                await stack.enter_async_context(sandbox)
        except SandboxError as error:
            if tier in _required():
                raise
            pytest.skip(f"no {tier} tier here: {error}")
        # A container costs a third of a second, so there the innocent run less often.
        place = Range(*sandboxes, canaries, clean_every=1 if tier == "process" else 10)
        yield place
        assert await place.innocent() == []
    assert await place.left() == []
    assert canaries.violations() == []


def _required() -> list[str]:
    return os.environ.get("BLAZER_REQUIRE", "").split(",")
