"""What is folded alone against the same in company, which is the longer way; and folded in a slice where others' rows
are not theirs, against a slice without these."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.parity import stories
from tests.parity.test_measures import tags_of
from tests.parity.timelines import Timelines, build_timelines, instant

from limner.errors import DataError
from limner.fold.due import find_edges, look_ahead
from limner.fold.embedded import fold_stretches
from limner.fold.fold import fold_present, fold_those
from limner.fold.plan import Plan, build_plan, needs
from limner.model.column import TagColumn
from limner.model.fold import Fold, Measure, Window
from limner.model.stretch import Stretch, leave_in, whole

CUSTOMERS = 300
"""More than are folded together."""
COMPANY = Fold(Measure.COUNT, window=Window(between=(date(2026, 3, 1), date(2026, 3, 2))))
"""Of the rows of events, as most folds are."""


@st.composite
def crowds(draw: st.DrawFn, measure: Measure) -> tuple[Fold, Timelines, int, int | None]:
    """A fold, and the events of a few lives dealt out to many customers: most have few, one has many."""
    names = stories.TOLD if measure is Measure.TRAIT else stories.LIVED
    zone, events, as_of, known_at = draw(stories.lives(names=names))
    fold, dice = draw(stories.folds(measure)), random.Random(draw(st.integers(0, 1 << 30)))
    dealt: list[dict[str, Any]] = []
    for customer in range(1, CUSTOMERS):
        own = dice.choices(events, k=dice.choice((0, 1, 2, 5))) if events else []
        dealt += ({**event, "customer": customer} for event in own)
    dealt += ({**event, "customer": 0} for event in events * draw(st.sampled_from((1, 400))))
    wanted = needs(tags_of([fold, COMPANY]), build_timelines(events, (), zone).seen)
    return fold, build_timelines(dealt, wanted, zone), as_of, known_at


def plan_of(folds: list[Fold], made: Timelines) -> Plan:
    return build_plan(tags_of(folds), made.vocabulary, made.seen)


def assert_equal(found: TagColumn, expected: TagColumn) -> None:
    assert replace(found, values=0, offsets=0, confidence=0) == replace(expected, values=0, offsets=0, confidence=0)  # type: ignore[arg-type]
    for name in ("values", "offsets", "confidence"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


@settings(max_examples=40)
@given(data=st.data())
def test_alone_is_as_in_company(data: st.DataObject) -> None:
    measure = data.draw(st.sampled_from([each for each in Measure if each is not Measure.SEQUENCE]))
    fold, made, as_of, known_at = data.draw(crowds(measure))
    alone, company = plan_of([fold], made), plan_of([fold, COMPANY], made)
    found = fold_present(alone, made.slice, as_of, known_at)
    expected = fold_present(company, made.slice, as_of, known_at)
    np.testing.assert_array_equal(found.customers, expected.customers)
    assert found.events == expected.events
    assert_equal(found.columns["tag0"], expected.columns["tag0"])


@settings(max_examples=20)
@given(data=st.data())
def test_those_who_are_not_meant_leave_no_trace(data: st.DataObject) -> None:
    fold, made, as_of, known_at = data.draw(crowds(data.draw(st.sampled_from(list(Measure)))))
    kept = np.random.default_rng(data.draw(st.integers(0, 99))).random(len(made.slice)) < 0.8
    plan = plan_of([fold], made)
    edges, part = find_edges(plan), leave_in(made.slice, kept)
    found, there = fold_those(plan, made.slice, as_of, known_at, kept=kept)
    expected, those = fold_those(plan, part, as_of, known_at)
    np.testing.assert_array_equal(found.customers, expected.customers)
    np.testing.assert_array_equal(there[kept], those)
    assert found.events == expected.events
    assert_equal(found.columns["tag0"], expected.columns["tag0"])
    due, ahead = look_ahead(edges, plan, made.slice, found, there, kept)
    then, later = look_ahead(edges, plan, part, expected, those)
    np.testing.assert_array_equal(due, then)
    assert ahead == later


def test_a_sum_of_who_is_not_meant_may_leave_int64() -> None:
    amounts = [(1, 5), (2, 9e14), (2, 9e14)]
    events = [
        {"name": "order", "time": "2026-11-01T12:00", "customer": customer, "properties": {"amount": amount}}
        for customer, amount in amounts
    ]
    fold = Fold(Measure.SUM, path="amount")
    made = build_timelines(events, needs(tags_of([fold]), build_timelines(events, ()).seen))
    plan, as_of = plan_of([fold], made), instant("2026-11-02")
    folded = fold_stretches(plan, [Stretch(lambda: made.slice, np.array([True, False]))], as_of)
    assert (folded.customers.tolist(), folded.columns["tag0"].values.tolist()) == ([1], [50_000])
    with pytest.raises(DataError, match="leaves the range"):
        fold_stretches(plan, [whole(made.slice)], as_of)
