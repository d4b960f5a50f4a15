"""Rows with equal values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from limner.collect.enrichment.groups import group_rows


def spread(rows: list[tuple[bytes, bytes]]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """Two values a row, as bytes and spans; an empty one is absent."""
    data, spans = bytearray(b"-"), np.zeros((2, len(rows), 2), np.int32)
    for row, values in enumerate(rows):
        for member, value in enumerate(values):
            if value:
                spans[member, row] = len(data), len(data) + len(value)
                data += value
    return np.frombuffer(bytes(data), np.uint8), spans


VALUES = st.text("ab", max_size=10).map(str.encode)


@given(st.lists(st.tuples(VALUES, VALUES)))
def test_rows_of_a_group_have_equal_values(rows: list[tuple[bytes, bytes]]) -> None:
    numbers, examples = group_rows(*spread(rows))
    assert [number >= 0 for number in numbers] == [any(row) for row in rows]
    assert all(rows[examples[number]] == row for number, row in zip(numbers, rows) if number >= 0)


def test_equal_rows_meet_in_one_group() -> None:
    rows = [(b"a" * (row % 3), b"b" * (row % 5)) for row in range(1_000)]
    numbers, examples = group_rows(*spread(rows))
    assert len(examples) == len(set(numbers[numbers >= 0])) == 14
