"""Sandboxes for the tests: one for each tier that this machine has, over a world without physics."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Collection
from typing import NoReturn

import pytest
import pytest_asyncio

from blazer.core.errors import SandboxError
from blazer.sandbox import docker_tier, process_tier
from blazer.sandbox.code import CodeSandbox
from blazer.sandbox.limits import Limits
from blazer.sandbox.sandbox import Sandbox

in_module_loop = pytest.mark.asyncio(loop_scope="module")
QUICK = Limits(wall_s=2.0, skill_s=5.0, memory_mb=256, skill_calls=100)
"""For programs that are to be stopped by the clock. All others get the patience that a busy machine needs."""
PATIENT = QUICK.model_copy(update={"wall_s": 60.0})
TIERS = [
    "none",
    "process",
    pytest.param("docker", marks=pytest.mark.docker),
    # Skipped, with what is missing, where the daemon has no such runtime.
    pytest.param("runsc", marks=pytest.mark.docker),
]


def not_here(why: str, *, tier: str, promises: Collection[str] = (), asked: str = "") -> NoReturn:
    """Skip a test of something that this machine lacks; fail it where BLAZER_REQUIRE asks for it.

    Args:
        why: What is missing.
        tier: Whose test it is.
        promises: What rests on it: one that the tier insists on may not be missing where it is required.
        asked: A word of its own in BLAZER_REQUIRE, for what the tier does without if it must.
    """
    required = os.environ.get("BLAZER_REQUIRE", "").split(",")
    insisted = {"process": process_tier.REQUIRED, "docker": docker_tier.REQUIRED}
    needed = set(promises) & set(insisted.get(tier, docker_tier.REQUIRED_GVISOR))
    if (tier in required and needed) or (asked and asked in required):
        pytest.fail(f"BLAZER_REQUIRE asks for it: {why}")
    pytest.skip(why)


async def opened(tier: str, **options: object) -> AsyncIterator[Sandbox]:
    """A sandbox, or a skip that says why; a failure where BLAZER_REQUIRE asks for the tier."""
    sandbox = Sandbox(tier, **{"backend": "fake", "limits": PATIENT, **options})  # type: ignore[arg-type]
    try:
        await sandbox.__aenter__()
    except SandboxError as error:
        if tier in os.environ.get("BLAZER_REQUIRE", "").split(","):
            raise
        pytest.skip(f"no {tier} tier here: {error}")
    try:
        yield sandbox
    finally:
        await sandbox.__aexit__(None, None, None)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=TIERS)
async def sandbox(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """Each tier in turn."""
    async for item in opened(request.param):
        yield item


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=TIERS[1:])
async def confined(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """Each tier that promises something."""
    async for item in opened(request.param):
        yield item


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def process_sandbox() -> AsyncIterator[Sandbox]:
    """The process tier alone."""
    async for item in opened("process"):
        yield item


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def brief_sandbox() -> AsyncIterator[Sandbox]:
    """The same for programs that are to be stopped by the clock."""
    async for item in opened("process", limits=QUICK, workers=1):
        yield item


async def opened_code(tier: str, **options: object) -> AsyncIterator[CodeSandbox]:
    """A sandbox for plain code, or a skip that says why; a failure where BLAZER_REQUIRE asks for the tier."""
    box = CodeSandbox(tier, **{"limits": QUICK, **options})  # type: ignore[arg-type]
    try:
        await box.__aenter__()
    except SandboxError as error:
        if tier in os.environ.get("BLAZER_REQUIRE", "").split(","):
            raise
        pytest.skip(f"no {tier} tier here: {error}")
    try:
        yield box
    finally:
        await box.__aexit__(None, None, None)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=TIERS[1:])
async def box(request: pytest.FixtureRequest) -> AsyncIterator[CodeSandbox]:
    """Plain code in each tier that promises something, with time enough on a busy machine."""
    async for item in opened_code(request.param, limits=PATIENT):
        yield item


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=TIERS[1:])
async def brief_box(request: pytest.FixtureRequest) -> AsyncIterator[CodeSandbox]:
    """The same for programs that are to be stopped by the clock."""
    async for item in opened_code(request.param, workers=1):
        yield item
