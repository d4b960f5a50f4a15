"""Portraits: values as JSON has them, and what they rest on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from tests.parity.timelines import build_timelines, instant, seen_in

from limner.fold.evidence import find_grounds
from limner.fold.fold import fold, weigh
from limner.fold.plan import build_plan, needs
from limner.fold.portrait import FoldedRow, draw_portrait, read_value
from limner.model.column import NULL_CODE, NULL_NUMBER, TagColumn, ValueType
from limner.model.parse import parse_tag
from limner.model.portrait import Portrait

ZONE = "Asia/Shanghai"
AS_OF = instant("2026-03-10T12:00:00")
TODAY = 20_522  # 2026-03-10


def event(name: str, time: str, **properties: Any) -> dict[str, Any]:
    return {"name": name, "time": time, "properties": properties}


LIFE: Sequence[Mapping[str, Any]] = [
    {"name": "identify", "time": "2026-01-01T09:00:00", "traits": {"city": "上海"}, "source": "crm"},
    event("login", "2026-02-01T08:00:00"),
    event("view", "2026-03-01T10:00:00", category="护肤"),
    event("order", "2026-03-02T10:00:00", category="护肤", amount=120.5, lines=[{"sku": "A"}, {"sku": "B"}]),
    event("view", "2026-03-03T10:00:00"),
    event("order", "2026-03-04T10:00:00", category="彩妆", amount=80, lines=[{"sku": "B"}]),
    event("refund", "2026-03-09T10:00:00", amount=80),
    event("order", "2026-03-11T10:00:00", category="护肤", amount=999),
    {**event("order", "2026-03-05T10:00:00", category="食品", amount=1), "customer": 7},
]


def portray(known_at: int | None = None, lift: bool = False, **definitions: Mapping[str, Any]) -> Portrait:
    """Customer 0 at noon of 10 March."""
    layers = {name: {"layer": "fact", **definition} for name, definition in definitions.items()}
    tags = [parse_tag(name, definition) for name, definition in layers.items()]
    timelines = build_timelines(LIFE, needs(tags, lambda path: seen_in(LIFE, path)))
    plan = build_plan(tags, timelines.vocabulary, timelines.seen)
    population = weigh(plan, [timelines.slice], AS_OF) if lift else None
    alone = build_timelines(LIFE[:-1], [(path, kind) for path, kind in timelines.vocabulary.columns])
    assert len(alone.slice) == 1
    alone_plan = build_plan(tags, timelines.vocabulary, timelines.seen)
    folded = fold(alone_plan, alone.slice, AS_OF, known_at, population)
    grounds = find_grounds(alone_plan, alone.slice, AS_OF, known_at, population)
    return draw_portrait(FoldedRow(folded, 0, ZONE), tags, [{"type": "phone", "value": "1"}], ZONE, grounds=grounds)


def told(portrait: Portrait, tag: str) -> dict[str, Any]:
    read = portrait.as_dict()["tags"][tag]
    assert list(read) == ["value", "confidence", "layer", "since", "evidence"]
    return dict(read)


def test_a_portrait_is_a_json_document_of_four_fields() -> None:
    portrait = portray(orders={"fold": {"count": "*", "of": "order"}}, risk={"layer": "prediction", "model": "churn"})
    document = json.loads(json.dumps(portrait.as_dict()))
    assert list(document) == ["customer_id", "as_of", "identifiers", "tags"]
    assert (document["customer_id"], document["as_of"]) == ("c0", "2026-03-10T12:00:00+08:00")
    assert document["identifiers"] == [{"type": "phone", "value": "1"}]
    assert document["tags"]["risk"]["value"] is None
    assert document["tags"]["risk"]["layer"] == "prediction"


def test_evidence_of_a_fold_is_its_events_up_to_as_of() -> None:
    assert told(portray(spend={"fold": {"sum": "amount", "of": ["order", "gift"], "within": "30d"}}), "spend") == {
        "value": 200.5,
        "confidence": 1.0,
        "layer": "fact",
        "since": "2026-03-04T10:00:00+08:00",
        "evidence": {
            "events": ["order"],
            "count": 2,
            "first": "2026-03-02T10:00:00+08:00",
            "last": "2026-03-04T10:00:00+08:00",
        },
    }


def test_windows_and_where_bound_the_evidence() -> None:
    portrait = portray(
        recent={"fold": {"count": "*", "of": "order", "within": "7d"}},
        dear={"fold": {"last": "time", "of": "order", "where": {"amount": {"gt": 100}}}},
        born={"fold": {"first": "category"}},
    )
    assert told(portrait, "recent")["evidence"]["count"] == 1
    assert told(portrait, "dear")["evidence"]["last"] == "2026-03-02T10:00:00+08:00"
    born = told(portrait, "born")
    assert (born["value"], born["since"]) == ("护肤", "2026-03-01T10:00:00+08:00")


def test_only_events_with_the_property_are_evidence_for_it() -> None:
    portrait = portray(
        taste={"fold": {"top": "category", "of": ["view", "order"]}},
        city={"fold": {"trait": "city"}},
        basket={"fold": {"list": "lines[].sku"}},
        days={"fold": {"days": "*"}},
    )
    assert told(portrait, "taste")["evidence"] == {
        "events": ["view", "order"],
        "count": 3,
        "first": "2026-03-01T10:00:00+08:00",
        "last": "2026-03-04T10:00:00+08:00",
        "share": pytest.approx(2 / 3, abs=1e-4),
    }
    assert told(portrait, "taste")["confidence"] == pytest.approx(2 / 3, abs=1e-4)
    assert told(portrait, "city")["evidence"]["events"] == ["identify"]
    assert told(portrait, "basket")["evidence"]["count"] == 3
    assert told(portrait, "basket")["evidence"]["events"] == ["order"]
    assert told(portrait, "days")["evidence"]["events"] == ["identify", "login", "order", "refund", "view"]


def test_lift_is_told_where_it_is_asked_for() -> None:
    rule = {"top": "category", "of": ["view", "order"], "evidence": {"times": 1, "share": 0.1, "lift": 1.01}}
    evidence = told(portray(lift=True, taste={"fold": rule}), "taste")["evidence"]
    assert evidence["lift"] == pytest.approx((2 / 3) / (2 / 4), abs=1e-3)


def test_a_derived_tag_tells_what_it_used() -> None:
    portrait = portray(
        taste={"fold": {"top": "category", "of": ["view", "order"]}},
        logins={"fold": {"count": "*", "of": "login"}},
        keen={
            "layer": "business",
            "if": {"all": [{"taste": "护肤"}, {"logins": {"gte": 1}}, {"did": "refund", "within": "30d"}]},
        },
        ratio={"expr": "logins / 2"},
    )
    keen = told(portrait, "keen")
    assert (keen["value"], keen["layer"]) == (True, "business")
    assert keen["confidence"] == pytest.approx(2 / 3, abs=1e-4)
    assert keen["since"] == "2026-03-09T10:00:00+08:00"
    assert keen["evidence"]["tags"] == {"taste": "护肤", "logins": 1}
    assert [(ground["events"], ground["count"]) for ground in keen["evidence"]["did"]] == [(["refund"], 1)]
    assert told(portrait, "ratio") == {
        "value": 0.5,
        "confidence": 1.0,
        "layer": "fact",
        "since": "2026-02-01T08:00:00+08:00",
        "evidence": {"tags": {"logins": 1}},
    }


def test_a_sequence_tells_its_steps() -> None:
    portrait = portray(bought={"fold": {"sequence": ["view", "order", {"not": "refund"}], "within": "2d"}})
    evidence = told(portrait, "bought")["evidence"]
    assert (evidence["events"], evidence["count"]) == (["view", "order"], 4)


def test_nothing_found_is_said_without_times() -> None:
    portrait = portray(lost={"fold": {"last": "amount", "of": "gift"}}, none={"fold": {"count": "*", "of": "gift"}})
    nothing = {"events": [], "count": 0, "first": None, "last": None}
    assert told(portrait, "lost") == {
        "value": None, "confidence": None, "layer": "fact", "since": None, "evidence": nothing,
    }  # fmt: skip
    assert (told(portrait, "none")["value"], told(portrait, "none")["since"]) == (0, None)


def test_what_was_not_yet_known_is_no_evidence() -> None:
    known_at = instant("2026-03-03T00:00:00")
    portrait = portray(known_at, orders={"fold": {"count": "*", "of": "order"}}, days={"fold": {"days": "*"}})
    assert told(portrait, "orders")["evidence"]["count"] == 1
    assert told(portrait, "days")["evidence"]["events"] == ["identify", "login", "order", "view"]


VALUES = [
    (TagColumn(ValueType.INTEGER, np.array([5])), 5),
    (TagColumn(ValueType.INTEGER, np.array([NULL_NUMBER])), None),
    (TagColumn(ValueType.INTEGER, np.array([TODAY - 3]), since_last=True), 3),
    (TagColumn(ValueType.INTEGER, np.array([NULL_NUMBER]), since_last=True), None),
    (TagColumn(ValueType.DECIMAL, np.array([1_200_000]), 4), 120),
    (TagColumn(ValueType.DECIMAL, np.array([1_000]), 4), 0.1),
    (TagColumn(ValueType.DECIMAL, np.array([-15]), 1), -1.5),
    (TagColumn(ValueType.FLOAT, np.array([0.25])), 0.25),
    (TagColumn(ValueType.FLOAT, np.array([np.nan])), None),
    (TagColumn(ValueType.TEXT, np.array([1], np.int32), dictionary=("a", "b")), "b"),
    (TagColumn(ValueType.TEXT, np.array([NULL_CODE], np.int32), dictionary=("a",)), None),
    (TagColumn(ValueType.BOOL, np.array([0], np.int8)), False),
    (TagColumn(ValueType.BOOL, np.array([-1], np.int8)), None),
    (TagColumn(ValueType.TIME, np.array([AS_OF])), "2026-03-10T12:00:00+08:00"),
    (TagColumn(ValueType.TIME, np.array([NULL_NUMBER])), None),
    (TagColumn(ValueType.TEXTS, np.array([1, 0], np.int32), 0, ("a", "b"), np.array([0, 2])), ["b", "a"]),
    (TagColumn(ValueType.TEXTS, np.array([], np.int32), 0, ("a", "b"), np.array([0, 0])), None),
    (TagColumn(ValueType.NUMBERS, np.array([15, 20]), 1, (), np.array([0, 2])), [1.5, 2]),
    (TagColumn(ValueType.COUNTS, np.array([[1, 0, 0, 0, 0, 0, 2]], np.int32)), [1, 0, 0, 0, 0, 0, 2]),
    (TagColumn(ValueType.COUNTS, np.zeros((1, 24), np.int32)), None),
]


@pytest.mark.parametrize(("column", "expected"), VALUES)
def test_values_as_json_has_them(column: TagColumn, expected: object) -> None:
    read = read_value(column, 0, AS_OF, ZONE)
    assert read == expected
    assert type(read) is type(expected)
    json.dumps(read)
