"""Files of tables: what is in them, that they come in pieces, and that a file is whole or not there."""

from __future__ import annotations

import errno
import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from tests.fold.test_export import COLUMNS, ZONE, folded, identifiers

from limner.errors import DataError, Unavailable
from limner.fold.export import NOBODY, Roster, export_table
from limner.fold.formats import BLOCK, Format, format_of, stream, write_file
from limner.fold.portrait import read_value
from limner.model.column import Folded, TagColumn, ValueType

SEEN = identifiers((8, "phone", "1"), (3, "phone", "2"), (8, "phone", "0"))
EVERYBODY = folded(**{name: column for name, (column, _, _) in COLUMNS.items()})


def written(roster: Roster, format: Format, rows: int = 2) -> bytes:
    return b"".join(stream(roster.cuts(rows), roster.schema, format, ZONE))


def test_parquet_has_the_table_in_row_groups() -> None:
    file = pa.parquet.ParquetFile(io.BytesIO(written(Roster(EVERYBODY, COLUMNS, SEEN, ZONE), Format.PARQUET)))
    assert file.num_row_groups == 2
    whole = export_table(EVERYBODY, COLUMNS, SEEN, ZONE)
    assert file.read().to_pylist() == whole.to_pylist()
    assert file.schema_arrow == whole.schema


def test_csv_joins_lists() -> None:
    text = written(Roster(EVERYBODY, ["city", "skus"], NOBODY, ZONE), Format.CSV).decode()
    assert text.splitlines() == ['"customer_id","city","skus"', '"c3","Zürich","b|a"', '"c5",,', '"c8","上海","b"']


def test_ndjson_says_what_a_portrait_says() -> None:
    lines = [json.loads(line) for line in written(Roster(EVERYBODY, COLUMNS, SEEN, ZONE), Format.NDJSON).splitlines()]
    assert [line.pop("customer_id") for line in lines] == ["c3", "c5", "c8"]
    assert [line.pop("phone") for line in lines] == ["2", None, "1"]
    assert [line.pop("phone_all") for line in lines] == [["2"], None, ["1", "0"]]
    values = [
        {name: read_value(EVERYBODY.columns[name], row, EVERYBODY.as_of, ZONE) for name in COLUMNS} for row in range(3)
    ]
    assert lines == values


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Kolkata", "America/St_Johns", "UTC"])
def test_ndjson_spells_instants_in_the_zone(zone: str) -> None:
    times = np.array([0, 1, 1_700_000_000_000_000, 1_783_000_000_123_456])
    column = TagColumn(ValueType.TIME, times)
    roster = Roster(Folded(np.arange(4, dtype=np.int32), {"at": column}, 0, 0), ["at"], NOBODY, zone)
    text = b"".join(stream(roster.cuts(3), roster.schema, Format.NDJSON, zone))
    assert [json.loads(line)["at"] for line in text.splitlines()] == [
        read_value(column, row, 0, zone) for row in range(4)
    ]


@pytest.mark.parametrize("word", ['a "quoted" one', "back\\slash", "line\nbreak", "\x00\x1f", "\u2028", "'", "😀", ""])
def test_ndjson_keeps_every_text(word: str) -> None:
    column = TagColumn(ValueType.TEXT, np.array([0, 1, 0], np.int32), dictionary=(word, "plain"))
    listed = TagColumn(ValueType.TEXTS, np.array([0, 1], np.int32), 0, (word, "p"), offsets=np.array([0, 2, 2, 2]))
    roster = Roster(folded(a=column, b=listed), ["a", "b"], identifiers((3, "user_id", word)), ZONE)
    rows = [json.loads(line) for line in written(roster, Format.NDJSON).split(b"\n")[:-1]]
    assert [row["a"] for row in rows] == [word, "plain", word]
    assert [row["b"] for row in rows] == [[word, "p"], None, None]
    assert [row["user_id"] for row in rows] == [word, None, None]


def test_json_has_no_infinity() -> None:
    column = TagColumn(ValueType.FLOAT, np.array([np.inf, -np.inf, 1e300]))
    rows = written(Roster(folded(x=column), ["x"], NOBODY, ZONE), Format.NDJSON).splitlines()
    assert [json.loads(row)["x"] for row in rows] == [None, None, 1e300]


@pytest.mark.parametrize("format", Format)
def test_nobody_is_a_file_too(format: Format, tmp_path: Path) -> None:
    empty = Folded(np.empty(0, np.int32), {"n": TagColumn(ValueType.INTEGER, np.empty(0, np.int64))}, 0, 0)
    text = written(Roster(empty, ["n"], SEEN, ZONE), format)
    expected: dict[Format, Any] = {Format.CSV: b'"customer_id","phone","n"\n', Format.NDJSON: b""}
    if format is Format.PARQUET:
        assert pa.parquet.read_table(io.BytesIO(text)).column_names == ["customer_id", "phone", "n"]
    else:
        assert text == expected[format]


@pytest.mark.parametrize("format", Format)
def test_pieces_are_made_when_their_bytes_are_asked_for(format: Format) -> None:
    made = []

    def pieces() -> Any:
        for piece in Roster(EVERYBODY, COLUMNS, SEEN, ZONE).cuts(1):
            made.append(piece)
            yield piece

    schema = Roster(EVERYBODY, COLUMNS, SEEN, ZONE).schema
    blocks = stream(pieces(), schema, format, ZONE)
    next(blocks)
    assert len(made) == 1


def test_blocks_are_small() -> None:
    noise = np.random.default_rng(1).integers(0, 1 << 60, 200_000)
    everybody = Folded(np.arange(200_000, dtype=np.int32), {"n": TagColumn(ValueType.INTEGER, noise)}, 0, 0)
    roster = Roster(everybody, ["n"], NOBODY, ZONE)
    blocks = list(stream(roster.cuts(Format.PARQUET.rows), roster.schema, Format.PARQUET, ZONE))
    assert len(blocks) > 5
    assert max(map(len, blocks)) <= BLOCK


def test_the_ending_says_the_format() -> None:
    assert [format_of(Path(f"out.{each}")) for each in ("parquet", "CSV", "ndjson")] == list(Format)
    assert format_of(Path("out.txt"), "csv") is Format.CSV
    with pytest.raises(DataError, match=r"neither .parquet nor .csv nor .ndjson"):
        format_of(Path("out.xlsx"))
    with pytest.raises(DataError, match="no format 'parket'"):
        format_of(Path("out.csv"), "parket")


def test_a_full_disk_leaves_the_file_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.parquet"
    out.write_bytes(b"before")

    def refuse(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(Unavailable, match="disk is full"):
        write_file([b"after"], out)
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]
    assert out.read_bytes() == b"before"


def test_a_place_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    for out in (tmp_path / "none" / "out.csv", Path("/proc/out.csv")):
        with pytest.raises(DataError, match=f"^{out} cannot be written: No such file"):
            write_file([b"text"], out)
