"""Blazer bootstraps robot-manipulation agents; see `docs/design.md` for its rooms."""

from blazer.version import __version__

__all__ = ["__version__"]
