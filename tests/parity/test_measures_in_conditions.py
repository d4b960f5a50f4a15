"""Conditions against the twin: any tags, any behaviour, joined anyhow."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.parity import stories
from tests.parity.test_measures import CUSTOMERS, read_value, tags_of
from tests.parity.timelines import build_timelines
from tests.parity.twin import Twin
from tests.parity.twin_conditions import holds

from limner.fold.fold import fold
from limner.fold.plan import build_plan, needs
from limner.fold.predicate import count, evaluate
from limner.fold.properties import kinds_seen, measured_kind
from limner.model.condition import All, AnyOf, Condition, Did, Not, TagTest
from limner.model.fold import Fold, Measure, Op, Span
from limner.model.tag import Layer, Rule, Tag
from limner.model.timeline import Kind

TESTABLE = tuple(set(Measure) - {Measure.HOURS, Measure.WEEKDAYS, Measure.LIST})
DOUBLES = (Measure.AVG, Measure.MEDIAN, Measure.SHARE, Measure.INTERVAL)


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[Op, Any]:
    op = draw(st.sampled_from(Op))
    literal = st.sampled_from((0, 1, 2, 0.5, 12.5, 0.00005, "app", "12", "2026-11-01", "Suzhou", True))
    ordered = st.sampled_from(((0, 1), (1, 2), (0.5, 12.5), ("2026-10-31", "2026-11-02")))
    match op:
        case Op.IN | Op.NOT_IN:
            return op, tuple(draw(st.lists(literal, min_size=1, max_size=3)))
        case Op.BETWEEN:
            return op, draw(ordered)
        case Op.GT | Op.GTE | Op.LT | Op.LTE:
            return op, draw(ordered)[draw(st.integers(0, 1))]
        case Op.IS_NULL:
            return op, draw(st.booleans())
        case Op.CONTAINS | Op.STARTS_WITH:
            return op, draw(st.sampled_from(("a", "1")))
        case Op.ANNIVERSARY_WITHIN:
            return op, Span(draw(st.sampled_from((1, 7))), "d")
        case Op.WITHIN_LAST | Op.WITHIN_NEXT:
            return op, draw(stories.spans)
        case _:
            return op, draw(literal)


def conditions(folds: list[Fold]) -> st.SearchStrategy[Condition]:
    tag_leaves = st.builds(lambda i, test: TagTest(f"tag{i}", *test), st.integers(0, len(folds) - 1), comparisons())
    did_leaves = st.builds(lambda fold, test: Did(fold, *test), st.sampled_from(folds), comparisons())
    return st.recursive(
        tag_leaves | did_leaves,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(All, st.lists(inner, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
        ),
        max_leaves=5,
    )


@settings(max_examples=150)
@given(data=st.data())
def test_a_condition_equals_its_twin(data: st.DataObject) -> None:
    zone, events, as_of, _ = data.draw(stories.lives())
    folds = data.draw(st.lists(st.sampled_from(TESTABLE).flatmap(stories.folds), min_size=2, max_size=4))
    condition = data.draw(conditions(folds))
    tags = [*tags_of(folds), Tag("rule", Layer.BUSINESS, Rule(condition))]
    made = build_timelines(events, needs(tags, build_timelines(events, (), zone).seen), zone, CUSTOMERS)
    plan = build_plan(tags, made.vocabulary, made.seen)
    folded = fold(plan, made.slice, as_of)
    twin = Twin(as_of, zone, kinds_seen(made.seen))

    def value_of(leaf: TagTest | Did) -> tuple[Any, Kind]:
        item = folds[int(leaf.tag.removeprefix("tag"))] if isinstance(leaf, TagTest) else leaf.fold
        found = twin.fold(item, own)
        if item.measure in (Measure.TOP, Measure.TRAIT):
            found = found[0]
        kind = measured_kind(item, twin.kinds)
        measures_property = item.measure in (
            Measure.MIN, Measure.MAX, Measure.FIRST, Measure.LAST, Measure.TOP, Measure.TRAIT,
        )  # fmt: skip
        return found, kind if measures_property and kind is not None else Kind.NUMBER

    expected = []
    for customer in CUSTOMERS:
        own = [event for event in made.events if event["customer"] == customer]
        expected.append(holds(condition, value_of, as_of, zone))
    assert [read_value(folded.columns["rule"], i, as_of, zone) for i in range(3)] == expected
    columns = {f"tag{i}": folded.columns[f"tag{i}"] for i in range(len(folds))}
    if not any(isinstance(leaf, Did) for leaf in leaves(condition)):
        assert evaluate(condition, columns, as_of, zone).tolist() == expected
        assert count(condition, columns, as_of, zone) == sum(expected)


def leaves(condition: Condition) -> list[Any]:
    from limner.model.references import leaves

    return list(leaves(condition))
