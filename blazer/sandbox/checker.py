"""Checks sources in a confined, long-lived child, so that the host never parses untrusted text.

The child is a guest in another mode: it examines programs and never runs one, so it may be used for
many. A source that crashes or stalls it is refused, and a new child takes its place.
"""

from __future__ import annotations

import asyncio

from blazer.core.errors import UsageError
from blazer.core.records import PolicyFinding, PolicyReport
from blazer.sandbox.capture import clean
from blazer.sandbox.classify import OUTSIDE_SIGNALS
from blazer.sandbox.errors import GuestLost, ProtocolFault
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import EndOfLines, LineTooLong
from blazer.sandbox.processes import Guest, Tier
from blazer.sandbox.protocol import Findings, GuestSide

EXIT_WAIT_S = 5.0
"""A child whose channel has ended is on its way out; a busy machine may take a while to say how."""


def refusal(rule: str, message: str, suggestion: str = "") -> PolicyReport:
    """A report with one finding about the program as a whole."""
    finding = PolicyFinding(rule=rule, line=1, column=1, message=message, suggestion=suggestion)
    return PolicyReport(accepted=False, findings=(finding,))


def require_text(source: object) -> None:
    """Refuse a program that is no text, before anything is done with it.

    Raises:
        UsageError: says what it is instead.
    """
    if not isinstance(source, str):
        hint = '; decode it first: source.decode("utf-8")' if isinstance(source, (bytes, bytearray)) else ""
        raise UsageError(f"the program must be a text (str), got {type(source).__name__}{hint}")


def too_long(source: str, limits: Limits) -> PolicyReport | None:
    """A refusal if the source is beyond the cap, found without parsing it."""
    size = len(source.encode("utf-8", "surrogatepass"))
    if size <= limits.source_kb * 1024:
        return None
    allowed = limits.source_kb * 1024
    return refusal("size", f"the program has {size} bytes; at most {allowed} are allowed", "write less")


class Checker:
    """Serialises checks through one child.

    Args:
        tier: Starts the child.
        limits: Time and size caps.
    """

    def __init__(self, tier: Tier, limits: Limits) -> None:
        self._tier, self._limits = tier, limits
        self._guest: Guest | None = None
        self._lock = asyncio.Lock()

    async def check(self, source: str) -> PolicyReport:
        """All that the policy has against a program.

        Raises:
            UsageError: if it is no text.
            GuestLost: if children were ended from outside, which is not the program's doing.
            SandboxError: if no child could be started.
        """
        require_text(source)
        report = too_long(source, self._limits)
        if report is not None:
            return report
        async with self._lock:
            why = ""
            # Twice: an innocent source may have met a child at the end of its lease.
            for _ in range(2):
                try:
                    return await self._ask(source)
                except asyncio.CancelledError:
                    await asyncio.shield(self._drop())
                    raise
                except TimeoutError:
                    why = f"reading the program took longer than {self._limits.policy_s:g} s"
                except (EndOfLines, LineTooLong, ProtocolFault) as fault:
                    why = f"reading the program crashed the checker {clean(str(fault))}".strip()
                    if isinstance(fault, EndOfLines) and await self._drop(EXIT_WAIT_S):
                        why = ""
                await self._drop()
        if not why:
            raise GuestLost("the checker was ended from outside while it read the program")
        return refusal("crash", why, "write it in simpler Python")

    async def _ask(self, source: str) -> PolicyReport:
        if self._guest is None:
            self._guest = await self._tier.start_guest()
        lines = self._guest.lines
        await lines.send({"t": "check", "source": source})
        message = GuestSide().parse(await lines.read_line(self._limits.policy_s))
        if not isinstance(message, Findings):
            raise ProtocolFault(f"{type(message).__name__} instead of findings")
        return PolicyReport(accepted=not message.findings, findings=message.findings)

    async def _drop(self, wait_s: float = 0.0) -> bool:
        """Kill the child and know it gone; whether somebody else had ended it from outside.

        Args:
            wait_s: How long to wait for its own end, where that has been seen to begin.
        """
        if self._guest is None:
            return False
        guest, self._guest = self._guest, None
        code = guest.lines.returncode
        if code is None and wait_s > 0:
            code = await guest.lines.wait(wait_s)
        await guest.kill()
        return -(code or 0) in OUTSIDE_SIGNALS and not await guest.out_of_memory()

    async def close(self) -> None:
        """End the child."""
        await self._drop()
