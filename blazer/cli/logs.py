"""Where log lines go: stderr, as they happen, so that stdout stays what the command answers.

Warnings and worse by default; everything with `BLAZER_DEBUG=1`.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import structlog


class _Stderr:
    """Writes to whatever `sys.stderr` is at that moment: a live display may have replaced it."""

    def msg(self, message: str) -> None:
        sys.stderr.write(message + "\n")

    debug = info = warning = warn = error = critical = exception = fatal = log = msg


def set_up() -> None:
    """Configure structlog for a command line program."""
    level = logging.DEBUG if os.environ.get("BLAZER_DEBUG") == "1" else logging.WARNING
    colors = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(colors=colors),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_factory,
        cache_logger_on_first_use=False,
    )


def _factory(*_: Any) -> _Stderr:
    return _Stderr()
