from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from limner.adapters.duckdb.rows import DuckDBRows
from limner.adapters.excel import tables
from limner.adapters.tables import AnyTables
from limner.collect import rowfile
from limner.collect.chunk import Chunk
from limner.collect.mapping import parse_mapping
from limner.collect.read import dry_run_events, read_events
from limner.errors import DataError

Read = Callable[..., Chunk]
MAPPING = "event: e\nevent_id: id\ntime: {column: at, timezone: UTC}\nproperties: {amount: amount, note: note}"
ROWS = [("1", datetime(2026, 1, 2, 3, 4, 5), 1234.5, "007"), ("2", datetime(2026, 1, 3), 6, None)]
EXPECTED = [
    ("1", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), {"amount": 1234.5, "note": "007"}),
    ("2", datetime(2026, 1, 3, tzinfo=UTC), {"amount": 6, "note": None}),
]


def told(chunk: Chunk) -> list[tuple[Any, ...]]:
    rows = chunk.events.select(["event_id", "time", "properties"]).to_pylist()
    return [(row["event_id"], row["time"], json.loads(row["properties"])) for row in rows]


def write_workbook(path: Path, heads_on: int = 1) -> Path:
    book = Workbook()
    book.active.title = "empty"
    sheet = book.create_sheet("orders")
    for column, head in enumerate(("id", "at", "amount", "note"), 1):
        sheet.cell(heads_on, column, head)
    for number, row in enumerate(ROWS):
        for column, value in enumerate(row, 1):
            sheet.cell(heads_on + 1 + 2 * number, column, value)  # a blank row between them
    book.save(path)
    return path


def write_database(path: Path) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER, at TEXT, amount REAL, note TEXT)")
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", [(i, str(at), a, n) for i, at, a, n in ROWS])
    connection.close()
    return path


def write_parquet(path: Path) -> Path:
    ids, times, amounts, notes = zip(*ROWS, strict=True)
    pq.write_table(pa.table({"id": ids, "at": times, "amount": pa.array(amounts, pa.float64()), "note": notes}), path)
    return path


def write_csv(path: Path) -> Path:
    path.write_text("id,at,amount,note\n1,2026-01-02 03:04:05,1234.5,007\n2,2026-01-03,6,\n")
    return path


def test_the_same_rows_from_every_form(read: Read, tmp_path: Path) -> None:
    objects = tmp_path / "a.jsonl"
    objects.write_text(
        "".join(json.dumps(dict(zip(("id", "at", "amount", "note"), row)), default=str) + "\n" for row in ROWS)
    )
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(write_csv(tmp_path / "a.csv").read_bytes()))
    nameless = tmp_path / "export"
    nameless.write_bytes((tmp_path / "a.csv").read_bytes())
    sources = [tmp_path / "a.csv", packed, nameless, objects, write_parquet(tmp_path / "a.parquet")]
    for source in sources:
        assert told(read(source, MAPPING)) == EXPECTED, source
    assert told(read(write_workbook(tmp_path / "a.xlsx"), MAPPING + "\nsheet: orders")) == EXPECTED
    database = write_database(tmp_path / "a.db")
    assert told(read(f"sqlite:///{database}?table=orders", MAPPING)) == EXPECTED
    assert told(read(f"sqlite:///{database}", MAPPING + "\ntable: orders")) == EXPECTED


def test_rows_of_a_sheet_have_its_numbers(read: Read, tmp_path: Path) -> None:
    chunk = read(write_workbook(tmp_path / "a.xlsx", heads_on=3), MAPPING + "\nsheet: orders")
    assert chunk.lines.tolist() == [4, 6]


def test_a_bare_number_in_a_time_column_of_a_sheet_is_a_day(read: Read, tmp_path: Path) -> None:
    book = Workbook()
    for row in (("at", "n"), (45000.5, 1), (datetime(2023, 3, 15), 2), ("2023/3/15", 3)):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    times = read(tmp_path / "a.xlsx", "event: e\ntime: {column: at, timezone: UTC}").events["time"].to_pylist()
    assert [time.isoformat()[:16] for time in times] == ["2023-03-15T12:00", "2023-03-15T00:00", "2023-03-15T00:00"]


def test_blank_rows_and_columns_before_a_table_count(read: Read, tmp_path: Path) -> None:
    book = Workbook()
    for number, row in enumerate((("id", None, "at"), ("1", "x", datetime(2023, 3, 15))), 3):
        for column, value in enumerate(row, 3):
            book.active.cell(number, column, value)
    book.save(tmp_path / "a.xlsx")
    mapping = "event: e\nevent_id: id\ntime: {column: at, timezone: UTC}\nproperties: {between: column_4}"
    chunk = read(tmp_path / "a.xlsx", mapping)
    assert (chunk.lines.tolist(), chunk.events["properties"].to_pylist()) == ([4], ['{"between":"x"}'])


def test_a_sheet_that_no_memory_could_hold_is_refused(read: Read, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(("id", "at"))
    book.active["XFD1048576"] = "far"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(
        DataError, match="1,048,576 rows and 16,384 columns, empty ones included: over 50,000,000 cells"
    ):
        read(tmp_path / "a.xlsx", MAPPING)


def test_a_cell_is_found_wherever_the_pieces_of_a_sheet_end(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b'<row r="1"><c r="A1"/></row><row r="1048576"><c s="3" r="XFD1048576"/></row>'
    for size in range(1, len(text)):
        monkeypatch.setattr(tables, "_READ", size)
        assert tables.measure_sheet(BytesIO(text)) == (1_048_576, 16_384)


def test_many_batches_are_one_file(
    read: Read, rows: DuckDBRows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("at,x\n" + "2026-01-01,1\n" * 7 + "oops\n" + "2026-01-01,2\n" * 3)
    mapping = "event: e\ntime: at\nproperties: {x: x}"
    whole = read(path, mapping)
    for module in ("delimited", "foreign"):
        monkeypatch.setattr(f"limner.collect.{module}.BATCH_ROWS", 2)
    seen: list[tuple[str, int, int]] = []
    chunks = list(
        read_events(
            str(path),
            parse_mapping(mapping),
            rows,
            tables=AnyTables(),
            zone="UTC",
            progress=lambda *what: seen.append(what),
        )
    )
    assert len(chunks) > 3
    assert (
        pa.concat_tables([chunk.events for chunk in chunks])["event_id"].to_pylist()
        == whole.events["event_id"].to_pylist()
    )
    assert [line for chunk in chunks for line in chunk.lines] == whole.lines.tolist()
    assert sum(len(chunk.rejects) for chunk in chunks) == 1
    assert seen[0] == ("import a.csv", 0, path.stat().st_size)
    assert seen[-1] == ("import a.csv", path.stat().st_size, path.stat().st_size)
    assert rowfile.BATCH_ROWS > 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.parquet", b"PAR1xxxx", "is a Parquet file cut short"),
        ("a.parquet", b"hello, world", "is not a Parquet file"),
        ("a.parquet", b"", "is not a Parquet file"),
        ("a.xlsx", b"hello", "cannot be read as a workbook"),
        ("a.jsonl", b"", "is empty"),
        ("a.jsonl", b'[{"a": 1}]', "is one JSON array"),
        ("a.csv", b"", "is empty"),
        ("a.bin", b"\x00\x01", "is no file Limner can read"),
        ("none.csv", None, "is not there"),
    ],
)
def test_files_that_cannot_be_read(read: Read, tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        read(tmp_path / name, MAPPING)


def test_a_file_damaged_inside_gives_the_rows_before(rows: DuckDBRows, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    count = 40_000
    table = pa.table(
        {"id": range(count), "at": [datetime(2026, 1, 1)] * count, "amount": range(count), "note": ["x"] * count}
    )
    pq.write_table(table, path, row_group_size=count // 4)
    content = bytearray(path.read_bytes())
    start = pq.ParquetFile(path).metadata.row_group(2).column(0).data_page_offset
    content[start : start + 2000] = b"\xff" * 2000
    path.write_bytes(content)
    chunks: list[Chunk] = []
    reading = read_events(str(path), parse_mapping(MAPPING), rows, tables=AnyTables(), zone="UTC")
    with pytest.raises(DataError, match="is damaged from row 20001 on"):
        chunks.extend(reading)
    assert sum(chunk.rows_read for chunk in chunks) == count // 2


def test_what_the_other_reader_misses(read: Read, tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match=r"has no sheet 'order'\. Did you mean orders"):
        read(book, MAPPING + "\nsheet: order")
    with pytest.raises(DataError, match=r"The sheet 'empty' of .* is empty"):
        read(book, MAPPING)
    database = write_database(tmp_path / "a.db")
    with pytest.raises(DataError, match=r"has no table 'order'\. Did you mean orders"):
        read(f"sqlite:///{database}?table=order", MAPPING)
    with pytest.raises(DataError, match=r"does not say which table\. Add \?table=NAME\. It has orders"):
        read(f"sqlite:///{database}", MAPPING)
    with pytest.raises(DataError, match="There is no SQLite file"):
        read(f"sqlite:///{tmp_path}/none.db?table=t", MAPPING)
    with pytest.raises(DataError, match="is no database URL Limner knows"):
        read("sqlight:///a.db?table=t", MAPPING)


def test_rows_need_a_mapping(read: Read, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"\(CSV\) needs a mapping"):
        read(write_csv(tmp_path / "a.csv"))
    with pytest.raises(DataError) as raised:
        read("postgresql://anna:secret@db/shop?table=t")
    assert "secret" not in str(raised.value)


def test_a_dry_run_shows_rows_and_problems(rows: DuckDBRows, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,at,amount,note\n1,never,1,x\n" + "".join(f"{i},2026-01-01,1,x\n" for i in range(2, 30)))
    found = dry_run_events(str(path), parse_mapping(MAPPING), rows, tables=AnyTables(), zone="UTC")
    assert [row["event_id"] for row in found["rows"]] == [str(i) for i in range(2, 12)]
    assert found["rows"][0]["time"] == "2026-01-01T00:00:00+00:00"
    assert [problem["line"] for problem in found["problems"]] == [2]
    assert json.loads(json.dumps(found)) == found
