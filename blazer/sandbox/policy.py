"""The language policy, for callers on the trusted side.

Covers and does not cover: see `guest.policy`, where the rules live. `check_program` parses the
source in this very process, which a hostile source may crash; for sources that nobody has looked at
use `Sandbox.check`, which does it in a confined process.
"""

from __future__ import annotations

from blazer.core.records import PolicyFinding, PolicyReport
from blazer.sandbox.guest.policy import examine
from blazer.sandbox.limits import Limits
from blazer.sandbox.protocol import skill_names


def check_program(source: str, limits: Limits | None = None) -> PolicyReport:
    """All that the policy has against a program, at once.

    Args:
        source: The program's text.
        limits: For the longest program allowed.

    Returns:
        The report; nothing is raised for any text.
    """
    limits = limits or Limits()
    found = examine(source, skill_names(), max_bytes=limits.source_kb * 1024).findings
    return PolicyReport(
        accepted=not found,
        findings=tuple(PolicyFinding.model_validate(finding.as_dict()) for finding in found),
    )
