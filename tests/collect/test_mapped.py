from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from limner.collect.chunk import Chunk
from limner.collect.enrich import enrich
from limner.errors import DataError, DefinitionError

Read = Callable[..., Chunk]


def write(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def write_csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def properties(chunk: Chunk) -> list[dict[str, Any]]:
    return [json.loads(text) for text in chunk.events["properties"].to_pylist()]


RETAIL = """
source: retail
event: order_line
time: {column: InvoiceDate, timezone: Europe/London}
identify: {customer_no: CustomerID}
properties: {amount: Quantity * UnitPrice, order_id: InvoiceNo, quantity: Quantity, returned: Quantity < 0}
traits: {country: Country}
items: {id: StockCode, title: Description}
"""


@pytest.fixture
def retail(tmp_path: Path) -> Path:
    return write(
        tmp_path / "retail.parquet",
        InvoiceNo=["536365", "536365", "C536379", "536365"],
        StockCode=["85123A", "71053", "71053", "85123A"],
        Description=["LANTERN", "HEART", None, "LANTERN"],
        Quantity=[6, 2, -1, 6],
        InvoiceDate=["2011-07-01 08:26:00", "2010-12-01 08:26:00", "2010-12-02 09:41:00", "2011-07-01 08:26:00"],
        UnitPrice=[2.55, 3.39, 27.5, 2.55],
        CustomerID=[17850.0, None, 14527.0, 17850.0],
        Country=["UK", "UK", "法国", "UK"],
    )


def test_parquet_rows(read: Read, retail: Path) -> None:
    chunk = read(retail, RETAIL)
    assert not chunk.rejects
    assert properties(chunk)[:3] == [
        {"amount": 15.3, "order_id": 536365, "quantity": 6, "returned": False},
        {"amount": 6.78, "order_id": 536365, "quantity": 2, "returned": False},
        {"amount": -27.5, "order_id": "C536379", "quantity": -1, "returned": True},
    ]
    assert chunk.events["id.customer_no"].to_pylist() == ["17850", None, "14527", "17850"]
    assert chunk.events["time"].to_pylist()[:2] == [
        datetime(2011, 7, 1, 7, 26, tzinfo=UTC),
        datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
    ]
    assert chunk.events["received_at"].to_pylist() == chunk.events["time"].to_pylist()
    assert json.loads(chunk.events["traits"][2].as_py()) == {"country": "法国"}
    assert set(chunk.events["name"].to_pylist()) == {"order_line"}
    assert chunk.lines.tolist() == [1, 2, 3, 4]


def test_ids_from_content_are_the_same_at_the_next_reading(read: Read, retail: Path) -> None:
    ids = read(retail, RETAIL).events["event_id"].to_pylist()
    assert len(set(ids)) == 4
    assert ids[0].removesuffix("-1") == ids[3].removesuffix("-2")
    assert read(retail, RETAIL).events["event_id"].to_pylist() == ids


def test_items_keep_the_rows_where_they_change(read: Read, retail: Path) -> None:
    items = read(retail, RETAIL).items
    assert items is not None
    found = {(row["id"], row["attributes"]): row["valid_from"] for row in items.to_pylist()}
    assert found == {
        ("85123A", '{"title":"LANTERN"}'): datetime(2011, 7, 1, 7, 26, tzinfo=UTC),
        ("71053", '{"title":"HEART"}'): datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
        ("71053", '{"title":null}'): datetime(2010, 12, 2, 9, 41, tzinfo=UTC),
    }


def test_a_mapping_of_items_alone(read: Read, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "goods.csv", "sku,price\na,1.5\n,2\n")
    chunk = read(file, "items: {id: sku, price: price}")
    assert chunk.events.num_rows == 0
    assert chunk.items is not None
    assert chunk.items.to_pylist() == [{"id": "a", "attributes": '{"price":1.5}', "valid_from": None}]
    assert [(reject.line, reject.reason) for reject in chunk.rejects] == [(3, "the item has no id")]


NUMBERS = "event: e\ntime: at\nproperties: {total: qty * price, share: share * 1, raw: price, note: note}"


def test_numbers_in_texts(read: Read, tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "a.csv",
        "at,qty,price,share,note\n"
        '2026-01-01,2,"1,234.50",15%,007\n'
        "2026-01-01,２,￥99,,NULL\n"
        "2026-01-01,two,3,1,x\n"
        "2026-01-01,,3,1,x\n",
    )
    chunk = read(file, NUMBERS)
    assert properties(chunk) == [
        {"total": 2469, "share": 0.15, "raw": 1234.5, "note": "007"},
        {"total": 198, "share": None, "raw": 99, "note": None},
        {"total": None, "share": 1, "raw": 3, "note": "x"},
    ]
    (reject,) = chunk.rejects
    assert (reject.line, reject.reason) == (4, 'qty "two" is not a number')
    assert json.loads(reject.row) == {"at": "2026-01-01", "qty": "two", "price": "3", "share": "1", "note": "x"}
    assert chunk.lines.tolist() == [2, 3, 5]


def test_an_expression_that_fails_on_a_row_rejects_that_row(read: Read, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "a.csv", "at,day\n2026-01-01,2026-01-02\n2026-01-01,soon\n")
    chunk = read(file, "event: e\ntime: at\nproperties: {day: CAST(day AS DATE)}")
    assert properties(chunk) == [{"day": "2026-01-02"}]
    assert chunk.rejects[0].reason == "properties.day: CAST(day AS DATE) cannot be worked out for this row"


def test_where_skips_rows(read: Read, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "a.csv", "at,qty\n2026-01-01,1\nnever,-1\n2026-01-01,\n2026-01-01,x\n")
    chunk = read(file, "event: e\ntime: at\nwhere: qty > 0")
    assert (chunk.lines.tolist(), chunk.skipped, chunk.rows_read) == ([2], 2, 4)
    assert [reject.line for reject in chunk.rejects] == [5]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("n,2026-01-01,", "no event id: id is empty"),
        (",2026-01-01,1", "no event name: kind is empty"),
        ("n,,1", "no time: at is empty"),
        ("n,soon,1", 'at "soon" cannot be read as a time'),
        ("n,1969-01-01,1", 'at "1969-01-01" is before 1971'),
        ("n,2026-12-24,1", 'at "2026-12-24" is over 24 hours in the future'),
        ("n,2026-01-01," + "x" * 600, "event_id is longer than 512 bytes"),
    ],
)
def test_rows_that_are_no_event(read: Read, tmp_path: Path, row: str, reason: str) -> None:
    file = write_csv(tmp_path / "a.csv", f"kind,at,id\nn,2026-01-01,0\n{row}\n")
    chunk = read(file, "event: {column: kind}\nevent_id: id\ntime: at")
    assert [(reject.line, reject.reason) for reject in chunk.rejects] == [(3, reason)]
    assert chunk.events["event_id"].to_pylist() == ["0"]


def test_ids_of_several_columns_never_meet(read: Read, tmp_path: Path) -> None:
    file = write(tmp_path / "a.parquet", a=["x|", "x", "1"], b=["y", "|y", "2"], at=[date(2026, 1, 1)] * 3)
    ids = read(file, "event: e\nevent_id: [a, b]\ntime: at").events["event_id"].to_pylist()
    assert len(set(ids)) == 3
    assert ids[2] == "1|2"


def test_typed_times(read: Read, tmp_path: Path) -> None:
    instant = datetime(2026, 1, 1, 8)
    columns = {
        "naive": pa.array([instant], pa.timestamp("ns")),
        "aware": pa.array([instant], pa.timestamp("ms", "UTC")),
        "day": pa.array([instant.date()]),
        "seconds": pa.array([1767225600]),
        "millis": pa.array([1767225600000.0]),
    }
    file = write(tmp_path / "a.parquet", **columns)
    expected = {"naive": 0, "aware": 8, "day": -8, "seconds": 0, "millis": 0}
    for name, hours in expected.items():
        (found,) = read(file, f"event: e\ntime: {name}").events["time"].to_pylist()
        assert (found - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds() == hours * 3600, name


def test_day_order_is_found_or_asked_for(read: Read, tmp_path: Path) -> None:
    clear = write_csv(tmp_path / "a.csv", "at\n12/1/2010 8:26\n12/13/2010 8:26\n")
    assert read(clear, "event: e\ntime: {column: at, timezone: UTC}").events["time"][0].as_py() == datetime(
        2010, 12, 1, 8, 26, tzinfo=UTC
    )
    unclear = write_csv(tmp_path / "b.csv", "at\n12/1/2010 8:26\n")
    with pytest.raises(DefinitionError, match=r"the day or the month first, and no row shows which\. Give format"):
        read(unclear, "event: e\ntime: at")
    given = read(unclear, 'event: e\ntime: {column: at, timezone: UTC, format: "%d/%m/%Y %H:%M"}')
    assert given.events["time"][0].as_py() == datetime(2010, 1, 12, 8, 26, tzinfo=UTC)


def test_joins_look_columns_up(read: Read, tmp_path: Path) -> None:
    write(tmp_path / "goods.parquet", sku=[1.0, 2.0], part=["x", "y"], title=["甲", None])
    file = write_csv(tmp_path / "a.csv", "at,sku,part\n2026-01-01,1,own\n2026-01-01,2,own\n2026-01-01,3,own\n")
    mapping = "event: e\ntime: at\nproperties: {title: upper(title), part: part}\njoin: {file: goods.parquet, on: sku}"
    assert properties(read(file, mapping)) == [
        {"title": "甲", "part": "own"},
        {"title": None, "part": "own"},
        {"title": None, "part": "own"},
    ]


def test_a_join_needs_one_row_a_key(read: Read, tmp_path: Path) -> None:
    write_csv(tmp_path / "goods.csv", "sku,title\n1,a\n1,b\n")
    file = write_csv(tmp_path / "a.csv", "at,sku\n2026-01-01,1\n")
    with pytest.raises(DataError, match="has 2 rows for sku = 1; a join needs one"):
        read(file, "event: e\ntime: at\njoin: {file: goods.csv, on: sku}")
    with pytest.raises(DataError, match=r"has no column 'title2' to join on\. Did you mean title"):
        read(file, "event: e\ntime: at\njoin: {file: goods.csv, on: title2}")


def test_a_mapping_says_what_properties_there_are_to_tell_of(read: Read, tmp_path: Path) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
    file = write(tmp_path / "visits.parquet", at=[datetime(2026, 1, 1)], agent=[agent])
    head = "source: shop\nevent: visit\ntime: {column: at}\n"
    chunk = read(file, head + "properties: {userAgent: agent, sku: \"'s1'\"}")
    assert chunk.properties == {"userAgent", "sku"}
    assert '"browser":"Firefox"' in enrich(chunk.events, names=chunk.properties)["properties"][0].as_py()


def test_filled_cells(read: Read, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "a.csv", "at,order,sku\n2026-01-01,A,1\n,,2\n2026-01-02,B,3\n,,4\n")
    chunk = read(file, "event: e\ntime: at\nfill: [at, order]\nproperties: {order: order, sku: sku}")
    assert [row["order"] for row in properties(chunk)] == ["A", "A", "B", "B"]


def test_json_objects_with_a_mapping(read: Read, tmp_path: Path) -> None:
    lines = [
        {"at": "2026-01-01", "id": 1, "user": {"no": "u1"}, "n": "6", "tags": ["a"], "amount": "1,000", "ok": True},
        {"at": "2026-01-01", "id": 2, "user": {"no": ""}, "n": 6, "tags": None, "amount": 5},
    ]
    text = "\n".join([*map(json.dumps, lines), "{", "[]", '{"at":"2026-01-01","id":NaN}'])
    file = tmp_path / "a.jsonl"
    file.write_text(text)
    mapping = (
        "event: e\nevent_id: id\ntime: at\nidentify: {user_id: user.no}\n"
        "properties: {n: n, tags: tags, total: amount * 2, ok: ok, code: lower(user.no)}"
    )
    chunk = read(file, mapping)
    assert properties(chunk) == [
        {"n": "6", "tags": ["a"], "total": 2000, "ok": True, "code": "u1"},
        {"n": 6, "tags": None, "total": 10, "ok": None, "code": ""},
    ]
    assert chunk.events["id.user_id"].to_pylist() == ["u1", None]
    assert [reject.line for reject in chunk.rejects] == [3, 4, 5]
    assert [reject.reason.split(":")[0] for reject in chunk.rejects] == ["not JSON", "not a JSON object", "not JSON"]


def test_everything_that_does_not_fit_the_file_at_once(read: Read, retail: Path) -> None:
    mapping = """
event: {column: Kind}
event_id: InvoiceNr
time: Invoicedate
identify: {customer_no: CustomrID}
properties:
  a: Quantiti * UnitPrice
  b: sum(Quantity)
  c: Quantity +
  d: now()
  e: (SELECT 1)
  f: year(Quantity)
  g: quantity * unitprice
where: Country LIKE 'U%'
"""
    with pytest.raises(DefinitionError) as raised:
        read(retail, mapping)
    told = str(raised.value)
    for piece in (
        "map.yaml: event.column: the file has no column 'Kind'.",
        "map.yaml: event_id: the file has no column 'InvoiceNr'. Did you mean InvoiceNo",
        "map.yaml: identify.customer_no: the file has no column 'CustomrID'. Did you mean CustomerID",
        "map.yaml: properties.a: the file has no column 'Quantiti'. Did you mean Quantity",
        "map.yaml: properties.b: The function sum is not allowed",
        "map.yaml: properties.c: 'Quantity +' is not an SQL expression",
        "map.yaml: properties.d: The function now is not allowed",
        "map.yaml: properties.e: An expression may use",
        "map.yaml: properties.f: 'year(Quantity)' does not work on this file",
    ):
        assert piece in told
    assert "properties.g" not in told
    assert "where" not in told


def test_rows_without_a_date_get_a_given_one(read: Read, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "a.csv", "id,city\n1,杭州\n")
    chunk = read(file, "time: {constant: 2026-01-01}\nidentify: {customer_no: id}\ntraits: {city: city}")
    (row,) = chunk.events.to_pylist()
    assert (row["name"], row["traits"], row["id.customer_no"]) == ("identify", '{"city":"杭州"}', "1")
    assert row["time"] == datetime(2025, 12, 31, 16, tzinfo=UTC)


def test_a_joined_file_may_stand_beside_the_data(read: Read, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    write_csv(tmp_path / "data" / "goods.csv", "sku,title\n1,a\n")
    file = write_csv(tmp_path / "data" / "a.csv", "at,sku\n2026-01-01,1\n")
    mapping = "event: e\ntime: at\nproperties: {title: title}\njoin: {file: goods.csv, on: sku}"
    assert properties(read(file, mapping)) == [{"title": "a"}]
