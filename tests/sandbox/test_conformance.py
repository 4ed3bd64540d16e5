"""Every tier that this machine has keeps every promise of the battery."""

from __future__ import annotations

import pytest

from blazer.sandbox.conformance import CHECKS, Check, run_check
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import in_module_loop


def test_names_are_unique() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS) >= 20


@in_module_loop
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
async def test_promise_is_kept(check: Check, sandbox: Sandbox) -> None:
    done = await run_check(sandbox, check, fake_instance())
    if done.kept is None and sandbox.isolation.tier == "none":
        return  # it promises nothing, and the check saw that
    if done.kept is None:
        pytest.skip(done.why)
    assert done.kept, done.why
