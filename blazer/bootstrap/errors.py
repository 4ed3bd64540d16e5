"""What can go wrong with a sequence of steps. The tree is drawn in `blazer.core.errors`."""

from __future__ import annotations

from blazer.core.errors import BlazerError, UsageError


class BootstrapError(BlazerError):
    """A sequence of steps cannot be run or read."""


class StepFailed(BootstrapError):
    """A step ended without its result; says which, why, and where its log is."""


class WorkBusy(BootstrapError, UsageError):
    """Another process works in that directory."""


class WorkChanged(BootstrapError, UsageError):
    """Finished steps would be thrown away, because they were made with other settings or inputs."""


class WorkDamaged(BootstrapError):
    """A file of the machinery in a work directory cannot be read."""
