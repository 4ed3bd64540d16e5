"""Servers that are away: what is waited for, what is not, and what died meanwhile."""

from __future__ import annotations

import errno
import sqlite3
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from docker.errors import APIError, NotFound

from blazer.agents import sink
from blazer.agents.sink import StoreSink
from blazer.core.errors import StoreError
from blazer.sandbox import docker_absence
from blazer.sandbox.docker_absence import Presence, patiently
from blazer.store.errors import StoreCorrupt, StoreFull, StoreReadOnly, StoreUnreachable, kind_of
from tests.store.builders import make_trace


def answer(status: int) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    return made


AWAY = [
    requests.exceptions.ConnectionError("('Connection aborted.', RemoteDisconnected())"),
    ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
    FileNotFoundError(errno.ENOENT, "No such file or directory"),
]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker_absence, "AGAIN_S", 0.01)
    monkeypatch.setattr(sink, "AGAIN_S", 0.01)


class Failing:
    """Raises so often, then answers."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.left, self.asked = error, times, 0

    async def __call__(self) -> str:
        self.asked += 1
        if self.left:
            self.left -= 1
            raise self.error
        return "answer"


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
async def test_a_daemon_that_is_away_is_waited_for(error: Exception) -> None:
    request = Failing(error, 5)
    assert await patiently(request) == "answer"
    assert request.asked == 6


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
async def test_not_for_ever(error: Exception) -> None:
    with pytest.raises(type(error)):
        await patiently(Failing(error, 10**6), limit_s=0.1)


@pytest.mark.parametrize(
    "error",
    [
        NotFound("no such container", answer(404)),
        APIError("conflict", answer(409)),
        TimeoutError(),
        requests.exceptions.ReadTimeout("UnixHTTPConnectionPool: Read timed out."),
        requests.exceptions.ConnectionError("UnixHTTPConnectionPool: Read timed out."),
    ],
    ids=repr,
)
async def test_a_no_and_a_slow_answer_are_not_asked_again(error: Exception) -> None:
    request = Failing(error, 1)
    with pytest.raises(type(error)):
        await patiently(request)
    assert request.asked == 1


async def test_trouble_of_its_own_is_asked_again_a_few_times_only() -> None:
    assert await patiently(Failing(APIError("starting", answer(500)), 2)) == "answer"
    with pytest.raises(APIError):
        await patiently(Failing(APIError("broken", answer(500)), 3))


class Events:
    """Streams of events that end when told."""

    def __init__(self) -> None:
        self.opened, self.broken = 0, threading.Event()

    def events(self, filters: Any) -> Events:
        self.opened += 1
        return self

    def __iter__(self) -> Iterator[dict[str, str]]:
        self.broken.wait(10)
        self.broken.clear()
        return iter(())

    def close(self) -> None:
        self.broken.set()


def test_each_absence_is_counted_and_closing_is_none() -> None:
    events = Events()
    presence = Presence(events)
    for count in (1, 2):
        events.broken.set()
        deadline_s = time.monotonic() + 5
        while (presence.absences, events.opened) != (count, count + 1) and time.monotonic() < deadline_s:
            time.sleep(0.005)
        assert (presence.absences, events.opened) == (count, count + 1)
    presence.close()
    assert presence.absences == 2


class Away:
    """A store whose server is away for a while."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.left, self.kept = error, times, 0

    def add_trace(self, trace: object) -> bool:
        if self.left:
            self.left -= 1
            raise self.error
        self.kept += 1
        return True


async def test_a_store_that_is_away_is_waited_for() -> None:
    store = Away(StoreUnreachable("gone"), 4)
    assert await StoreSink(store).add_trace(make_trace())  # type: ignore[arg-type]
    assert store.kept == 1


async def test_a_store_that_stays_away_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sink, "AWAY_LIMIT_S", 0.1)
    with pytest.raises(StoreUnreachable):
        await StoreSink(Away(StoreUnreachable("gone"), 10**6)).add_trace(make_trace())  # type: ignore[arg-type]


async def test_a_full_store_is_not_waited_for() -> None:
    store = Away(StoreFull("full"), 1)
    with pytest.raises(StoreFull):
        await StoreSink(store).add_trace(make_trace())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, StoreFull),
        (sqlite3.SQLITE_IOERR_WRITE, StoreFull),
        (sqlite3.SQLITE_READONLY, StoreReadOnly),
        (sqlite3.SQLITE_CORRUPT, StoreCorrupt),
        (sqlite3.SQLITE_BUSY, StoreError),
    ],
)
def test_what_is_wrong_with_a_file_beside_the_store(code: int, kind: type[StoreError]) -> None:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code  # type: ignore[misc]
    assert kind_of(error) is kind
