"""A Docker daemon that goes away and comes back: noticed, waited for, and never held against a program.

A daemon that is restarted ends every container, or cuts their channels, which makes guests end by
themselves as if they were done. So a tier listens to the daemon's events for as long as it is open:
when that connection breaks the daemon was away, and nothing that died since then tells anything about
its program. Does not cover a daemon that hangs and keeps its connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from docker.errors import APIError, DockerException

T = TypeVar("T")
AWAY_LIMIT_S = 120.0
"""How long a daemon is waited for."""
AGAIN_S = 0.5
STUMBLES = 3
"""How often the daemon may answer that it has trouble of its own, as while it starts or stops."""


class Presence:
    """Counts how often the daemon went away; made where the daemon answers.

    Args:
        api: The SDK's low-level client.
    """

    def __init__(self, api: Any) -> None:
        self._api = api
        self._closing = threading.Event()
        self._stream = self._listen()
        self.absences = 0
        self._thread = threading.Thread(target=self._watch, name="docker-presence", daemon=True)
        self._thread.start()

    def _listen(self) -> Any:
        # Of the daemon itself: as good as none, so that nothing but the end is ever heard.
        return self._api.events(filters={"type": "daemon"})

    def _watch(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(DockerException, OSError, ValueError):  # read while it is being closed
                for _ in self._stream:
                    pass
            self.absences += not self._closing.is_set()
            while not self._closing.wait(AGAIN_S):
                try:
                    self._stream = self._listen()
                    break
                except (DockerException, OSError):
                    continue

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        with contextlib.suppress(DockerException, OSError, AttributeError):  # closed by its other end
            self._stream.close()
        self._thread.join(5.0)


def is_away(error: BaseException) -> bool:
    """Whether an error of the SDK means that nobody answered, rather than that the answer was no."""
    # `requests` makes OSErrors of all that goes wrong below it; a slow answer is none of this.
    timed_out = "Timeout" in type(error).__name__ or "timed out" in str(error)
    return isinstance(error, OSError) and not isinstance(error, APIError) and not timed_out


def stumbled(error: BaseException) -> bool:
    """Whether the daemon answered that it has trouble of its own."""
    return isinstance(error, APIError) and bool(error.is_server_error())


async def patiently(request: Callable[[], Awaitable[T]], limit_s: float = AWAY_LIMIT_S) -> T:
    """Make a request; again while the daemon is away.

    Args:
        request: May be made twice: an answer may have been lost.
        limit_s: How long to go on.

    Raises:
        docker.errors.DockerException: the daemon's no.
        OSError: it stayed away.
    """
    deadline, stumbles = time.monotonic() + limit_s, 0
    while True:
        try:
            return await request()
        except (DockerException, OSError) as error:
            stumbles += stumbled(error)
            again = is_away(error) or (stumbled(error) and stumbles < STUMBLES)
            if not again or time.monotonic() > deadline:
                raise
        await asyncio.sleep(AGAIN_S)
