"""Every backend of ours passes the shipped battery."""

from __future__ import annotations

import pytest

from blazer.sim.backends import create_simulator
from blazer.sim.conformance import CHECKS, Capability, Check, NonConformance, run_conformance
from blazer.sim.kinematic import KinematicSimulator

MUJOCO = [pytest.param(c, id=c.name) for c in CHECKS if Capability.PICTURES not in c.needs]
PICTURES = [pytest.param(c, id=c.name) for c in CHECKS if Capability.PICTURES in c.needs]
KINEMATIC = [pytest.param(c, id=c.name) for c in CHECKS if not c.needs]


@pytest.mark.parametrize("check", MUJOCO)
def test_mujoco(check: Check) -> None:
    check.run(create_simulator)


@pytest.mark.egl
@pytest.mark.parametrize("check", PICTURES)
def test_mujoco_pictures(check: Check) -> None:
    check.run(create_simulator)


@pytest.mark.parametrize("check", KINEMATIC)
def test_kinematic(check: Check) -> None:
    check.run(KinematicSimulator)


def test_names_are_unique() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)


class _Sleepy(KinematicSimulator):
    """Counts no steps: a backend that the battery must catch."""

    def steps(self) -> int:
        return 0


def test_a_wrong_backend_is_caught_and_named() -> None:
    with pytest.raises(NonConformance, match="37 steps"):
        next(c for c in CHECKS if c.name == "steps_are_time").run(_Sleepy)


def test_the_report_names_what_was_left_out() -> None:
    report = run_conformance(KinematicSimulator, frozenset())
    assert {"paints", "falling_takes_time"} == set(report.left_out)
    assert not report.failed
    assert len(report.passed) + len(report.left_out) == len(CHECKS)
