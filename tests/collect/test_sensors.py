"""神策's wire: every way the clients pack items, and everything that can go wrong on the way."""

from __future__ import annotations

import base64
import gzip
import json
import os
import tracemalloc
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.collect.sensors import MOST_ITEMS, Fault, Target, hash_text, read_request, read_target
from limner.collect.sensors_messages import Line, translate

EVENT = {"type": "track", "event": "ViewProduct", "distinct_id": "anon-1", "time": 1795364573738,
         "properties": {"tags": ["轮胎", "促销"], "bytes": "???>>>~~~"}}  # fmt: skip
CUT_GZIP = base64.b64encode(gzip.compress(b"{}", mtime=0)[:-3])
CAPTURES = os.environ.get("LIMNER_WIRE_CAPTURES")
"""A folder of what real clients were seen to send; see `test_captures_are_read`."""


def pack(value: object, zip: bool = False) -> str:
    text = json.dumps(value, ensure_ascii=False).encode()
    return base64.b64encode(gzip.compress(text, mtime=0) if zip else text).decode()


def slow_hash(text: str) -> int:
    """As the browser's client works it out."""
    total = 0
    for letter in text:
        total = (total * 31 + ord(letter)) % 2**32
    return total - 2**32 if total >= 2**31 else total


def read_back(query: bytes | str = b"", body: bytes = b"", **options: int) -> list[Any]:
    items = read_request(query, body, **options)
    return [json.loads(item) if isinstance(item, bytes) else item for item in items]


def fault(items: list[bytes | Fault]) -> str:
    assert len(items) == 1
    assert isinstance(items[0], Fault)
    return items[0].reason


def test_image_sends_a_query_with_a_crc() -> None:
    data = pack(EVENT)
    query = f"project=default&token=TOK&data={quote(data, safe='')}&ext=crc%3D{slow_hash(data)}"
    assert read_back(query) == [EVENT]
    assert read_back(query.encode()) == [EVENT]
    assert read_target(query) == Target("TOK", "default")


def test_post_bodies_are_forms_whatever_they_are_called() -> None:
    data = pack(EVENT)
    body = f"data={quote(data, safe='')}&ext={quote(f'crc={slow_hash(data)}', safe='')}"
    assert read_back("token=TOK", body.encode()) == [EVENT]
    assert read_back("token=TOK", body.encode() + b"\r\n") == [EVENT]


@pytest.mark.parametrize("flag", ["&gzip=1", "&gzip=0", ""])
@pytest.mark.parametrize("zip", [True, False])
def test_gzip_is_known_by_its_content(flag: str, zip: bool) -> None:
    body = f"data_list={quote_plus(pack([EVENT, EVENT | {'event': 'E'}], zip))}{flag}"
    assert read_back(b"", body.encode()) == [EVENT, EVENT | {"event": "E"}]


def test_json_bodies_are_welcome() -> None:
    text = json.dumps([EVENT]).encode()
    for body in (text, b" \n" + text, gzip.compress(text), json.dumps(EVENT).encode()):
        assert read_back(b"token=T", body) == [EVENT]


def test_data_list_may_hold_one_and_data_many() -> None:
    assert read_back(f"data_list={quote_plus(pack(EVENT))}") == [EVENT]
    assert read_back(f"data={quote_plus(pack([EVENT, EVENT]))}") == [EVENT, EVENT]


@given(st.text(max_size=40), st.booleans())
def test_base64_is_forgiven_its_signs(word: str, zip: bool) -> None:
    event = {"type": "track", "event": word}
    data = pack(event, zip)
    wrapped = "\r\n".join(data[i : i + 76] for i in range(0, len(data), 76))
    for sent in (
        data,  # with the plus left bare, as some servers' clients do
        data.replace("+", " "),  # and turned to a space by a proxy
        data.replace("+", "%20"),
        data.replace("+", "%2b").replace("/", "%2f"),
        data.replace("+", "-").replace("/", "_").rstrip("="),
        quote(wrapped, safe=""),
    ):
        assert read_back(b"", f"data={sent}".encode()) == [event]


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(WORDS, st.dictionaries(WORDS.filter(lambda name: "$" not in name), WORDS))), st.booleans())
def test_events_come_through(events: list[tuple[str, dict[str, str]]], zip: bool) -> None:
    """From what a client was told to track to the lines of the journal."""
    sent = [{**EVENT, "distinct_id": f"d{who}", "properties": properties} for who, properties in events]
    outcomes = [
        translate(item) if isinstance(item, bytes) else item
        for item in read_request(b"", f"data_list={quote_plus(pack(sent, zip))}&gzip=1".encode())
    ]
    lines = [json.loads(outcome.text) for outcome in outcomes if isinstance(outcome, Line)]
    assert [(line["anonymousId"][1:], line["properties"]) for line in lines] == events


@given(st.binary(max_size=300) | st.integers(4000, 9000).map(lambda length: b"\xffz" * length))
def test_hash_is_that_of_java(text: bytes) -> None:
    assert hash_text(text) == slow_hash(text.decode("latin-1"))


def test_wrong_crc_is_a_fault_that_keeps_what_came() -> None:
    data = pack(EVENT)
    items = read_request(f"data={quote_plus(data)}&ext=crc%3D{slow_hash(data) + 1}", b"")
    assert "crc" in fault(items)
    assert items == [Fault(items[0].reason, data.encode())]  # type: ignore[union-attr]
    assert read_back(f"data={quote_plus(data)}&ext=lite") == [EVENT]


@pytest.mark.parametrize(
    ("body", "reason", "raw"),
    [
        (b"data=%%%%", "no base64", b"%%%%"),
        (b"data=eyJ0e", "no base64", b"eyJ0e"),
        (b"data=", "not a JSON object", b""),
        (b"data=MTIz", "not a JSON object", b"123"),
        (b"data_list=W3siYSI6MX0seyJiIjo=", "the list is no JSON", b'[{"a":1},{"b":'),
        (b"data=" + CUT_GZIP, "cut short", CUT_GZIP),
        (b"data=H4tub25zZW5zZQ==", "damaged", b"H4tub25zZW5zZQ=="),
        (b"hello", "neither JSON nor a form", b"hello"),
        (b"\x1f\x8bnonsense", "damaged", b"\x1f\x8bnonsense"),
        (b"[" * 100_000, "the list is no JSON", b"[" * 100_000),
    ],
)
def test_unreadable_requests_are_one_fault(body: bytes, reason: str, raw: bytes) -> None:
    items = read_request(b"token=T", body)
    assert reason in fault(items)
    assert isinstance(items[0], Fault)
    assert items[0].raw == raw


def test_requests_with_nothing_have_no_items() -> None:
    assert read_request(b"", b"") == read_request("project=default", b" \n") == []


def test_odd_items_leave_the_good_ones() -> None:
    good = json.dumps(EVENT).encode()
    odd = [b"1", b'"a"', b"null", b"[]", b'{"a":NaN}', b'{"a":' * 3000 + b"1" + b"}" * 3000]
    items = read_request(b"", b"[" + b", ".join([good, *odd, good]) + b"]")
    assert items[0] == items[-1] == good
    assert items[1:5] == [Fault("not a JSON object", value) for value in odd[:4]]
    assert items[5:7] == odd[4:]  # judged when they are read


def test_bombs_are_refused_within_bounds() -> None:
    bomb = b"data=" + base64.b64encode(gzip.compress(b"[" + b" " * (50 << 20) + b"]"))
    tracemalloc.start()
    assert "unpacks to more than" in fault(read_request(b"", bomb, most=1 << 20))
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_lists_of_too_many_are_refused() -> None:
    assert "more than" in fault(read_request(b"", b"[" + b"{}," * MOST_ITEMS + b"{}]"))
    assert "too long" in fault(read_request(b"", b"[" + b"," * 1_100_000 + b"]"))
    assert len(read_request(b"", b"&" * 100_000 + b"data=")) == 1


def test_target_is_read_from_any_query() -> None:
    assert read_target(b"") == Target(None, None)
    assert read_target("token=a%2Bb&token=c&project=%E5%95%86%E5%9F%8E") == Target("a+b", "商城")
    assert read_target("token=&project") == Target(None, None)


@given(
    st.binary(max_size=80) | st.text(max_size=60), st.binary(max_size=80) | st.text(max_size=80).map(str.encode),
    st.sampled_from([b"", b"data=", b"data_list=", b"[", b'[{"type":"track"},', b"\x1f\x8b", b"data=eyJ0eXBlIjoi"]),
)  # fmt: skip
def test_any_bytes_are_items_or_faults(query: bytes | str, body: bytes, before: bytes) -> None:
    for item in read_request(query, before + body):
        outcome = item if isinstance(item, Fault) else translate(item)
        assert isinstance(outcome, Line) or outcome.reason
    read_target(query)


@given(st.binary(max_size=60), st.booleans())
def test_any_packed_bytes_are_items_or_faults(inside: bytes, zip: bool) -> None:
    data = base64.b64encode(gzip.compress(inside) if zip else inside)
    assert read_request(b"", b"data=" + data)


@pytest.mark.skipif(CAPTURES is None, reason="LIMNER_WIRE_CAPTURES names no folder of captures")
def test_captures_are_read() -> None:
    files = sorted(Path(CAPTURES or "").glob("sensors_*.json"))
    assert files
    for file in files:
        for request in json.loads(file.read_text(encoding="utf-8")):
            items = read_request(urlsplit(request["path"]).query, (request.get("body_text") or "").encode())
            assert items, file
            outcomes = [item if isinstance(item, Fault) else translate(item) for item in items]
            assert [outcome for outcome in outcomes if isinstance(outcome, Fault)] == [], file
