"""Hostile programs, one a file: refused or contained, never successful, never an escape.

`hostile/` says which outcome the whole sandbox gives each; those marked `raw: yes` are run without
the policy as well. `raw/` are programs that the policy would never let through: the tier alone has
to hold them. A program prints ESCAPED where it got what it wanted. Drop a file in to add one.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from blazer.core.outcomes import Outcome
from blazer.sandbox.episode import Episode
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.policy import check_program
from blazer.sandbox.sandbox import Sandbox
from tests.attacks.conftest import PROGRAMS, in_module_loop

HOSTILE = sorted((PROGRAMS / "hostile").glob("*.py"))
RAW = sorted((PROGRAMS / "raw").glob("*.py"))
ALSO_RAW = [path for path in HOSTILE if "# raw: yes" in path.read_text()]


def header(path: Path, key: str) -> str | None:
    """The value of a header comment."""
    found = re.search(rf"^# {key}: (\S+)$", path.read_text(), re.MULTILINE)
    return found.group(1) if found else None


def assert_contained(episode: Episode) -> None:
    text = episode.execution.stdout.text
    assert "ESCAPED" not in text, text[:500]
    assert episode.execution.outcome not in (Outcome.SUCCESS, Outcome.INFRA_ERROR)


def test_there_are_hostile_programs() -> None:
    assert len(HOSTILE) >= 80
    assert len(RAW) >= 20
    assert all(header(path, "outcome") in set(Outcome) for path in HOSTILE)


@in_module_loop
@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
async def test_full_stack(path: Path, process_sandbox: Sandbox) -> None:
    episode = await process_sandbox.run(path.read_text(), fake_instance())
    assert_contained(episode)
    assert episode.execution.outcome == header(path, "outcome"), episode.execution.fault


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_policy_alone(path: Path) -> None:
    report = check_program(path.read_text())
    assert report.accepted == (not report.findings)
    if header(path, "outcome") == Outcome.POLICY_REJECTED:
        assert not report.accepted
    for finding in report.findings:
        assert finding.message
        assert finding.line >= 1


@in_module_loop
@pytest.mark.parametrize("path", [*ALSO_RAW, *RAW], ids=lambda path: path.stem)
async def test_without_policy(path: Path, confined: Sandbox) -> None:
    episode = await confined.run(path.read_text(), fake_instance(), policy=False)
    promise = header(path, "promise")
    if promise is not None and not episode.execution.isolation.promises[promise]:
        pytest.skip(f"this machine's {episode.execution.isolation.tier} tier does not promise {promise}")
    assert_contained(episode)
    expected = header(path, "outcome")
    if expected is not None:
        assert episode.execution.outcome == expected, episode.execution.fault
