"""Rows put in order and picked by kernels, compared with numpy's own sort and indexing."""

from __future__ import annotations

import numpy as np
import pytest

from limner.timeline.arrange import arrange, pick
from limner.timeline.gather import find_ties


@pytest.mark.parametrize("seed", range(40))
def test_rows_are_in_the_order_of_a_stable_sort(seed: int) -> None:
    chance = np.random.default_rng(seed)
    size, instants = int(chance.integers(400)), int(chance.choice([3, 50, 10**6]))
    customers = np.unique(chance.integers(1 + size // int(chance.choice([1, 20, 200])), size=50)).astype(np.int32)
    customer = chance.choice(customers, size).astype(np.int32)
    time, piece = chance.integers(instants, size=size), chance.integers(3, size=size)
    if seed % 2:  # nearly in order, as timelines are
        time = np.sort(time)
        time[chance.integers(max(size, 1), size=min(size, 3))] = 0
    order, offsets, tied = arrange(customers, customer, time, piece)
    expected = np.lexsort((time, customer))
    assert order.tolist() == expected.tolist()
    assert np.diff(offsets).tolist() == [int(np.count_nonzero(customer == one)) for one in customers]
    assert tied == bool(len(find_ties(customer[expected], time[expected], piece[expected])))


@pytest.mark.parametrize("kinds", [("i8",), ("i8", "i8", "i8"), ("i2", "i2"), ("i1", "i1"), ("i4", "i8"), ("f8", "f8")])
def test_values_are_picked_from_where_they_are(kinds: tuple[str, ...]) -> None:
    chance = np.random.default_rng(len(kinds))
    arrays = [chance.integers(100, size=50 + place).astype(kind) for place, kind in enumerate(kinds)]
    arrays[0].flags.writeable = False  # as mapped files are
    parts, rows = chance.integers(len(arrays), size=300), chance.integers(50, size=300)
    picked = pick(arrays, parts, rows)
    assert picked.tolist() == [arrays[part][row] for part, row in zip(parts, rows, strict=True)]
    assert picked.dtype == np.result_type(*arrays)
    strided = [np.repeat(array, 2)[::2] for array in arrays]
    assert pick(strided, parts, rows).tolist() == picked.tolist()
