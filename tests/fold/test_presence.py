"""Who is there, against a plain loop; and what is left of a fold without those who are not."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from limner.fold.presence import count_events, drop_absent
from limner.model.column import Folded, TagColumn, ValueType
from limner.model.timeline import Slice

INSTANTS = st.integers(0, 6)
Lives = list[list[tuple[int, int]]]


def make_slice(lives: Lives) -> Slice:
    rows = [row for life in lives for row in sorted(life)]
    offsets = np.cumsum([0, *map(len, lives)])
    columns = {
        name: np.array([row[place] for row in rows], np.int64) for place, name in enumerate(("time", "received_at"))
    }
    return Slice(np.arange(len(lives), dtype=np.int32), offsets, columns)


@given(
    lives=st.lists(st.lists(st.tuples(INSTANTS, INSTANTS), min_size=1, max_size=4), max_size=5),
    as_of=INSTANTS,
    known_at=st.none() | INSTANTS,
)
def test_only_what_had_happened_and_was_known_counts(lives: Lives, as_of: int, known_at: int | None) -> None:
    expected = [sum(t <= as_of and (known_at is None or r <= known_at) for t, r in life) for life in lives]
    assert count_events(make_slice(lives), as_of, known_at).tolist() == expected


def test_those_without_events_leave_every_kind_of_column() -> None:
    columns = {
        "n": TagColumn(ValueType.INTEGER, np.array([5, 6, 7])),
        "listed": TagColumn(ValueType.NUMBERS, np.array([1, 2, 3]), offsets=np.array([0, 2, 2, 3])),
        "sure": TagColumn(
            ValueType.TEXT, np.array([0, 1, 0], np.int32), confidence=np.array([0.1, 0.2, 0.3], np.float32)
        ),
        "hours": TagColumn(ValueType.COUNTS, np.arange(6, dtype=np.int32).reshape(3, 2)),
    }
    kept = drop_absent(Folded(np.array([3, 4, 9], np.int32), columns, 0, 99), np.array([2, 0, 1]))
    assert kept.customers.tolist() == [3, 9]
    assert kept.events == 3
    assert kept.columns["n"].values.tolist() == [5, 7]
    assert kept.columns["listed"].values.tolist() == [1, 2, 3]
    assert kept.columns["listed"].offsets is not None
    assert kept.columns["listed"].offsets.tolist() == [0, 2, 3]
    assert kept.columns["sure"].confidence is not None
    assert kept.columns["sure"].confidence.tolist() == [np.float32(0.1), np.float32(0.3)]
    assert kept.columns["hours"].values.tolist() == [[0, 1], [4, 5]]
