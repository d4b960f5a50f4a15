"""Documents are found by their place in the log, or by their seq, and read once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from tests.contract.engine.lives import make_events

import limner
from limner.adapters.duckdb import documents
from limner.adapters.duckdb.file import LogFile
from limner.adapters.duckdb.places import read_rows
from limner.identity.normalise import normalise_batch
from limner.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    limner.init(tmp_path / "shop")
    with limner.open(tmp_path / "shop") as workspace:
        workspace.parts.log.append(normalise_batch(make_events(300, 1)))
        yield workspace


def stored(file: LogFile) -> dict[int, tuple[object, ...]]:
    query = "SELECT seq, time, properties, traits, n.name FROM event e JOIN name n ON n.code = e.name"
    return {row[0]: row for row in file.cursor().execute(query).fetchall()}


def test_they_are_found_wherever_they_lie(workspace: Workspace) -> None:
    file: LogFile = workspace.parts.log._file  # type: ignore[attr-defined]
    for erased in (None, "user_id:u2"):
        if erased:
            workspace.erase(erased)
            assert not file.kept, "of who is erased nothing is kept"
        there = stored(file)
        sought = [*sorted(there)[::7], 10**9]
        read = documents.DuckDBDocuments(file)
        assert read.read(sought) == len(sought) - 1
        assert read._read.to_pylist() == [
            dict(zip(documents.EMPTY.column_names, there[seq], strict=True)) for seq in sought[:-1]
        ]


def test_they_are_read_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    sought: list[list[int]] = []

    def read_noted(file: LogFile, seqs: npt.NDArray[np.int64], columns: str) -> pa.Table:
        sought.append(seqs.tolist())
        return read_rows(file, seqs, columns)

    monkeypatch.setattr(documents, "read_rows", read_noted)
    first, second = (workspace.parts.events.documents() for _ in "ab")
    assert (first.read([1, 5, 9]), first.read([9, 5, 12]), second.read([12, 1])) == (3, 1, 0)
    assert sought == [[1, 5, 9], [12]]
    monkeypatch.setattr(documents, "MOST_KEPT", 0)
    assert (second.read([20]), second.read([21]), second.read([20])) == (1, 1, 0)
    assert workspace.parts.events.documents().read([20]) == 1, "no more is kept than fits"
