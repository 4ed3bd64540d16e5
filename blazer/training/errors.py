"""What can go wrong with a data set. The tree is drawn in `blazer.core.errors`."""

from __future__ import annotations

from blazer.core.errors import BlazerError, UsageError


class DatasetError(BlazerError):
    """A data set cannot be built, read or trusted."""


class EmptyDataset(DatasetError, UsageError):
    """Nothing is left for a kind or a split; says what is missing and what would bring it."""


class DatasetExists(DatasetError, UsageError):
    """Something else is in the directory already."""


class DatasetDamaged(DatasetError):
    """Files are missing, altered, or not what the manifest says."""


class LeakError(DatasetError):
    """Something is on both sides of a split, or is kept for evaluation."""
