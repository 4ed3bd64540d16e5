"""Stores to test: an SQLite file always, PostgreSQL where a server is named.

`BLAZER_TEST_POSTGRES_URL` names a database on a server where the tests may make and drop others: each
of the processes that run in parallel has one of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from blazer.store.engine import parse_address
from blazer.store.store import Store

POSTGRES_URL = os.environ.get("BLAZER_TEST_POSTGRES_URL", "")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty store may be made, on every backend that can be had."""
    if request.param == "sqlite":
        yield str(tmp_path / "traces.sqlite")
        return
    if not POSTGRES_URL:
        required = "postgresql" in os.environ.get("BLAZER_REQUIRE", "").split(",")
        (pytest.fail if required else pytest.skip)("postgresql: BLAZER_TEST_POSTGRES_URL is not set")
    name = f"blazer_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    server = create_engine(parse_address(POSTGRES_URL).url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open, empty store."""
    with Store.open(store_url) as opened:
        yield opened
