"""What the contracts of several ports have in common: one adapter keeps them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from limner.adapters.catalog import SqlCatalog, open_catalog


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlCatalog]:
    catalog = open_catalog(tmp_path / "catalog.sqlite")
    yield catalog
    catalog.close()
