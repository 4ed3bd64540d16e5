"""The battery every simulator backend must pass, shipped so that a new backend can be held to it.

A check is a named function that takes a factory and raises `NonConformance` where the backend
departs from `blazer.sim.protocol`. Checks that need something a backend may honestly lack (real
physics, pictures) say so; a battery that left checks out names them.
"""

from __future__ import annotations

from typing import NamedTuple

from blazer.sim.conformance import grasping, looking, moving
from blazer.sim.conformance.frame import Capability, Check, Factory, NonConformance

CHECKS: tuple[Check, ...] = (*looking.CHECKS, *moving.CHECKS, *grasping.CHECKS)


class Report(NamedTuple):
    """What a battery found.

    Attributes:
        passed: Names of the checks that held.
        failed: (name, why) of those that did not.
        left_out: Names of those that need what the backend lacks.
    """

    passed: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]


def run_conformance(factory: Factory, capabilities: frozenset[Capability] = frozenset(Capability)) -> Report:
    """Run every check that the backend's capabilities admit."""
    passed, failed, left_out = [], [], []
    for check in CHECKS:
        if not check.needs <= capabilities:
            left_out.append(check.name)
            continue
        try:
            check.run(factory)
        except NonConformance as departure:
            failed.append((check.name, str(departure)))
        else:
            passed.append(check.name)
    return Report(tuple(passed), tuple(failed), tuple(left_out))


__all__ = ["CHECKS", "Capability", "Check", "Factory", "NonConformance", "Report", "run_conformance"]
