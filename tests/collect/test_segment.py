from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from limner.collect.chunk import Chunk

Read = Callable[..., Chunk]
WHEN = "2026-11-01T10:00:00.123Z"


def message(**fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": "e", "messageId": "m", "userId": "u", "timestamp": WHEN, **fields}


def only(chunk: Chunk) -> dict[str, Any]:
    assert not chunk.rejects
    (row,) = chunk.events.to_pylist()
    for part in ("properties", "traits"):
        row[part] = row[part] and json.loads(row[part])
    return dict(row)


def test_track(messages: Read) -> None:
    row = only(messages(message(event="order_paid", anonymousId="a", properties={"amount": 9.5, "品类": "护肤"})))
    assert row["event_id"] == "m"
    assert row["source"] == "segment"
    assert row["name"] == "order_paid"
    assert row["time"] == row["received_at"] == datetime(2026, 11, 1, 10, 0, 0, 123000, UTC)
    assert row["properties"] == {"amount": 9.5, "品类": "护肤"}
    assert row["traits"] is None
    assert (row["id.user_id"], row["id.anonymous_id"]) == ("u", "a")


@pytest.mark.parametrize("place", ["traits", "context"])
def test_identify_takes_traits_and_their_identifiers(messages: Read, place: str) -> None:
    traits = {"phone": "13800000000", "email": "a@b.c", "city": "杭州", "unionid": "", "openid": 12}
    given = {"traits": traits} if place == "traits" else {"context": {"traits": traits}, "traits": {}}
    row = only(messages(message(type="identify", event=None, **given)))
    assert row["name"] == "identify"
    assert row["traits"] == traits
    assert (row["id.phone"], row["id.email"], row["id.openid"]) == ("13800000000", "a@b.c", "12")
    assert "id.unionid" not in row


def test_page_gets_name_category_and_context(messages: Read) -> None:
    context = {"page": {"path": "/a"}, "locale": "zh-CN", "library": {"name": "x"}, "ip": None, "device": {"id": "d"}}
    row = only(
        messages(message(type="page", name="首页", category="c", properties={"category": "own"}, context=context))
    )
    assert row["name"] == "page"
    assert row["properties"] == {
        "page": {"path": "/a"},
        "locale": "zh-CN",
        "device": {"id": "d"},
        "name": "首页",
        "category": "own",
    }
    assert row["id.device_id"] == "d"


def test_a_property_wins_over_the_context(messages: Read) -> None:
    row = only(
        messages(message(properties={"page": 3, "x": {"ip": 1}}, context={"page": {"path": "/"}, "ip": "1.2.3.4"}))
    )
    assert row["properties"] == {"page": 3, "x": {"ip": 1}, "ip": "1.2.3.4"}


def test_group_describes_the_group_and_not_the_person(messages: Read) -> None:
    row = only(messages(message(type="group", groupId="g1", traits={"name": "Acme"})))
    assert row["properties"] == {"group_id": "g1", "group": {"name": "Acme"}}
    assert row["traits"] is None


def test_alias_carries_both_users(messages: Read) -> None:
    row = only(messages(message(type="alias", userId="new", previousId="old")))
    assert (row["name"], row["id.user_id"], row["id.user_id#2"]) == ("alias", "new", "old")


@pytest.mark.parametrize(
    ("ids", "user", "second", "browser"),
    [
        ({"userId": "new", "previousId": "old", "anonymousId": "a"}, "new", "old", None),  # where it was said
        ({"userId": "new", "previousId": "a", "anonymousId": "a"}, "new", None, "a"),
        ({"userId": "new", "anonymousId": "a"}, "new", None, "a"),
        ({"previousId": "old", "anonymousId": "a"}, None, "old", "a"),
        ({"userId": "new", "previousId": "new", "anonymousId": "a"}, "new", "new", "a"),
    ],
)
def test_the_browser_an_alias_comes_from(
    ids: dict[str, str], user: str | None, second: str | None, browser: str | None, messages: Read
) -> None:
    given = {"userId": None, "anonymousId": None} | ids
    row = only(messages(message(type="alias", **given)))
    assert [row.get(name) for name in ("id.user_id", "id.user_id#2", "id.anonymous_id")] == [user, second, browser]


def test_external_ids(messages: Read) -> None:
    entries = [{"id": "o1", "type": "openid"}, {"id": "x", "type": "a b"}, {"type": "unionid"}, 7]
    chunk = messages(
        message(type="identify", context={"externalIds": entries}),
        message(messageId="2", externalIds=[{"id": 9, "type": "ios.idfa"}]),
        message(messageId="3", type="identify", traits={"openid": "own"}, context={"externalIds": entries}),
    )
    assert chunk.events["id.openid"].to_pylist() == ["o1", None, "own"]
    assert chunk.events["id.ios_idfa"].to_pylist() == [None, "9", None]
    assert [name for name in chunk.events.column_names if "unionid" in name or " " in name] == []


def test_times_and_their_fallbacks(messages: Read) -> None:
    chunk = messages(
        message(messageId="1", timestamp=None, originalTimestamp="2026-11-01T08:00:00+08:00", sentAt=WHEN),
        message(messageId="2", timestamp="", sentAt="2026-11-01T00:00:00Z"),
        message(messageId="3", timestamp=1793491200000),
        message(messageId="4", timestamp="2026-11-01 08:00:00"),  # in the workspace's zone
        message(messageId="5", timestamp="2026-11-01T00:00:00Z", receivedAt="2026-11-03T00:00:00Z"),
    )
    assert chunk.events["time"].to_pylist() == [datetime(2026, 11, 1, tzinfo=UTC)] * 5
    assert chunk.events["received_at"].to_pylist()[4] == datetime(2026, 11, 3, tzinfo=UTC)


def test_an_event_of_tomorrow_was_not_received_tomorrow(messages: Read) -> None:
    row = only(messages(message(timestamp="2026-11-19T00:00:00Z")))
    assert row["received_at"] == datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC) < row["time"]


def test_without_message_id_equal_lines_are_told_apart(messages: Read) -> None:
    bare = {"type": "track", "event": "e", "timestamp": WHEN}
    first = messages(bare, bare, {**bare, "event": "f"}, message(messageId="  "), bare)
    ids = first.events["event_id"].to_pylist()
    assert len(set(ids)) == 5
    assert [name.rpartition("-")[2] for name in ids] == ["1", "2", "1", "1", "3"]
    assert messages(bare, bare, {**bare, "event": "f"}).events["event_id"].to_pylist() == ids[:3]


def test_without_identifier_it_is_still_an_event(messages: Read) -> None:
    row = only(messages(message(userId=None)))
    assert [name for name in row if name.startswith("id.")] == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON: "),
        ('{"type": "track"} x', "not JSON: Extra data"),
        ("[1]", "not a JSON object"),
        ("3", "not a JSON object"),
        (message(type=None), "the message has no type"),
        (message(type="Trak"), 'unknown type "Trak"; known: track'),
        (message(event=" "), "a track message without its event name"),
        (message(properties=[1]), "properties is not an object"),
        (message(type="identify", traits="x"), "traits is not an object"),
        (message(userId={"a": 1}), "userId is neither text nor a number"),
        (message(messageId="x" * 513), "messageId is longer than 512 bytes"),
        (message(timestamp=None), "no timestamp, originalTimestamp or sentAt"),
        (message(timestamp="前天"), 'timestamp "前天" cannot be read as a time'),
        (message(timestamp="infinity"), 'timestamp "infinity" cannot be read as a time'),
        (message(timestamp="1970-01-01T00:00:00Z"), 'timestamp "1970-01-01T00:00:00Z" is before 1971'),
        (message(timestamp="2026-11-20T00:00:00Z"), "is over 24 hours in the future"),
        (json.dumps(message(properties={"a": float("nan")})), "not JSON: NaN is not a JSON number"),
        (json.dumps(message(properties={"a": [1, float("-inf")]})), "not JSON: -Infinity is not a JSON number"),
        ('{"type":"track","event":"\\ud800"}', "not JSON: it holds half a surrogate pair"),
    ],
)
def test_rejects(messages: Read, line: object, reason: str) -> None:
    text = line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)
    chunk = messages(message(), text, message(messageId="n"))
    (reject,) = chunk.rejects
    assert reason in reject.reason
    assert (reject.line, reject.row, reject.mapping) == (2, text, None)
    assert reject.file.endswith("messages.jsonl")
    assert chunk.lines.tolist() == [1, 3]
    assert chunk.rows_read == 3


def test_infinity_in_a_text_is_a_text(messages: Read) -> None:
    assert only(messages(message(properties={"a": "NaN, Infinity"})))["properties"] == {"a": "NaN, Infinity"}


def test_odd_shapes_are_no_crash(messages: Read) -> None:
    chunk = messages(
        message(messageId="1", context="x", properties=None),
        message(messageId="2", context={"traits": 3, "device": "d", "externalIds": "x"}, type="identify"),
        message(messageId=7, userId=8),
        message(messageId="4", userId="[not a list"),
    )
    assert [reject.reason for reject in chunk.rejects] == []
    assert chunk.events["id.user_id"].to_pylist() == ["u", "u", "8", "[not a list"]
