"""What is settled before a guest is started, and what is said where its promises are not kept."""

from __future__ import annotations

import pytest

from blazer.core.errors import ConfigError
from blazer.sandbox.code import CodeSandbox
from blazer.sandbox.errors import SandboxUnavailable
from blazer.sandbox.handshake import check_memory, proved
from blazer.sandbox.limits import Limits
from blazer.sandbox.process_tier import ProcessTier, machine_memory_mb
from blazer.sandbox.protocol import Ready


def test_more_memory_than_there_is_is_no_limit() -> None:
    check_memory(Limits(memory_mb=1000), 1000, "it")
    check_memory(Limits(memory_mb=1000), 0, "a daemon that does not say")
    with pytest.raises(
        ConfigError, match=r"of 1001 MB is more than it has \(1000 MB\); give one of 64 to 1000"
    ):
        check_memory(Limits(memory_mb=1001), 1000, "it")


async def test_a_limit_beyond_the_machine_is_told_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def started(_: ProcessTier) -> None:
        raise AssertionError("a guest was started")

    monkeypatch.setattr(ProcessTier, "start_guest", started)
    with pytest.raises(ConfigError, match="more than this machine has"):
        async with CodeSandbox("process", limits=Limits(memory_mb=machine_memory_mb() + 1)):
            pass


def test_where_every_step_took_the_missing_promise_is_named_all_the_same() -> None:
    with pytest.raises(SandboxUnavailable, match=r"cannot prove one, two on this machine \(every step took"):
        proved("some", Ready({}, {}), ("one", "two"))
