"""What the sandbox itself can fail at. None of these is the program's doing but `ProtocolFault`."""

from __future__ import annotations

from blazer.core.errors import SandboxError


class SandboxUnavailable(SandboxError):
    """The tier cannot be had on this machine, or cannot prove its promises; says what to do."""


class SandboxBusy(SandboxError):
    """No guest became free before the deadline."""


class WorldCrashed(SandboxError):
    """The trusted world process died, hung or answered nonsense."""


class GuestLost(SandboxError):
    """A guest died without having run a program, or was killed by something that is not us."""


class ProtocolFault(SandboxError):
    """A line from the guest broke the channel's rules; the run ends there."""
