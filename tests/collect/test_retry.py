from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from limner.adapters.duckdb.rows import DuckDBRows
from limner.adapters.tables import AnyTables
from limner.collect.chunk import Chunk
from limner.collect.mapping import parse_mapping
from limner.collect.retry import retry_rejects

from .conftest import NOW, join_chunks

Read = Callable[..., Chunk]
STRICT = "event: e\ntime: {column: at, timezone: UTC}\nidentify: {user_id: who}\nproperties: {n: n * 1, code: code}"
MENDED = STRICT.replace("n * 1", "try_cast(n AS DOUBLE)")


def retried(rows: DuckDBRows, chunk: Chunk, mapping: str | None = None) -> Chunk:
    chosen = parse_mapping(mapping, "map.yaml") if mapping else None
    return join_chunks(list(retry_rejects(chunk.rejects, rows, tables=AnyTables(), zone="UTC", mapping=chosen, at=NOW)))


def write(path: Path, form: str) -> Path:
    path = path / f"a.{form}"
    data = {"at": ["2026-01-01"] * 3, "who": ["u", "v", "v"], "n": ["1", "x", "x"], "code": ["007", "6", "6"]}
    table = pa.table(data)
    if form == "parquet":
        table = table.set_column(0, "at", pa.array([datetime(2026, 1, 1)] * 3)).append_column(
            "d", pa.array([1.0, 2.0, 2.0])
        )
        pq.write_table(table, path)
    elif form == "csv":
        lines = [",".join(data), *(",".join(row) for row in zip(*data.values(), strict=True))]
        path.write_text("\n".join(lines))
    else:
        path.write_text("\n".join(json.dumps(row) for row in table.to_pylist()))
    return path


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_mended_rows_come_out_as_from_the_file(read: Read, rows: DuckDBRows, tmp_path: Path, form: str) -> None:
    path = write(tmp_path, form)
    first = read(path, STRICT)
    assert len(first.rejects) == 2
    still = retried(rows, first)
    assert [(reject.line, reject.reason, reject.row) for reject in still.rejects] == [
        (reject.line, reject.reason, reject.row) for reject in first.rejects
    ]
    mended = retried(rows, first, MENDED)
    whole = read(path, MENDED)
    assert not mended.rejects
    assert mended.events.to_pylist() == whole.events.slice(1).to_pylist()
    assert mended.lines.tolist() == whole.lines.tolist()[1:]


def test_messages(read: Read, rows: DuckDBRows, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    late = {"type": "track", "event": "e", "timestamp": "2026-12-24T00:00:00Z", "userId": "u"}
    path.write_text(json.dumps(late) + "\n{\n")
    first = read(path)
    assert len(first.rejects) == 2
    later = list(retry_rejects(first.rejects, rows, tables=AnyTables(), zone="UTC", at=NOW + 60 * 86_400 * 1_000_000))
    assert [chunk.events["name"].to_pylist() for chunk in later] == [["e"]]
    assert [reject.line for reject in later[0].rejects] == [2]


def test_rows_that_were_no_rows_and_mappings_that_no_longer_fit(read: Read, rows: DuckDBRows, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("at,who,n,code\n2026-01-01,u\n2026-01-01,u,x,1\n")
    first = read(path, STRICT)
    assert [reject.mapping is None for reject in first.rejects] == [False, False]
    again = retried(rows, first)
    assert sorted(reject.line for reject in again.rejects) == [2, 3]
    unfit = retried(rows, replace(first, rejects=first.rejects[1:]), MENDED.replace("who", "whom"))
    assert "no column 'whom'" in unfit.rejects[0].reason
