"""What the contracts of several ports have in common: one adapter keeps them all, in either of two databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.postgres import Postgres

from limner.adapters.catalog import SqlCatalog, SqlRegistry, open_catalog


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a catalog can be made."""
    if request.param == "SQLite":
        return tmp_path / "catalog.sqlite"
    server: Postgres = request.getfixturevalue("postgres")
    return server.make_database()


@pytest.fixture
def store(place: Path | str) -> Iterator[SqlCatalog]:
    catalog = open_catalog(place)
    yield catalog
    catalog.close()


@pytest.fixture
def registry(store: SqlCatalog) -> SqlRegistry:
    return SqlRegistry(store)
