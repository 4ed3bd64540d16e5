"""Structured logs of the agents, through the standard library's logging.

Nothing is said below WARNING unless the program sets up logging: progress is told by events, and
a library that writes to a terminal by itself spoils the table that shows them.
"""

from __future__ import annotations

import logging
from typing import cast

import structlog


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A structured logger that hands `event key=value ...` to the standard library's logger `name`."""
    logger = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return cast(structlog.stdlib.BoundLogger, logger)
