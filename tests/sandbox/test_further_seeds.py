"""Which programs go through further seeds, and which do not."""

from __future__ import annotations

import pytest

from blazer.core.errors import UsageError
from blazer.core.outcomes import Outcome
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import in_module_loop

GOOD = "pick('thing0')\nplace_on('thing0')\n"


@in_module_loop
@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("pick('thing0')\n", Outcome.GOAL_NOT_MET),
        ("1 / 0\n", Outcome.PROGRAM_ERROR),
        ("while True: open_gripper()\n", Outcome.TIMEOUT),
        ("import os\n", Outcome.POLICY_REJECTED),
    ],
)
async def test_what_fails_on_its_own_seed_goes_no_further(
    sandbox: Sandbox, source: str, outcome: Outcome
) -> None:
    episode = await sandbox.run(source, fake_instance(), verify=[fake_instance(1), fake_instance(2)])
    assert (episode.execution.outcome, episode.verify_seeds) == (outcome, ())
    again = await sandbox.run(GOOD, fake_instance(), verify=[fake_instance(1)])
    assert [seed.outcome for seed in again.verify_seeds] == [Outcome.SUCCESS], "the world is as before"


@in_module_loop
async def test_a_program_that_is_no_text_is_refused(process_sandbox: Sandbox) -> None:
    with pytest.raises(UsageError, match="got bytes; decode it first"):
        await process_sandbox.run(GOOD.encode(), fake_instance())  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="got int"):
        await process_sandbox.check(5)  # type: ignore[arg-type]
