"""Folds of different customers as one: whatever their order, and however much room was taken for them."""

from __future__ import annotations

import numpy as np
import pytest

from limner.fold.concat import concat
from limner.model.column import Folded, TagColumn, ValueType

WORDS = ("app", "web", "mini")


def fold_of(customers: list[int]) -> Folded:
    """Columns of every layout, told apart by customer: customer n has n % 3 words in its list."""
    numbers = np.array(customers, np.int32)
    lengths = numbers % 3
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    columns = {
        "total": TagColumn(ValueType.DECIMAL, numbers.astype(np.int64) * 100, 4),
        "top": TagColumn(ValueType.TEXT, numbers % 3, 0, WORDS, confidence=(numbers / 8).astype(np.float32)),
        "list": TagColumn(ValueType.TEXTS, np.repeat(numbers, lengths), 0, WORDS, offsets),
        "hours": TagColumn(ValueType.COUNTS, np.repeat(numbers, 24).reshape(-1, 24)),
    }
    return Folded(numbers, columns, 5, 10 * len(customers))


@pytest.mark.parametrize("room", [None, 9, 10, 100])
@pytest.mark.parametrize("parts", [[range(9)], [range(4), range(4, 9)], [[1, 3, 8], [], [0, 2], [4, 5, 6, 7]]])
def test_parts_are_put_together_by_customer(parts: list[list[int]], room: int | None) -> None:
    given = [fold_of(list(part)) for part in parts]
    joined, expected = (
        concat(iter(given), None if room is None else np.arange(room, dtype=np.int32)),
        fold_of(list(range(9))),
    )
    assert joined.customers.tolist() == list(range(9))
    assert (joined.as_of, joined.events) == (5, 90)
    assert list(joined.columns) == list(expected.columns)
    for name, column in expected.columns.items():
        found = joined.columns[name]
        assert (found.type, found.scale, found.dictionary) == (column.type, column.scale, column.dictionary)
        for array in ("values", "offsets", "confidence"):
            left, right = getattr(found, array), getattr(column, array)
            if right is None:
                assert left is None
            else:
                np.testing.assert_array_equal(left, right)
                assert left.dtype == right.dtype
    for part, fold in zip(parts, given):
        assert fold.customers.tolist() == list(part), "what was given stays as it was"


def test_nothing_is_no_fold() -> None:
    with pytest.raises(ValueError, match="no fold"):
        concat([])
