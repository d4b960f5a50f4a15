"""Columns as they were folded, read as they are; what replaces rows has rows of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
from tests.fold.test_copying import change, fold, values

from limner.fold.standing import Standing
from limner.model.column import Folded


def arrays_of(folded: Folded) -> Iterator[np.ndarray]:
    yield folded.customers
    for column in folded.columns.values():
        yield from (each for each in (column.values, column.offsets, column.confidence) if each is not None)


@pytest.mark.parametrize("seed", range(10))
def test_whoever_reads_whole_columns_needs_no_rows_of_their_own(seed: int) -> None:
    chance = random.Random(seed)
    folded = fold(sorted(chance.sample(range(60), 20)), chance, 5, words=5)
    for array in arrays_of(folded):
        array.flags.writeable = False  # they may be a mapped file's
    standing, alike = (Standing(folded, np.zeros(20, np.int64)) for _ in range(2))
    assert all(standing.folded.columns[name] is column for name, column in folded.columns.items())
    before = values(standing.folded)
    standing.make_ready()
    assert values(standing.folded) == before == values(folded)
    for as_of in range(6, 12):
        state = chance.getstate()
        change(standing, chance, as_of)
        chance.setstate(state)
        change(alike, chance, as_of)
        assert values(standing.folded) == values(alike.folded)
    assert values(folded) == before


def test_when_the_first_is_due_is_told_however_it_is_kept() -> None:
    folded, never = fold([1, 2, 3], random.Random(1), 5, words=5), np.iinfo(np.int64).max
    assert Standing(folded, np.array([7, 3, 9])).first_due == 3
    assert Standing(folded, np.broadcast_to(np.int64(never), 3)).first_due == never
    assert Standing(folded, np.zeros(0, np.int64)).first_due == never
