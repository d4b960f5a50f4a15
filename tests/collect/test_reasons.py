"""What is kept in English about rows that were refused is told in Chinese as well: of real rows, by each reader."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import limner
from limner.collect.contract import Contract
from limner.collect.reasons import say_reason
from limner.collect.sensors import Fault, read_request
from limner.collect.sensors_messages import translate
from limner.model.tracking import parse_tracking

MESSAGES = [
    "{",
    "[1]",
    '{"type": "track", "event": "x", "userId": NaN, "timestamp": "2026-11-01"}',
    '{"a": ' + "[" * 500 + "]" * 500 + "}",
    '{"type": "track", "event": "x", "userId": "\\ud800", "timestamp": "2026-11-01"}',
    '{"userId": "u", "timestamp": "2026-11-01"}',
    '{"type": "trak", "userId": "u", "timestamp": "2026-11-01"}',
    '{"type": "track", "userId": "u", "timestamp": "2026-11-01"}',
    '{"type": "track", "event": "x", "properties": 3, "userId": "u", "timestamp": "2026-11-01"}',
    '{"type": "track", "event": "x", "userId": {"a": 1}, "timestamp": "2026-11-01"}',
    '{"type": "track", "event": "x", "userId": "' + "u" * 2000 + '", "timestamp": "2026-11-01"}',
    '{"type": "track", "event": "x", "userId": "u"}',
    '{"type": "track", "event": "x", "userId": "u", "timestamp": "yesterday"}',
    '{"type": "track", "event": "x", "userId": "u", "timestamp": "1950-01-01"}',
    '{"type": "track", "event": "x", "userId": "u", "timestamp": "2950-01-01"}',
]
TABLE = 'who,at,amount\nu1,2026-11-01,many\nu1,,3\nu2,nonsense,3\nu3,2026-11-01,1,2\nu5,2026-11-01,"4\n'
MAPPING = """
source: t
event: bought
time: {column: at}
identify: {user_id: who}
properties: {amount: amount * 2}
"""
ITEMS = [
    b"{",
    b"[]",
    b"{}",
    b'{"type": "track"}',
    b'{"type": "trac", "time": 1}',
    b'{"type": "nothing of it", "time": 1}',
    b'{"ekey": "a"}',
    b'{"type": "track", "event": "x", "distinct_id": "u"}',
    b'{"type": "track", "event": "x", "distinct_id": "u", "time": "soon"}',
    b'{"type": "track", "event": "x", "distinct_id": "u", "time": -4}',
    b'{"type": "track", "event": "\\u0000", "distinct_id": "u", "time": 1}',
    b'{"type": "item_set", "item_type": "x", "time": 1}',
    b'{"type": "track_id_unbind", "event": "x", "time": 1}',
]
PROPERTIES = {
    "amount": {"type": "number", "required": True, "min": 0, "max": 100},
    "channel": {"type": "string", "enum": ["app", "web"]},
    "code": {"type": "string", "pattern": "^A"},
    "tags": {"type": "list"},
}
ORDER = {"mode": "reject", "unplanned_properties": "refused", "properties": PROPERTIES}
BROKEN: list[tuple[str, dict[str, object]]] = [
    ("order_paid", {}),
    ("order_paid", {"Amount": 3}),
    ("order_paid", {"amount": "a lot", "channel": "App", "code": "B", "tags": 3}),
    ("order_paid", {"amount": -3, "channel": "paper"}),
    ("order_paid", {"amount": 300, "tags": {"a": 1}, "colour": "red"}),
    ("order_paid", {"amount": 3, "colour": "red", "size": 3}),
    ("order_paid", {"amount": [1]}),
    ("OrderPaid", {}),
    ("never_heard_of", {}),
]


def in_chinese(reason: str) -> str:
    said = say_reason(reason)
    assert said["en"] == reason
    assert re.search(r"[\u4e00-\u9fff]", said.get("zh", "")), reason
    return said["zh"]


def test_rows_of_files(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes("\n".join(MESSAGES).encode() + b'\n{"type": "\xff"}\n')
    (tmp_path / "b.csv").write_text(TABLE)
    (tmp_path / "b.yaml").write_text(MAPPING)
    limner.init(tmp_path / "shop")
    with limner.open(tmp_path / "shop") as workspace:
        workspace.import_files(tmp_path / "a.jsonl")
        workspace.import_files(tmp_path / "b.csv", tmp_path / "b.yaml")
        reasons = [reject["reason"] for reject in workspace.rejects_list()]
    assert len(reasons) == len(MESSAGES) + 1 + 4
    for reason in reasons:
        in_chinese(reason)


@pytest.mark.parametrize("item", ITEMS)
def test_items_of_sensors(item: bytes) -> None:
    fault = translate(item)
    assert isinstance(fault, Fault)
    if "Object missing" not in fault.reason and "expected" not in fault.reason:  # the decoder's own words
        in_chinese(fault.reason)


@pytest.mark.parametrize("body", [b"hello", b"data=%21%21", b"[1", b'[{"type": "track"}, 3]', b"\x1f\x8bnothing"])
def test_requests_of_sensors(body: bytes) -> None:
    faults = [each for each in read_request("", body) if isinstance(each, Fault)]
    assert faults
    for fault in faults:
        in_chinese(fault.reason)


def test_events_that_break_the_plan() -> None:
    contract = Contract(parse_tracking({"events": {"order_paid": ORDER}, "unknown_events": "reject"}))
    for name, properties in BROKEN:
        told = contract.check_message(name, properties)
        assert told, json.dumps(properties)
        chinese = in_chinese(f"{name}: {' '.join(told)}")
        assert "meant" not in chinese
        assert "plan" not in chinese


def test_a_sentence_nobody_knows_stays_as_it_is() -> None:
    assert say_reason("Words of another version.") == {"en": "Words of another version."}


@pytest.mark.parametrize("piece", ["a: ", "a. ", "a: a. ", "a: b is c, but d. "])
def test_names_that_look_like_many_phrases_are_not_taken_apart_for_ever(piece: str) -> None:
    """Whoever may send an event gives it its name: nested deeper than the stack, or read anew on each of many ways."""
    for times in (20, 100, 3_000):
        sentence = piece * times + "x"
        assert say_reason(sentence)["en"] == sentence
