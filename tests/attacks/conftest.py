"""The programs of the attack suite, and a sandbox for each tier that this machine has."""

from __future__ import annotations

from pathlib import Path

from tests.sandbox.conftest import confined, in_module_loop, process_sandbox, sandbox

PROGRAMS = Path(__file__).parent

__all__ = ["PROGRAMS", "confined", "in_module_loop", "process_sandbox", "sandbox"]
