"""Stores to test: an SQLite file always, a PostgreSQL database where one is named.

`BLAZER_TEST_POSTGRES_URL` names a database that the tests may empty.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from blazer.store.engine import parse_address
from blazer.store.schema import metadata
from blazer.store.store import Store

POSTGRES_URL = os.environ.get("BLAZER_TEST_POSTGRES_URL", "")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty store may be made, on every backend that can be had."""
    if request.param == "sqlite":
        yield str(tmp_path / "traces.sqlite")
        return
    if not POSTGRES_URL:
        pytest.skip("postgresql: BLAZER_TEST_POSTGRES_URL is not set")
    engine = create_engine(parse_address(POSTGRES_URL).url)
    metadata.drop_all(engine)
    yield POSTGRES_URL
    metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open, empty store."""
    with Store.open(store_url) as opened:
        yield opened
