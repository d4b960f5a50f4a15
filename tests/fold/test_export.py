"""Exported tables: names, types, nulls, identifiers, files."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from limner.errors import DataError, Unavailable
from limner.fold.export import export_table, write_table
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType

ZONE = "Asia/Shanghai"
AS_OF = 1_700_000_000_000_000  # 2023-11-15 06:13:20 in Shanghai
TODAY = 19_676
NOBODY = pa.table(
    {"customer": pa.array([], pa.int32()), "type": pa.array([], pa.string()), "value": pa.array([], pa.string())}
)


def folded(**columns: TagColumn) -> Folded:
    return Folded(np.array([3, 5, 8], np.int32), columns, AS_OF, events=0)


def identifiers(*rows: tuple[int, str, str]) -> pa.Table:
    return pa.table(
        {"customer": [row[0] for row in rows], "type": [row[1] for row in rows], "value": [row[2] for row in rows]}
    )


MISSING = NULL_NUMBER
COLUMNS = {
    "orders": (TagColumn(ValueType.INTEGER, np.array([7, NULL_NUMBER, 0])), pa.int64(), [7, None, 0]),
    "spend": (TagColumn(ValueType.DECIMAL, np.array([12345, MISSING, -5]), 4), pa.float64(), [1.2345, None, -0.0005]),
    "ratio": (TagColumn(ValueType.FLOAT, np.array([0.1, np.nan, 2])), pa.float64(), [0.1, None, 2.0]),
    "vip": (TagColumn(ValueType.BOOL, np.array([1, -1, 0], np.int8)), pa.bool_(), [True, None, False]),
    "seen": (
        TagColumn(ValueType.TIME, np.array([AS_OF, NULL_NUMBER, 1])),
        pa.timestamp("us", "UTC"),
        [datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), None, datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)],
    ),
    "idle": (
        TagColumn(ValueType.INTEGER, np.array([TODAY, MISSING, TODAY - 76]), since_last=True),
        pa.int64(),
        [0, None, 76],
    ),
    "city": (
        TagColumn(ValueType.TEXT, np.array([2, NULL_CODE, 0], np.int32), dictionary=("上海", "unused", "Zürich")),
        pa.dictionary(pa.int32(), pa.string()),
        ["Zürich", None, "上海"],
    ),
    "skus": (
        TagColumn(ValueType.TEXTS, np.array([1, 0, 1], np.int32), 0, ("a", "b"), offsets=np.array([0, 2, 2, 3])),
        pa.list_(pa.string()),
        [["b", "a"], None, ["b"]],
    ),
    "sizes": (
        TagColumn(ValueType.NUMBERS, np.array([15, 20, 1]), scale=1, offsets=np.array([0, 2, 2, 3])),
        pa.list_(pa.float64()),
        [[1.5, 2.0], None, [0.1]],
    ),
    "weekdays": (
        TagColumn(ValueType.COUNTS, np.array([[1, 0, 0, 0, 0, 0, 2], [0] * 7, [0, 3, 0, 0, 0, 0, 0]], np.int32)),
        pa.list_(pa.int32()),
        [[1, 0, 0, 0, 0, 0, 2], None, [0, 3, 0, 0, 0, 0, 0]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_a_tag_becomes_a_column_of_its_type(name: str, tmp_path: Path) -> None:
    column, type_, values = COLUMNS[name]
    table = export_table(folded(**{name: column}), [name], NOBODY, ZONE)
    assert table.schema.field(name).type == type_
    assert table.to_pydict() == {"customer_id": ["c3", "c5", "c8"], name: values}
    some = export_table(folded(**{name: column}), [name], NOBODY, ZONE, rows=np.array([2, 0]))
    assert some[name].to_pylist() == [values[2], values[0]]
    write_table(table, tmp_path / "out.parquet")
    assert pa.parquet.read_table(tmp_path / "out.parquet").equals(table)


def test_text_carries_only_the_words_that_occur() -> None:
    table = export_table(folded(city=COLUMNS["city"][0]), ["city"], NOBODY, ZONE)
    assert table["city"].chunk(0).dictionary.to_pylist() == ["上海", "Zürich"]
    nobody = TagColumn(ValueType.TEXT, np.full(3, NULL_CODE, np.int32), dictionary=())
    assert export_table(folded(city=nobody), ["city"], NOBODY, ZONE)["city"].to_pylist() == [None] * 3


def test_identifiers_are_columns_with_the_first_seen_value() -> None:
    seen = identifiers((8, "phone", "1"), (3, "phone", "2"), (8, "email", "x@y"), (8, "phone", "0"), (99, "phone", "9"))
    assert export_table(folded(), [], seen, ZONE).to_pydict() == {
        "customer_id": ["c3", "c5", "c8"],
        "email": [None, None, "x@y"],
        "phone": ["2", None, "1"],
        "phone_all": [["2"], None, ["1", "0"]],
    }


def test_a_tag_keeps_its_name_where_an_identifier_has_it_too() -> None:
    orders = COLUMNS["orders"][0]
    seen = identifiers((3, "phone", "1"), (3, "customer_id", "old"))
    table = export_table(folded(phone=orders, customer_id=orders), ["phone", "customer_id"], seen, ZONE)
    assert table.column_names == ["customer_id", "id.customer_id", "id.phone", "phone", "tag.customer_id"]
    assert table["phone"].to_pylist() == [7, None, 0]
    assert table["id.phone"].to_pylist() == ["1", None, None]


def test_nobody_is_a_table_without_rows(tmp_path: Path) -> None:
    empty = Folded(np.empty(0, np.int32), {"n": TagColumn(ValueType.INTEGER, np.empty(0, np.int64))}, AS_OF, 0)
    table = export_table(empty, ["n"], identifiers((1, "phone", "1")), ZONE)
    assert table.num_rows == 0
    assert table.column_names == ["customer_id", "phone", "n"]
    write_table(table, tmp_path / "none.parquet")


def test_csv_joins_lists(tmp_path: Path) -> None:
    table = export_table(folded(city=COLUMNS["city"][0], skus=COLUMNS["skus"][0]), ["city", "skus"], NOBODY, ZONE)
    write_table(table, tmp_path / "out.csv")
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert lines == ['"customer_id","city","skus"', '"c3","Zürich","b|a"', '"c5",,', '"c8","上海","b"']


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"neither .parquet nor .csv"):
        write_table(NOBODY, tmp_path / "out.xlsx")


def test_a_full_disk_leaves_the_file_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.parquet"
    out.write_bytes(b"before")

    def refuse(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(Unavailable, match="disk is full"):
        write_table(NOBODY, out)
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]
    assert out.read_bytes() == b"before"
