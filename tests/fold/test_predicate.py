"""Conditions over columns of every type: literals are exact, null is false, lists have elements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.parity.timelines import instant

from limner.errors import DefinitionError
from limner.fold.predicate import count, evaluate
from limner.fold.properties import fold_key
from limner.fold.scan import BLOCK
from limner.model.column import NULL_CODE, NULL_NUMBER, TagColumn, ValueType
from limner.model.condition import All, AnyOf, Did, Not, TagTest
from limner.model.fold import Fold, Measure, Op, Span
from limner.model.parse import parse_condition

ZONE = "Asia/Shanghai"
AS_OF = instant("2026-11-10T12:00")
TODAY = 20_767
COLUMNS = {
    "spend": TagColumn(ValueType.DECIMAL, np.array([5, 50, NULL_NUMBER, -1]), scale=1),
    "ratio": TagColumn(ValueType.FLOAT, np.array([0.1, 0.5, np.nan, -2.0])),
    "city": TagColumn(ValueType.TEXT, np.array([0, 1, NULL_CODE, 2], np.int32), dictionary=("Suzhou", "Wuxi", "苏州")),
    "vip": TagColumn(ValueType.BOOL, np.array([1, 0, -1, 0], np.int8)),
    "seen": TagColumn(
        ValueType.TIME,
        np.array([instant("2026-11-10"), instant("2026-11-03T23:59"), NULL_NUMBER, instant("2026-12-01")]),
    ),
    "idle": TagColumn(ValueType.INTEGER, np.array([TODAY, TODAY - 30, NULL_NUMBER, TODAY - 31]), since_last=True),
    "born": TagColumn(
        ValueType.TEXT,
        np.array([0, 1, NULL_CODE, 2], np.int32),
        dictionary=("1990-11-10", "2000-02-29", "someday"),
    ),
    "skus": TagColumn(
        ValueType.TEXTS, np.array([0, 1, 1], np.int32), dictionary=("a", "b"), offsets=np.array([0, 2, 3, 3, 3])
    ),
    "sizes": TagColumn(ValueType.NUMBERS, np.array([15, 20, 30]), scale=1, offsets=np.array([0, 1, 1, 3, 3])),
    "hours": TagColumn(ValueType.COUNTS, np.array([[0] * 24, [1] * 24, [0] * 24, [2] * 24], np.int32)),
}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"spend": {"gt": 0.5}}, [0, 1, 0, 0]),
        ({"spend": {"gte": 0.5}}, [1, 1, 0, 0]),
        ({"spend": {"gt": 0.45}}, [1, 1, 0, 0]),
        ({"spend": {"lt": 0.51}}, [1, 0, 0, 1]),
        ({"spend": {"ne": 5}}, [1, 0, 0, 1]),
        ({"spend": {"not_in": [0.5, 5]}}, [0, 0, 0, 1]),
        ({"spend": {"in": [0.5, 0.51, 5]}}, [1, 1, 0, 0]),
        ({"spend": {"between": [0.5, 5]}}, [1, 1, 0, 0]),
        ({"spend": {"is_null": True}}, [0, 0, 1, 0]),
        ({"spend": "many"}, [0, 0, 0, 0]),
        ({"spend": {"ne": "many"}}, [1, 1, 0, 1]),
        ({"ratio": 0.1}, [1, 0, 0, 0]),
        ({"ratio": {"ne": 0.1}}, [0, 1, 0, 1]),
        ({"ratio": {"lt": 0.1}}, [0, 0, 0, 1]),
        ({"ratio": {"is_null": True}}, [0, 0, 1, 0]),
        ({"ratio": {"is_null": False}}, [1, 1, 0, 1]),
        ({"city": "苏州"}, [0, 0, 0, 1]),
        ({"city": {"ne": "苏州"}}, [1, 1, 0, 0]),
        ({"city": {"in": ["Suzhou", "苏州", "Nowhere"]}}, [1, 0, 0, 1]),
        ({"city": {"contains": "u"}}, [1, 1, 0, 0]),
        ({"city": {"starts_with": "W"}}, [0, 1, 0, 0]),
        ({"city": {"is_null": True}}, [0, 0, 1, 0]),
        ({"vip": True}, [1, 0, 0, 0]),
        ({"vip": {"ne": True}}, [0, 1, 0, 1]),
        ({"vip": {"is_null": False}}, [1, 1, 0, 1]),
        ({"seen": "2026-11-10"}, [1, 0, 0, 0]),
        ({"seen": {"lt": "2026-11-10"}}, [0, 1, 0, 0]),
        ({"seen": {"within_last": "7d"}}, [1, 0, 0, 0]),
        ({"seen": {"within_last": "8d"}}, [1, 1, 0, 0]),
        ({"seen": {"within_next": "21d"}}, [0, 0, 0, 0]),
        ({"seen": {"within_next": "22d"}}, [0, 0, 0, 1]),
        ({"idle": {"lte": 30}}, [1, 1, 0, 0]),
        ({"idle": {"gt": 30}}, [0, 0, 0, 1]),
        ({"idle": 0}, [1, 0, 0, 0]),
        ({"idle": {"is_null": True}}, [0, 0, 1, 0]),
        ({"born": {"anniversary_within": "1d"}}, [1, 0, 0, 0]),
        ({"born": {"gte": "1995-01-01"}}, [0, 1, 0, 0]),
        ({"skus": "b"}, [1, 1, 0, 0]),
        ({"skus": {"ne": "a"}}, [0, 1, 0, 0]),
        ({"skus": {"is_null": True}}, [0, 0, 1, 1]),
        ({"sizes": {"gte": 2}}, [0, 0, 1, 0]),
        ({"sizes": {"not_in": [1.5]}}, [0, 0, 1, 0]),
        ({"hours": {"is_null": True}}, [1, 0, 1, 0]),
        ({"all": []}, [1, 1, 1, 1]),
        ({"not": {"spend": {"gt": 0}}}, [0, 0, 1, 1]),
        ({"any": [{"vip": True}, {"all": [{"city": "Wuxi"}, {"spend": {"gt": 1}}]}]}, [1, 1, 0, 0]),
    ],
)
def test_conditions(condition: dict[str, Any], expected: list[int]) -> None:
    parsed = parse_condition(condition)
    assert evaluate(parsed, COLUMNS, AS_OF, ZONE).astype(int).tolist() == expected
    assert count(parsed, COLUMNS, AS_OF, ZONE) == sum(expected)


def test_no_condition_of_any_holds_for_nobody() -> None:
    assert evaluate(AnyOf(()), COLUMNS, AS_OF, ZONE).sum() == 0


def test_leap_days_are_kept_on_the_28th() -> None:
    condition = parse_condition({"born": {"anniversary_within": "1d"}})
    held = [evaluate(condition, COLUMNS, instant(day), ZONE)[1] for day in ("2027-02-28", "2028-02-28", "2028-02-29")]
    assert held == [True, False, True]


def test_true_is_not_one_to_a_text() -> None:
    column = TagColumn(ValueType.TEXT, np.array([0, 1], np.int32), dictionary=("true", "1"))
    assert evaluate(TagTest("x", Op.EQ, True), {"x": column}, AS_OF, ZONE).tolist() == [True, False]
    assert evaluate(TagTest("x", Op.EQ, 1), {"x": column}, AS_OF, ZONE).tolist() == [False, True]


def test_behaviour_is_read_from_hidden_columns() -> None:
    fold = Fold(Measure.COUNT)
    hidden = {fold_key(fold): TagColumn(ValueType.INTEGER, np.array([0, 3]))}
    assert evaluate(Did(fold, Op.GTE, 1), {}, AS_OF, ZONE, hidden).tolist() == [False, True]


def test_unknown_tags_are_refused_with_a_hint() -> None:
    with pytest.raises(DefinitionError, match=r"no tag 'spent'.*Did you mean spend"):
        count(TagTest("spent", Op.EQ, 1), COLUMNS, AS_OF, ZONE)


def test_counts_cannot_be_compared() -> None:
    with pytest.raises(DefinitionError, match="Only is_null"):
        count(TagTest("hours", Op.GT, 1), COLUMNS, AS_OF, ZONE)


def test_many_customers_are_counted_by_threads_as_by_one() -> None:
    random = np.random.default_rng(1)
    size = 20 * BLOCK + 77
    columns = {
        "amount": TagColumn(ValueType.DECIMAL, random.integers(0, 100_000, size), scale=2),
        "word": TagColumn(
            ValueType.TEXT, random.integers(-1, 50, size).astype(np.int32), dictionary=tuple(f"w{i}" for i in range(50))
        ),
        "ratio": TagColumn(ValueType.FLOAT, random.random(size)),
    }
    odd = tuple(f"w{i}" for i in range(1, 50, 2))
    condition = All((TagTest("amount", Op.GTE, 250), TagTest("word", Op.IN, odd), Not(TagTest("ratio", Op.LT, 0.25))))
    amount, word, ratio = (columns[name].values for name in columns)
    expected = int(((amount >= 25_000) & (word % 2 == 1) & (word > 0) & (ratio >= 0.25)).sum())
    assert [count(condition, columns, AS_OF, ZONE, threads=threads) for threads in (1, 2, 3)] == [expected] * 3


def test_within_next_of_hours() -> None:
    soon = TagColumn(ValueType.TIME, np.array([AS_OF - 1, AS_OF, AS_OF + 2 * 3_600_000_000]))
    held = evaluate(TagTest("due", Op.WITHIN_NEXT, Span(2, "h")), {"due": soon}, AS_OF, ZONE)
    assert held.tolist() == [False, True, False]
