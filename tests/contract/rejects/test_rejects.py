"""What `ports.rejects.Rejects` promises: rows as they were, each once, for as long as nobody mended them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from limner.adapters.duckdb.file import LogFile
from limner.adapters.duckdb.rejects import DuckDBRejects
from limner.ports.rejects import Reject

ROWS = [
    Reject("a.jsonl", 3, "no time", '{"event": "x"}'),
    Reject("a.jsonl", 4, "no time", '{"event": "x"}'),
    Reject("b.csv", 0, "the file is damaged", "", "source: b"),
    Reject("b.csv", 9, "not a number", "数量,\0😀\n'; DROP TABLE reject; --", "source: b"),
]


@pytest.fixture
def rejects(tmp_path: Path) -> Iterator[DuckDBRejects]:
    file = LogFile(tmp_path / "log.duckdb", threads=1)
    yield DuckDBRejects(file)
    file.close()


def test_rows_come_back_as_they_were(rejects: DuckDBRejects) -> None:
    assert rejects.add(ROWS) == 4
    assert [replace(found, id=0) for found in rejects.list()] == ROWS
    assert rejects.count() == 4


def test_the_same_row_again_is_not_new(rejects: DuckDBRejects) -> None:
    assert rejects.add([*ROWS[:2], ROWS[0]]) == 2
    assert rejects.add(ROWS) == 2
    assert rejects.add([]) == 0
    assert rejects.count() == 4


def test_pages_by_file_and_id(rejects: DuckDBRejects) -> None:
    rejects.add(ROWS)
    first = rejects.list(limit=3)
    assert [found.line for found in rejects.list(after=first[-1].id)] == [9]
    assert [found.line for found in rejects.list("b.csv")] == [0, 9]
    assert rejects.list("c.csv") == []


def test_mended_rows_leave_and_may_come_back(rejects: DuckDBRejects) -> None:
    rejects.add(ROWS)
    ids = [found.id for found in rejects.list()]
    rejects.remove(ids[:3])
    rejects.remove([])
    assert [found.id for found in rejects.list()] == ids[3:]
    assert rejects.add(ROWS[:1]) == 1
    assert len({found.id for found in rejects.list()}) == 2
