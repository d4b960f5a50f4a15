"""One small shop for all tests that only read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from limner.demo import ShopTruth, write_shop

UNTIL = date(2026, 11, 20)


@dataclass(frozen=True)
class Written:
    folder: Path
    truth: ShopTruth
    people: list[dict[str, Any]]
    """Rows of the truth."""

    def file(self, name: str) -> dict[str, Any]:
        """What truth.json says of a file."""
        return self.truth.summary["files"][name]

    def parquet(self, name: str) -> pa.Table:
        return pq.read_table(self.folder / name)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("shop")
    truth = write_shop(folder, customers=1500, seed=7, until=UNTIL)
    return Written(folder, truth, truth.people.to_pylist())
