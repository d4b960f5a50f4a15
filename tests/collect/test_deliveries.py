"""What came over the network becomes events as a file's lines do, with what is known of their delivery."""

from __future__ import annotations

import json
from typing import Any

import pytest

from limner.adapters.duckdb.rows import DuckDBRows
from limner.collect.chunk import Chunk
from limner.collect.deliveries import read_deliveries
from limner.ports.journal import Delivery, Kind

SECOND = 1_000_000
NOW = 1_795_364_502_000_000  # 2026-11-22T16:21:42Z


@pytest.fixture(scope="module")
def rows() -> DuckDBRows:
    return DuckDBRows(threads=1)


def deliver(*messages: dict[str, Any] | bytes, source: str = "web", **more: Any) -> Delivery:
    lines = [message if isinstance(message, bytes) else json.dumps(message).encode() for message in messages]
    return Delivery(Kind.MESSAGES, source, more.pop("received_at", NOW), tuple(lines), **more)


def track(**more: Any) -> dict[str, Any]:
    message = {"type": "track", "event": "view", "messageId": "1", "userId": "u1"}
    return {**message, "timestamp": "2026-11-22T16:21:41Z", **more}


def read(rows: DuckDBRows, *deliveries: Delivery) -> Chunk:
    (chunk,) = read_deliveries(deliveries, rows, "Asia/Shanghai")
    return chunk


def times(chunk: Chunk) -> list[float]:
    """Seconds before `NOW` at which the events happened."""
    return [(NOW - int(value)) / SECOND for value in chunk.events["time"].cast("int64").to_pylist()]


def test_every_delivery_has_its_source_and_moment(rows: DuckDBRows) -> None:
    chunk = read(rows, deliver(track(), track(messageId="2")), deliver(track(), source="app", received_at=NOW + 9))
    assert chunk.events["source"].to_pylist() == ["web", "web", "app"]
    assert chunk.events["received_at"].cast("int64").to_pylist() == [NOW, NOW, NOW + 9]
    assert times(chunk) == [1, 1, 1]
    assert chunk.rows_read == 3


def test_a_clock_that_is_off_is_put_right(rows: DuckDBRows) -> None:
    year = 365 * 86_400 * SECOND
    chunk = read(
        rows,
        deliver(track(), sent_at=NOW - 30 * SECOND),  # half a minute behind
        deliver(track(timestamp="2027-11-22T16:21:41Z"), sent_at=NOW + year),  # a year ahead, and no reject for it
        deliver(track(), sent_at=NOW - 3 * SECOND),  # as long as a delivery may take
        deliver(track(sentAt="2026-11-22T16:20:42Z")),  # tells it in the message
        deliver(track(timestamp=None, originalTimestamp="2026-11-22T16:21:41Z")),
    )
    assert times(chunk) == [-29, 1, 1, -59, 1]


def test_without_any_time_it_happened_when_it_was_received(rows: DuckDBRows) -> None:
    chunk = read(rows, deliver(track(timestamp=None)))
    assert (times(chunk), chunk.rejects) == ([0], [])


def test_without_an_id_it_is_known_by_what_it_says(rows: DuckDBRows) -> None:
    plain = {key: value for key, value in track().items() if key != "messageId"}
    ids = read(rows, deliver(plain, plain), deliver(plain | {"event": "buy"}, plain)).events["event_id"].to_pylist()
    assert ids[0] == ids[1] == ids[3] != ids[2]
    assert ids[0] == read(rows, deliver(plain, received_at=NOW + 5)).events["event_id"].to_pylist()[0]


def test_address_and_browser_come_from_the_request_unless_the_message_has_them(rows: DuckDBRows) -> None:
    known = track(context={"ip": "198.51.100.1", "userAgent": "Mine"})
    chunk = read(rows, deliver(track(), known, ip="203.0.113.7", user_agent="Firefox"), deliver(track()))
    told = [json.loads(text or "{}") for text in chunk.events["properties"].to_pylist()]
    assert told == [{"ip": "203.0.113.7", "userAgent": "Firefox"}, {"ip": "198.51.100.1", "userAgent": "Mine"}, {}]


@pytest.mark.parametrize("name", ["profile_set_once", "profile_increment", "profile_unset", "profile_delete"])
def test_what_else_is_said_about_traits_has_its_own_name(rows: DuckDBRows, name: str) -> None:
    message = track(type="identify", event=name, traits={"age": 3})
    events = read(rows, deliver(message, track(type="identify", event="other", traits={"age": 3}))).events
    assert events["name"].to_pylist() == [name, "identify"]
    assert events["traits"].to_pylist() == ['{"age":3}', '{"age":3}']


def test_the_good_stay_and_the_bad_say_why(rows: DuckDBRows) -> None:
    deep = b'{"type":"track","event":"deep","messageId":"9","userId":"u","properties":{"a":' + b"[" * 20_000
    chunk = read(
        rows,
        deliver(
            b"\xff\xfe",
            track(),
            b'{"type":"track","event":"a","properties":{"n":NaN},"messageId":"2"}',
            b'{"type":"track","event":"\\ud800","messageId":"3"}',
            track(type="dance"),
            track(timestamp="0001-01-01T00:00:00Z"),
            track(timestamp="9999-12-31T00:00:00Z"),
            track(userId="x" * 10_000),
            deep + b"]" * 20_000 + b"}}",
            track(messageId="last", properties={"text": "a\0b 轮胎"}),
        ),
        deliver(b"nothing", source="app"),
    )
    assert chunk.events["event_id"].to_pylist() == ["1", "last"]
    assert json.loads(chunk.events["properties"].to_pylist()[1]) == {"text": "a\0b 轮胎"}
    assert {reject.file for reject in chunk.rejects} == {"gateway:web", "gateway:app"}
    reasons = sorted(reject.reason for reject in chunk.rejects)
    assert len(reasons) == 9 - 1 + 1
    for word in (
        "UTF-8",
        "NaN",
        "surrogate",
        "dance",
        "before 1971",
        "in the future",
        "longer than 512",
        "nested deeper",
    ):
        assert any(word in reason for reason in reasons), word


def test_items_and_refusals(rows: DuckDBRows) -> None:
    item = b'{"id":"s1","attributes":"{\\"title\\":\\"tea\\"}","valid_from":null}'
    refused = json.dumps(["it has no event", '{"a":1}']).encode()
    items, refusals = read_deliveries(
        [Delivery(Kind.ITEMS, "erp", NOW, (item,)), Delivery(Kind.REFUSED, "app", NOW, (refused,))], rows, "UTC"
    )
    assert items.items is not None
    assert items.items.to_pylist() == [{"id": "s1", "attributes": '{"title":"tea"}', "valid_from": None}]
    (reject,) = refusals.rejects
    assert (reject.file, reject.reason, reject.row) == ("gateway:app", "it has no event", '{"a":1}')


def test_several_identifiers_of_one_type_are_all_kept(rows: DuckDBRows) -> None:
    external = [
        {"type": "openid", "id": "o1"},
        {"type": "openid", "id": "o2"},
        {"type": "openid", "id": "o1"},
        {"type": "user_id", "id": "u9"},
        {"type": "user_id", "id": "u1"},
        {"type": "not a type!", "id": "x"},
        {"type": "phone"},
    ]
    chunk = read(rows, deliver(track(), track(context={"externalIds": external}), track(externalIds="none")))
    found = {name: column.to_pylist()[1] for name, column in zip(chunk.events.column_names, chunk.events.columns)}
    identifiers = {name: value for name, value in found.items() if name.startswith("id.")}
    assert identifiers == {"id.user_id": "u1", "id.user_id#2": "u9", "id.openid": "o1", "id.openid#2": "o2"}
    assert chunk.events["id.openid"].to_pylist() == [None, "o1", None]
