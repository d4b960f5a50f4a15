"""The plan: what is shared, what is refused, what it says of itself."""

from __future__ import annotations

from typing import Any

import pytest

from limner.errors import DefinitionError
from limner.fold.plan import Plan, build_plan, narrow, needs
from limner.model.fold import Fold, Measure
from limner.model.parse import parse_tag
from limner.model.tag import Layer, Tag
from limner.model.timeline import Column, Kind, Vocabulary

NUMBERS = {"amount": frozenset({"number"}), "level": frozenset({"number", "string"})}
VOCABULARY = Vocabulary(
    ("view", "order"),
    ("web",),
    {
        ("amount", Kind.NUMBER): Column("p1", "amount", Kind.NUMBER),
        ("city", Kind.TEXT): Column("p2", "city", Kind.TEXT),
    },
    {"p2": ("Suzhou",)},
)


def seen(path: str) -> frozenset[str]:
    return NUMBERS.get(path, frozenset({"string"}))


def tags_of(**definitions: dict[str, Any]) -> list[Tag]:
    return [parse_tag(name, {"layer": "fact", **definition}) for name, definition in definitions.items()]


def plan_of(**definitions: dict[str, Any]) -> Plan:
    return build_plan(tags_of(**definitions), VOCABULARY, seen)


def measured(plan: Plan) -> int:
    return sum(len(run.measurements) for run in plan.passes)


def test_needs_follow_what_the_measure_and_the_literal_want() -> None:
    tags = tags_of(
        spend={"fold": {"sum": "total", "of": "order", "where": {"channel": "app", "weight": {"gt": 2}}}},
        last_amount={"fold": {"last": "amount"}},
        last_level={"fold": {"last": "level"}},
        last_time={"fold": {"last": "time"}},
        after={"fold": {"count": "*", "after": {"first": "view", "where": {"page": "home"}}}},
        rule={"if": {"did": "order", "sum": "refund", "is": {"gte": 1}}},
        path={"fold": {"sequence": ["view", {"of": "order", "where": {"due": {"within_next": "3d"}}}], "same": "sku"}},
    )
    assert needs(tags, seen) == {
        ("total", Kind.NUMBER),
        ("channel", Kind.TEXT),
        ("weight", Kind.NUMBER),
        ("amount", Kind.NUMBER),
        ("level", Kind.TEXT),
        ("page", Kind.TEXT),
        ("refund", Kind.NUMBER),
        ("due", Kind.TEXT),
        ("sku", Kind.TEXT),
    }


def test_equal_folds_are_measured_once() -> None:
    orders = {"count": "*", "of": "order"}
    plan = plan_of(
        orders={"fold": orders},
        again={"fold": orders},
        often={"if": {"did": "order", "count": "*", "is": {"gte": 3}}},
    )
    assert measured(plan) == 1


def test_one_and_true_are_different_literals() -> None:
    plan = plan_of(
        number={"fold": {"count": "*", "where": {"city": 1}}}, truth={"fold": {"count": "*", "where": {"city": True}}}
    )
    assert measured(plan) == 2


def test_derived_tags_come_after_what_they_read() -> None:
    plan = plan_of(
        vip={"if": {"tier": "high"}},
        tier={"when": [{"if": {"ratio": {"gt": 2}}, "then": "high"}]},
        ratio={"expr": "spend / orders"},
        spend={"fold": {"sum": "amount"}},
        orders={"fold": {"count": "*"}},
    )
    assert [tag.name for tag in plan.derived] == ["ratio", "tier", "vip"]


@pytest.mark.parametrize(
    ("definitions", "message"),
    [
        ({"a": {"expr": "b + 1"}}, "there is no tag 'b'"),
        ({"a": {"expr": "b + 1"}, "b": {"expr": "a + 1"}}, "defined by each other"),
        ({"a": {"fold": {"last": "city"}}, "b": {"expr": "a * 2"}}, "a is text"),
        ({"a": {"fold": {"last": "time"}}, "b": {"expr": "a * 2"}}, "a is a time"),
        (
            {"a": {"fold": {"sequence": [{"of": "x", "where": {"a[].b": 1}}, {"of": "x", "where": {"c[].d": 1}}]}}},
            "one list of an event",
        ),
    ],
)
def test_what_cannot_be_planned_is_refused(definitions: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        plan_of(**definitions)


def test_all_problems_are_told_at_once() -> None:
    tags = [*tags_of(a={"expr": "x + y"}), Tag("b", Layer.FACT, Fold(Measure.SUM, path="time"))]
    with pytest.raises(DefinitionError, match="sum of time has no meaning") as caught:
        build_plan(tags, VOCABULARY, seen)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_plan_explains_every_tag_and_the_unseen(language: str) -> None:
    plan = plan_of(
        spend={"fold": {"sum": "amount", "of": "order", "within": "90d", "where": {"city": "Suzhou"}}},
        sku={"fold": {"top": "products[].sku", "by": {"sum": "products[].price"}, "evidence": {"lift": 1.2}}},
        bought={"fold": {"sequence": ["view", {"not": "order"}], "within": "2d"}},
        after={"fold": {"count": "*", "after": {"first": "view"}, "within": "7d"}},
        rich={"if": {"all": [{"spend": {"gte": 100}}, {"did": "view", "within": "7d"}]}},
    )
    told = plan.explain(language)
    for word in ("spend", "sku", "bought", "after", "rich", "products[]", "order & city eq Suzhou", "within 90d"):
        assert word in told
    assert ("no event has had it yet" if language == "en" else "尚无事件带有该属性") in told


def test_a_plan_of_some_tags_has_what_they_read_and_no_more() -> None:
    plan = plan_of(
        spend={"fold": {"sum": "amount", "of": "order"}},
        views={"fold": {"count": "*", "of": "view"}},
        twice={"expr": "spend * 2"},
        tier={"when": [{"if": {"twice": {"gte": 200}}, "then": "high"}, {"else": "low"}]},
    )
    part = narrow(plan, ("tier",))
    assert [tag.name for tag in part.tags] == ["spend", "twice", "tier"]
    assert measured(part) == 1
    assert part.shapes == {tag.name: plan.shapes[tag.name] for tag in part.tags}
