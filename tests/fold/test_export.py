"""Exported tables: names, types, nulls, identifiers, pieces."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from limner.fold.export import NOBODY, Roster, export_table
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType

ZONE = "Asia/Shanghai"
AS_OF = 1_700_000_000_000_000  # 2023-11-15 06:13:20 in Shanghai
TODAY = 19_676


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
def test_a_tag_becomes_a_column_of_its_type(name: str) -> None:
    column, type_, values = COLUMNS[name]
    table = export_table(folded(**{name: column}), [name], NOBODY, ZONE)
    assert table.schema.field(name).type == type_
    assert table.to_pydict() == {"customer_id": ["c3", "c5", "c8"], name: values}
    some = export_table(folded(**{name: column}), [name], NOBODY, ZONE, rows=np.array([2, 0]))
    assert some[name].to_pylist() == [values[2], values[0]]
    pieces = list(Roster(folded(**{name: column}), [name], NOBODY, ZONE, rows=np.array([2, 0])).cuts(1))
    assert [piece[name].to_pylist() for piece in pieces] == [[values[2]], [values[0]]]


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


def test_nobody_is_a_table_without_rows() -> None:
    empty = Folded(np.empty(0, np.int32), {"n": TagColumn(ValueType.INTEGER, np.empty(0, np.int64))}, AS_OF, 0)
    table = export_table(empty, ["n"], identifiers((1, "phone", "1")), ZONE)
    assert table.num_rows == 0
    assert table.column_names == ["customer_id", "phone", "n"]


def test_all_pieces_have_one_schema_and_make_the_whole() -> None:
    seen = identifiers((8, "phone", "1"), (3, "phone", "2"), (8, "phone", "0"))
    everybody = folded(**{name: column for name, (column, _, _) in COLUMNS.items()})
    roster = Roster(everybody, COLUMNS, seen, ZONE)
    pieces = list(roster.cuts(2))
    assert [piece.num_rows for piece in pieces] == [2, 1]
    assert all(piece.schema == roster.schema for piece in pieces)
    whole = export_table(everybody, COLUMNS, seen, ZONE)
    assert [row for piece in pieces for row in piece.to_pylist()] == whole.to_pylist()
