"""What webhooks post becomes rows of a mapping, and those events: the same at every try."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from limner.adapters.duckdb.rows import DuckDBRows
from limner.adapters.tables import AnyTables
from limner.collect.chunk import Chunk
from limner.collect.deliveries import read_deliveries
from limner.collect.retry import retry_rejects
from limner.collect.webhook import check_mapping, cut_rows
from limner.errors import DataError, DefinitionError
from limner.ports.journal import Delivery, Kind
from limner.ports.rejects import Reject

NOW = 1_795_364_502_000_000  # 2026-11-22T16:21:42Z
MAPPING = """
source: something else
event: answered
time: {column: at, timezone: UTC}
identify: {phone: who.phone}
properties: {score: score * 1, form: form.title, tags: tags, coupon: coupon}
"""
ROW: dict[str, Any] = {
    "at": "2026-11-22 16:00:00",
    "who": {"phone": "13800000000"},
    "score": 9,
    "form": {"title": "满意度"},
    "tags": ["a", {"b": 1}],
}


@pytest.fixture(scope="module")
def rows() -> DuckDBRows:
    return DuckDBRows(threads=1)


def post(*posted: Any, id: str | None = "msg_1", mapping: str = MAPPING, **more: Any) -> Delivery:
    lines = tuple(row if isinstance(row, bytes) else json.dumps(row, ensure_ascii=False).encode() for row in posted)
    return Delivery(
        Kind.ROWS, more.pop("source", "survey"), more.pop("at", NOW), lines, mapping=mapping, delivery_id=id
    )


def read(rows: DuckDBRows, *deliveries: Delivery) -> Chunk:
    (chunk,) = read_deliveries(deliveries, rows, "Asia/Shanghai")
    return chunk


def ids(chunk: Chunk) -> list[str]:
    found: list[str] = chunk.events["event_id"].to_pylist()
    return found


Retry = Callable[..., list[Chunk]]


@pytest.fixture
def retry(rows: DuckDBRows) -> Retry:
    def run(*rejects: Reject, **more: Any) -> list[Chunk]:
        return list(retry_rejects(rejects, rows, tables=AnyTables(), zone="UTC", at=NOW + 9, **more))

    return run


def kept(row: Any, source: str = "app", mapping: str | None = None) -> Reject:
    text = row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)
    return Reject(f"gateway:{source}", 0, "as it was then", text, mapping)


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        (b' {"a": 1} ', None, [b'{"a": 1}']),
        (b'[{"a": 1.10}, {"a":\r\n2}, 3]', None, [b'{"a": 1.10}', b'{"a":  2}', b"3"]),
        (b'{"data": {"items": [{"a": 1}]}, "n": 1}', "data.items", [b'{"a": 1}']),
        (b'{"data": {"a": 1}}', "data", [b'{"a": 1}']),
        (b"[]", None, []),
        (b'{"data": []}', "data", []),
    ],
)
def test_a_body_is_cut_into_rows(body: bytes, path: str | None, expected: list[bytes]) -> None:
    assert cut_rows(body, path) == tuple(expected)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"", None),
        (b"{", None),
        (b"1", None),
        (b"null", None),
        (b'"x"', None),
        (b'[{"a": NaN}]', None),
        (b"[" * 50_000 + b"]" * 50_000, None),
        (b'{"data": 1}', "data"),
        (b'{"data": {"items": null}}', "data.items"),
        (b"{}", "data.items"),
        (b"[]", "data"),
        (b'{"data": [{"items": []}]}', "data.items"),
        (b'{"\xff": 1}', "data"),
    ],
)
def test_what_has_no_rows_is_said(body: bytes, path: str | None) -> None:
    with pytest.raises(DataError, match="The body"):
        cut_rows(body, path)


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        (MAPPING + "join: {file: a.csv, on: sku}", "join: only files"),
        (MAPPING + "fill: at", "fill: only files"),
        (MAPPING + "sheet: one", "sheet: only files"),
        (MAPPING + "table: one", "table: only files"),
        (MAPPING + "delimiter: ';'", "delimiter: only files"),
        (MAPPING + "encoding: gb18030", "encoding: only files"),
        (MAPPING.replace("score * 1", "score *"), "properties.score"),
        (MAPPING.replace("score * 1", "read_text('/etc/passwd')"), "properties.score"),
        ("event: e", "needs a time"),
        ("[", "mapping"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_before_anything_comes(
    rows: DuckDBRows, mapping: str, reason: str
) -> None:
    with pytest.raises(DefinitionError) as refused:
        check_mapping(mapping, rows)
    assert reason in str(refused.value)


def test_a_mapping_that_works(rows: DuckDBRows) -> None:
    check_mapping(MAPPING, rows)
    check_mapping("items: {id: sku, title: name}", rows)


def test_objects_become_events_of_the_webhooks_source(rows: DuckDBRows) -> None:
    chunk = read(rows, post(ROW))
    (event,) = chunk.events.to_pylist()
    assert (event["source"], event["name"], event["id.phone"]) == ("survey", "answered", "13800000000")
    assert (event["time"].isoformat(), event["received_at"].isoformat()) == (
        "2026-11-22T16:00:00+00:00",
        "2026-11-22T16:21:42+00:00",
    )
    told = {"score": 9, "form": "满意度", "tags": ["a", {"b": 1}], "coupon": None}
    assert json.loads(event["properties"]) == told


def test_another_try_is_the_same_events_and_another_delivery_is_not(rows: DuckDBRows) -> None:
    first = ids(read(rows, post(ROW, ROW)))
    assert len(set(first)) == 2, "equal rows of one delivery are two events"
    assert ids(read(rows, post(ROW, ROW, at=NOW + 5))) == first
    assert ids(read(rows, post(ROW, ROW), post(ROW, ROW))) == first, "both tries at once"
    together = ids(read(rows, post(ROW, id="msg_0"), post(ROW, ROW)))
    assert together[1:] == first, "whatever it is read together with"
    assert len(set(together)) == 3


def test_an_id_of_their_own_is_theirs(rows: DuckDBRows) -> None:
    mapping = MAPPING + "event_id: nr"
    chunk = read(rows, post({**ROW, "nr": 7}, mapping=mapping), post({**ROW, "nr": 7}, mapping=mapping, id="msg_2"))
    assert ids(chunk) == ["7", "7"]


def test_the_bad_are_kept_with_the_mapping_and_the_good_come_in(rows: DuckDBRows) -> None:
    odd: list[Any] = [
        {**ROW, "score": "many"},
        {**ROW, "at": None},
        3,
        b"\xff",
        b'{"at": "\\ud800"}',
        {**ROW, "at": "0001-01-01"},
        b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    ]
    chunk = read(rows, post(*odd, ROW))
    assert chunk.events.num_rows == 1
    assert chunk.rows_read == 8
    assert len(chunk.rejects) == 7
    assert {(reject.file, reject.line) for reject in chunk.rejects} == {("gateway:survey", 0)}
    assert all(reject.mapping and "answered" in reject.mapping for reject in chunk.rejects)
    assert 'score "many" is not a number' in {reject.reason for reject in chunk.rejects}


def test_a_mapping_that_fits_no_more_keeps_all_it_cannot_read(rows: DuckDBRows) -> None:
    chunk = read(rows, post(ROW, mapping="event: ["), post(ROW, id="msg_2", mapping="event: ["))
    assert (chunk.events.num_rows, len(chunk.rejects), chunk.rows_read) == (0, 2, 2)
    assert {reject.mapping for reject in chunk.rejects} == {"event: ["}


def test_one_that_is_refused_later_is_kept_as_it_came(rows: DuckDBRows, retry: Retry) -> None:
    chunk = read(rows, post({**ROW, "score": 1}), post(ROW, id="msg_2"))
    reject = chunk.refuse(1, "not in the plan")
    assert (reject.file, reject.line, json.loads(reject.row)) == ("gateway:survey", 0, ROW)
    assert reject.mapping is not None
    (again,) = retry(reject)
    assert again.refuse(0, "still not") == Reject("gateway:survey", 0, "still not", reject.row, reject.mapping)
    item = {"type": "track", "event": "view", "distinct_id": "a1", "time": 1_795_300_000_000, "properties": {"n": 1}}
    (chunk,) = retry(kept(item))
    assert chunk.refuse(0, "not in the plan").row == json.dumps(item)


def test_every_webhook_is_read_with_its_own_mapping(rows: DuckDBRows) -> None:
    goods = "items: {id: sku, title: name}"
    chunks = list(
        read_deliveries([post(ROW), post({"sku": "s1", "name": "茶"}, source="shop", mapping=goods)], rows, "UTC")
    )
    assert [chunk.events.num_rows for chunk in chunks] == [1, 0]
    assert chunks[1].items is not None
    assert chunks[1].items.to_pylist() == [{"id": "s1", "attributes": '{"title":"茶"}', "valid_from": None}]


def test_messages_are_read_again_as_of_their_source(retry: Retry) -> None:
    message = {"type": "track", "event": "view", "userId": "u1", "sentAt": "2020-01-01T00:00:00Z"}
    timed = {**message, "timestamp": "2026-11-01T00:00:00Z", "messageId": "m1"}
    (chunk,) = retry(kept(timed), kept({**message, "sentAt": None}), kept("{ broken"))
    events = chunk.events.to_pylist()
    assert [event["source"] for event in events] == ["app", "app"]
    assert [event["time"].isoformat() for event in events] == [
        "2026-11-01T00:00:00+00:00",
        "2026-11-22T16:21:42.000009+00:00",
    ]
    assert {event["received_at"].isoformat() for event in events} == {"2026-11-22T16:21:42.000009+00:00"}
    (still,) = chunk.rejects
    assert (still.file, still.line, still.row) == ("gateway:app", 0, "{ broken")
    assert still.reason != "as it was then"


def test_items_of_sensors_are_translated_again(retry: Retry) -> None:
    time = 1_795_300_000_000
    item = {"type": "track", "event": "view", "distinct_id": "a1", "time": time, "properties": {"n": 1}}
    goods = {"type": "item_set", "item_type": "sku", "item_id": "s1", "time": time, "properties": {"title": "茶"}}
    nameless = {**item, "event": None}
    future = {**item, "time": time * 2}
    chunks = retry(*map(kept, (item, goods, nameless, future)))
    assert sorted(name for chunk in chunks for name in chunk.events["name"].to_pylist()) == ["view"]
    assert [chunk.items.num_rows for chunk in chunks if chunk.items is not None] == [1]
    rows = [reject.row for chunk in chunks for reject in chunk.rejects]
    assert sorted(rows) == sorted(map(json.dumps, (nameless, future))), "as they were, so that they are known again"


def test_rows_are_read_with_the_mapping_their_webhook_has_now(retry: Retry) -> None:
    row = {**ROW, "score": "many"}
    rejects = [kept(row, "survey.csv", MAPPING), kept(ROW, "survey.csv", MAPPING)]
    (chunk,) = retry(*rejects)
    assert (chunk.events.num_rows, [reject.row for reject in chunk.rejects]) == (1, [rejects[0].row])
    assert chunk.events["source"].to_pylist() == ["survey.csv"]
    mended = MAPPING.replace("score * 1", "try_cast(score AS DOUBLE)")
    (chunk,) = retry(*rejects, webhooks={"survey.csv": mended, "other": MAPPING})
    assert (chunk.events.num_rows, chunk.rejects) == (2, [])


def test_rows_of_files_are_read_as_before(retry: Retry) -> None:
    message = json.dumps({"type": "track", "event": "view", "userId": "u1", "timestamp": "2026-11-01T00:00:00Z"})
    file, gateway = retry(Reject("events.jsonl", 3, "", message), kept(message))
    assert [chunk.events["source"].to_pylist() for chunk in (file, gateway)] == [["segment"], ["app"]]
