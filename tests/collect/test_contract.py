"""The tracking plan checked on events."""

from __future__ import annotations

from collections import Counter
from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.collect.tables import events_of

from limner.collect.contract import Contract
from limner.model.contract import Mode
from limner.model.tracking import Tracking, parse_tracking


def contract(events: dict[str, Any], **more: Any) -> Contract:
    return Contract(parse_tracking({"events": events, **more}))


def wrong(rule: dict[str, Any], value: Any, path: str = "p") -> list[str]:
    return contract({"e": {"properties": {path: rule}}}).check_message("e", {"p": value})


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ({"type": "string"}, "x"),
        ({"type": "number"}, 1.5),
        ({"type": "number"}, 10**400),
        ({"type": "integer"}, 3),
        ({"type": "integer"}, 3.0),
        ({"type": "boolean"}, False),
        ({"type": "time"}, "2026-11-22"),
        ({"type": "time"}, "2026-11-22T10:00:00.5+08:00"),
        ({"type": "time"}, 1_795_000_000_000),
        ({"type": "list"}, []),
        ({"type": "object"}, {}),
        ({"type": "number"}, None),
        ({"enum": ["a", 1]}, 1.0),
        ({"min": 0, "max": 2}, 2),
        ({"pattern": "^O[0-9]+$"}, "O12"),
        ({"pattern": "[0-9]"}, "O12"),
    ],
)
def test_what_is_planned_passes(rule: dict[str, Any], value: Any) -> None:
    assert wrong(rule, value) == []


@pytest.mark.parametrize(
    ("rule", "value", "said"),
    [
        ({"type": "string"}, 5, "p is 5, but a text is meant."),
        ({"type": "number"}, "12 yuan", "p is '12 yuan', but a number is meant."),
        ({"type": "number"}, True, "p is true, but a number is meant."),
        ({"type": "number"}, float("inf"), "p is inf, but a number is meant."),
        ({"type": "integer"}, 1.5, "p is 1.5, but a whole number is meant."),
        ({"type": "boolean"}, 0, "p is 0, but true or false is meant."),
        ({"type": "time"}, "soon", "p is 'soon', but a time such as 2026-11-22T10:00:00+08:00 is meant."),
        ({"type": "time"}, 12, "p is 12, but a time such as 2026-11-22T10:00:00+08:00 is meant."),
        ({"type": "list"}, {}, "p is a group of fields, but a list is meant."),
        ({"type": "object"}, [], "p is a list, but a group of fields is meant."),
        ({"required": True}, None, "p is missing."),
        ({"enum": ["app", "web"]}, "App", "p is 'App', but one of app, web is meant (did you mean app?)."),
        ({"enum": [1]}, True, "p is true, but one of 1 is meant."),
        ({"enum": [1]}, [1], "p is a list, but one of 1 is meant."),
        ({"min": 0}, -1, "p is -1, but at least 0 is meant."),
        ({"max": 2.5}, 3, "p is 3, but at most 2.5 is meant."),
        ({"pattern": "^O[0-9]+$"}, "x", "p is 'x', but it must match ^O[0-9]+$."),
        ({"pattern": "^O$"}, "x" * 9999, "p is a text of 9999 characters, but it must match ^O$."),
        ({"pattern": "^(a+)+$"}, "a" * 50 + "b", "p is a text of 51 characters, but it must match ^(a+)+$."),
        ({"pattern": "^O$"}, "\ud800", "p is a text of 1 characters, but it must match ^O$."),
    ],
)
def test_what_is_not_is_said(rule: dict[str, Any], value: Any, said: str) -> None:
    assert wrong(rule, value) == [said]


def test_paths_through_objects_lists_and_traits() -> None:
    plan = contract(
        {
            "e": {
                "properties": {
                    "page.path": {"required": True},
                    "products[].price": {"min": 0, "required": True},
                    "traits.city": {"enum": ["北京"]},
                }
            }
        }
    )
    assert plan.check_message("e", {"page": {"path": "/"}}) == []
    assert plan.check_message("e", {"page": {"path": "/"}, "products": [{"price": 1}]}, {"city": "北京"}) == []
    assert plan.check_message("e", {"page": 1, "products": [{"price": 1}, {"price": -1}, {}]}, {"city": "x"}) == [
        "page.path is missing.",
        "products[].price is -1, but at least 0 is meant.",
        "traits.city is 'x', but one of 北京 is meant.",
    ]
    assert plan.check_message("e", {"page": {"path": "/"}, "products": {"price": -1}}) == [
        "products is a group of fields, but a list is meant."
    ]


def test_names_written_differently_are_hinted_at() -> None:
    plan = contract({"order_paid": {"properties": {"order_id": {"required": True}}}}, unknown_events="reject")
    assert plan.check_message("order_paid", {"orderId": "O1"}) == ["order_id is missing (there is 'orderId')."]
    assert plan.check_message("Order Paid", {}) == [
        "an event of this name is not in the tracking plan (did you mean order_paid?)."
    ]


def test_unplanned_properties() -> None:
    plan = contract({"e": {"unplanned_properties": "refused", "properties": {"a": None, "products[].sku": "货号"}}})
    context = {"page": {}, "userAgent": "x", "ip": "1"}
    assert plan.check_message("e", {"a": 1, "products": [], **context}) == []
    assert plan.check_message("e", {"b": 1}) == ["'b' is not in the plan of e."]
    assert plan.check_message("e", {"13800000000": 1, "b": 1}) == ["'b' and 1 more are not in the plan of e."]
    assert plan.check_message("e", {"13800000000": 1}) == ["a property is not in the plan of e."]


PLAN = {
    "watched": {"properties": {"n": {"type": "number"}}},
    "held": {"mode": "quarantine", "aliases": ["Held"], "properties": {"n": {"type": "number", "required": True}}},
    "strict": {"mode": "reject", "properties": {"n": {"type": "number"}, "c": {"pattern": "^a"}}},
    "titled": {"properties": {"n": {"zh": "数"}}},
}


def test_modes() -> None:
    events = events_of(
        {"name": "watched", "properties": {"n": "x"}},
        {"name": "Held", "properties": {}},
        {"name": "strict", "properties": {"n": "x", "c": "b"}},
        {"name": "strict", "properties": {"n": 1, "c": "ab"}, "source": "app"},
        {"name": "titled", "properties": {"n": "x"}},
        {"name": "other", "properties": None},
    )
    checked = contract(PLAN).check(events)
    assert checked.events["event_id"].to_pylist() == ["0", "3", "4", "5"]
    assert checked.refused == [
        (1, "held: n is missing.", Mode.QUARANTINE),
        (2, "strict: n is 'x', but a number is meant. c is 'b', but it must match ^a.", Mode.REJECT),
    ]
    assert checked.violations == Counter(
        {
            ("web", "watched", "n", "type"): 1,
            ("web", "held", "n", "missing"): 1,
            ("web", "strict", "n", "type"): 1,
            ("web", "strict", "c", "pattern"): 1,
        }
    )


def test_events_that_keep_to_the_plan_pass() -> None:
    events = events_of({"name": "strict", "properties": {"n": 1, "c": "ab"}}, {"name": "held", "properties": {"n": 2}})
    checked = contract(PLAN).check(events)
    assert (checked.events, checked.refused, checked.violations) == (events, [], Counter())


def test_unknown_events() -> None:
    events = events_of({"name": "titled"}, {"name": "new one"}, {"name": "page"}, {"name": "profile_increment"})
    accepted, observed, refused = (
        contract(PLAN, unknown_events=mode).check(events) for mode in ("accept", "observe", "quarantine")
    )
    assert (accepted.events, accepted.violations) == (events, Counter())
    assert observed.events.num_rows == 4
    assert observed.violations == Counter({("web", "new one", "*", "unknown event"): 1})
    assert refused.refused == [
        (1, "new one: an event of this name is not in the tracking plan.", Mode.QUARANTINE),
    ]


def test_modes_by_name() -> None:
    plan = contract(PLAN, unknown_events="reject")
    names = ("watched", "Held", "strict", "titled", "other", "identify")
    assert [plan.mode(name).value for name in names] == [
        "observe",
        "quarantine",
        "reject",
        "accept",
        "reject",
        "accept",
    ]


def test_nothing_asked_is_nothing_done() -> None:
    events = events_of({"name": "a", "properties": "not even JSON"})
    assert Contract(Tracking()).check(events).events is events
    assert contract(PLAN).check(events).events is events
    assert contract(PLAN).check(events.slice(0, 0)).events.num_rows == 0


@pytest.mark.parametrize("text", ["[1]", '{"n":', '{"n":' + "[" * 5000 + "]" * 5000 + "}", '"x"'])
def test_what_cannot_be_read_is_a_violation(text: str) -> None:
    checked = contract(PLAN).check(events_of({"name": "strict", "properties": text}))
    assert checked.refused == [
        (0, "strict: properties or traits are not a readable JSON object.", Mode.REJECT),
    ]


@pytest.mark.parametrize("text", ['{"n":1e400}', '{"n":1,"c":"\\ud800"}', '{"n":NaN}'])
def test_strange_json_is_read(text: str) -> None:
    checked = contract(PLAN).check(events_of({"name": "strict", "properties": text}))
    assert "must match" in checked.refused[0][1] or "a number is meant" in checked.refused[0][1]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("phone", "none"),
        ("referrer", "li.lei@example.com"),
        ("note", "138 0000 0000"),
        ("note", 13800000000),
        ("friend", "wang"),
        ("card_no", 123),
        ("userId", "lilei"),
        ("p", "x" * 41),
    ],
)
def test_no_reason_shows_who_it_was(path: str, value: Any) -> None:
    plan = contract({"e": {"mode": "reject", "properties": {path: {"type": "object"}}}})
    checked = plan.check(events_of({"name": "e", "properties": {path: value}, "id.user_id": "wang"}))
    ((_, reason, _),) = checked.refused
    assert str(value) not in reason
    assert reason.startswith(f"e: {path} is a ")


def test_reasons_are_short() -> None:
    properties = {f"p{number}": {"required": True} for number in range(100)}
    checked = contract({"e": {"mode": "reject", "properties": properties}}).check(events_of({"name": "e"}))
    assert checked.refused[0][1].endswith("p4 is missing. And 95 more.")
    assert len(checked.violations) == 100


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("a"), inner, max_size=3),
    max_leaves=8,
)
RULES = {
    "a": {"type": "number", "min": 0},
    "a.a": {"type": "time"},
    "b[].a": {"enum": ["x", 1], "required": True},
    "b[]": {"pattern": "^(x|y)*$"},
    "c": {"type": "integer", "required": True},
}


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine even the first example may be
@given(st.lists(st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4), min_size=1, max_size=4))
def test_many_events_are_judged_like_one(rows: list[dict[str, Any]]) -> None:
    plan = contract({"e": {"mode": "reject", "unplanned_properties": "refused", "properties": RULES}})
    checked = plan.check(events_of(*({"name": "e", "properties": row} for row in rows)))
    alone = {row: plan.check_message("e", properties) for row, properties in enumerate(rows)}
    assert [row for row, _, _ in checked.refused] == [row for row, said in alone.items() if said]
    for row, reason, _ in checked.refused:
        more = len(alone[row]) - 5
        assert reason == f"e: {' '.join(alone[row][:5])}" + (f" And {more} more." if more > 0 else "")


def test_time_is_in_proportion() -> None:
    plan = contract({"e": {"properties": {"p": {"pattern": "^(a|a)*$"}, "b[].c": {"required": True}}}})
    started = process_time()
    plan.check_message("e", {"p": "a" * 1_000_000 + "b", "b": [{}] * 100_000})
    plan.check_message("e", {f"p{number}": 1 for number in range(100_000)})
    assert process_time() - started < 5
