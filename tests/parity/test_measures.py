"""The fold against its slow twin: any life, any fold, any instant, exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.parity import stories
from tests.parity.timelines import Timelines, build_timelines
from tests.parity.twin import Twin

from limner.fold.fold import fold
from limner.fold.plan import Plan, build_plan, needs
from limner.fold.population import Population
from limner.fold.properties import kinds_seen
from limner.fold.trust import Learned, Trust
from limner.model.clock import local_day
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType
from limner.model.fold import Fold, Measure
from limner.model.reliability import Reliabilities, Trusted
from limner.model.tag import Layer, Tag

CUSTOMERS = (1, 2, 3)
EXAMPLES = 60


def read_value(column: TagColumn, i: int, as_of: int, zone: str) -> Any:
    """What a reader sees of customer i: the twin's terms."""
    if column.offsets is not None:
        part = column.values[column.offsets[i] : column.offsets[i + 1]]
        return [_read(column, value, as_of, zone) for value in part] or None
    if column.type is ValueType.COUNTS:
        return column.values[i].tolist() if column.values[i].any() else None
    value = _read(column, column.values[i], as_of, zone)
    if column.confidence is None:
        return value
    confidence = float(column.confidence[i])
    return value, None if math.isnan(confidence) else confidence


def _read(column: TagColumn, value: Any, as_of: int, zone: str) -> Any:
    if column.type is ValueType.FLOAT:
        return None if np.isnan(value) else float(value)
    if column.type in (ValueType.TEXT, ValueType.TEXTS):
        return None if value == NULL_CODE else column.dictionary[value]
    if column.type is ValueType.BOOL:
        return bool(value)
    if value == NULL_NUMBER:
        return None
    if column.since_last:
        return local_day(as_of, zone) - int(value)
    return Decimal(int(value)).scaleb(-column.scale) if column.scale else int(value)


def tags_of(folds: Sequence[Fold]) -> list[Tag]:
    return [Tag(f"tag{i}", Layer.FACT, item) for i, item in enumerate(folds)]


def plan_for(folds: Sequence[Fold], events: Sequence[Mapping[str, Any]], zone: str) -> tuple[Plan, Timelines]:
    tags = tags_of(folds)
    wanted = needs(tags, build_timelines(events, (), zone).seen)
    made = build_timelines(events, wanted, zone, CUSTOMERS)
    return build_plan(tags, made.vocabulary, made.seen), made


def assert_same(found: Any, expected: Any) -> None:
    if isinstance(expected, tuple):
        assert found[0] == expected[0]
        assert found[1] == pytest.approx(expected[1], rel=1e-6) if expected[1] is not None else found[1] is None
    else:
        assert found == expected


def assert_twin(folded: Folded, folds: Sequence[Fold], made: Timelines, twin: Twin) -> None:
    for i, customer in enumerate(CUSTOMERS):
        own = [event for event in made.events if event["customer"] == customer]
        for name, item in zip(folded.columns, folds):
            found = read_value(folded.columns[name], i, twin.as_of, twin.zone)
            assert_same(found, twin.fold(item, own))


@pytest.mark.parametrize("measure", list(Measure))
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_a_measure_equals_its_twin(measure: Measure, data: st.DataObject) -> None:
    names = stories.TOLD if measure is Measure.TRAIT else stories.LIVED
    zone, events, as_of, known_at = data.draw(stories.lives(names=names))
    folds = data.draw(st.lists(stories.folds(measure), min_size=1, max_size=3))
    plan, made = plan_for(folds, events, zone)
    folded = fold(plan, made.slice, as_of, known_at)
    assert_twin(folded, folds, made, Twin(as_of, zone, kinds_seen(made.seen), known_at))


@settings(max_examples=EXAMPLES)
@given(data=st.data(), web=st.floats(0.1, 0.9), wrong=st.integers(1, 40))
def test_traits_by_sources_that_are_believed_more_or_less(data: st.DataObject, web: float, wrong: int) -> None:
    """Some of them by what was learned, the others by what is configured."""
    zone, events, as_of, known_at = data.draw(stories.lives(names=stories.TOLD))
    folds = data.draw(st.lists(stories.folds(Measure.TRAIT), min_size=1, max_size=3))
    plan, made = plan_for(folds, events, zone)
    trust = {key: Trust(wrong, {"web": Learned(web, 9, None)}) for key in plan.keys.values()}
    known = Population(as_of, trust=trust, priors=Reliabilities({"crm": Trusted(0.6)}))
    folded = fold(plan, made.slice, as_of, known_at, known)
    twin = Twin(as_of, zone, kinds_seen(made.seen), known_at, reliability={"web": web, "crm": 0.6}, wrong=wrong)
    assert_twin(folded, folds, made, twin)
