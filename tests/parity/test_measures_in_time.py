"""Folding the past equals folding a timeline that ends there; blocks and threads change no bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.parity import stories
from tests.parity.test_measures import plan_for, read_value
from tests.parity.timelines import build_timelines

from limner.fold import runs
from limner.fold.concat import concat
from limner.fold.fold import fold
from limner.model.column import Folded
from limner.model.fold import Fold, Measure
from limner.model.timeline import Slice

MIXED = st.lists(st.sampled_from(list(Measure)).flatmap(stories.folds), min_size=3, max_size=8)


def values_of(folded: Folded, zone: str) -> dict[str, list[Any]]:
    return {
        name: [read_value(column, i, folded.as_of, zone) for i in range(len(folded.customers))]
        for name, column in folded.columns.items()
    }


@settings(max_examples=60)
@given(life=stories.lives(), folds=MIXED)
def test_the_past_is_what_it_was_then(life: Any, folds: list[Fold]) -> None:
    """What came later, or was received later, makes no difference."""
    zone, events, as_of, known_at = life
    plan, made = plan_for(folds, events, zone)
    known = [e for e in events if e["time"] <= as_of and (known_at is None or e["received_at"] <= known_at)]
    cut = build_timelines(known, made.vocabulary.columns, zone, [1, 2, 3])
    then = plan_for_cut(folds, cut.vocabulary, made)
    assert values_of(fold(plan, made.slice, as_of, known_at), zone) == values_of(fold(then, cut.slice, as_of), zone)


def plan_for_cut(folds: list[Fold], vocabulary: Any, made: Any) -> Any:
    from tests.parity.test_measures import tags_of

    from limner.fold.plan import build_plan

    return build_plan(tags_of(folds), vocabulary, made.seen)


@pytest.fixture
def crowd() -> list[dict[str, Any]]:
    random = np.random.default_rng(3)
    return [
        {
            "name": str(random.choice(stories.NAMES)),
            "time": 1_790_000_000_000_000 + int(random.integers(0, 40 * 24 * stories.HOUR)),
            "customer": int(random.pareto(1.0) * 3),
            "properties": {
                "amount": float(random.integers(-50, 500)) / 4,
                "channel": str(random.choice(stories.WORDS)),
            },
            "traits": {"city": str(random.choice(("Suzhou", "Wuxi")))},
        }
        for _ in range(2_000)
    ]


EVERYTHING = [
    Fold(Measure.COUNT),
    Fold(Measure.SUM, path="amount"),
    Fold(Measure.MEDIAN, path="amount"),
    Fold(Measure.TOP, path="channel", weight="amount"),
    Fold(Measure.LIST, path="channel"),
    Fold(Measure.LIST, path="amount", limit=3),
    Fold(Measure.TRAIT, path="traits.city", resolve="trusted"),
    Fold(Measure.HOURS),
    Fold(Measure.MAX, path="channel"),
]


def assert_equal_bits(left: Folded, right: Folded) -> None:
    assert np.array_equal(left.customers, right.customers)
    for name, column in left.columns.items():
        other = right.columns[name]
        for part in ("values", "offsets", "confidence"):
            mine, theirs = getattr(column, part), getattr(other, part)
            assert (mine is None) == (theirs is None)
            assert mine is None or mine.tobytes() == theirs.tobytes(), (name, part)


def test_blocks_and_threads_change_no_bit(crowd: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    plan, made = plan_for(EVERYTHING, crowd, "Asia/Shanghai")
    as_of = 1_790_000_000_000_000 + 30 * 24 * stories.HOUR
    whole = fold(plan, made.slice, as_of)
    monkeypatch.setattr(runs, "BLOCK_ROWS", 64)
    assert len(runs.blocks_of(made.slice.offsets)) > 10
    assert_equal_bits(whole, fold(plan, made.slice, as_of, threads=1))
    assert_equal_bits(whole, fold(plan, made.slice, as_of, threads=2))
    monkeypatch.setattr(runs, "BATCH_ROWS", 64)
    monkeypatch.setattr(runs, "BATCH_CUSTOMERS", 3)
    assert_equal_bits(whole, fold(plan, made.slice, as_of))


def test_folds_of_parts_are_joined_in_order_of_customers(crowd: list[dict[str, Any]]) -> None:
    plan, made = plan_for(EVERYTHING, crowd, "Asia/Shanghai")
    as_of = 1_790_000_000_000_000 + 30 * 24 * stories.HOUR
    odd, even = (cut_customers(made.slice, made.slice.customers % 2 == rest) for rest in (1, 0))
    assert_equal_bits(fold(plan, made.slice, as_of), concat([fold(plan, odd, as_of), fold(plan, even, as_of)]))


def cut_customers(slice: Slice, chosen: Any) -> Slice:
    lengths = np.diff(slice.offsets)
    rows = np.repeat(chosen, lengths)
    offsets = np.concatenate([[0], np.cumsum(lengths[chosen])])
    return Slice(slice.customers[chosen], offsets, {name: column[rows] for name, column in slice.columns.items()})
