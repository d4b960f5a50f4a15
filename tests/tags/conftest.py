from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from limner.adapters.catalog import SqlCatalog, SqlRegistry, open_catalog


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[SqlCatalog]:
    catalog = open_catalog(tmp_path / "catalog.sqlite")
    yield catalog
    catalog.close()


@pytest.fixture
def registry(catalog: SqlCatalog) -> SqlRegistry:
    return SqlRegistry(catalog)
