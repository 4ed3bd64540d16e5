"""Python as models write it every day is accepted, and does what it does anywhere else."""

from __future__ import annotations

import pytest

from blazer.core.outcomes import Ending
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.policy import check_program
from blazer.sandbox.sandbox import Sandbox
from tests.attacks.conftest import PROGRAMS, in_module_loop

FILES = sorted((PROGRAMS / "everyday").glob("*.py"))


def test_there_are_everyday_programs() -> None:
    assert len(FILES) >= 90


@in_module_loop
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_everyday_program(path: object, process_sandbox: Sandbox) -> None:
    source = path.read_text()  # type: ignore[attr-defined]
    assert check_program(source).findings == ()
    episode = await process_sandbox.run(source, fake_instance())
    assert episode.execution.fault is None
    assert episode.execution.ending is Ending.COMPLETED
