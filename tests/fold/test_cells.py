"""Columns that are replaced row by row, compared with plain lists."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from limner.fold.cells import ListCells
from limner.model.column import TagColumn, ValueType


def column(lists: Sequence[Sequence[int]]) -> TagColumn:
    ends = np.cumsum([0, *map(len, lists)]).astype(np.int64)
    values = np.array([value for each in lists for value in each], np.int64)
    return TagColumn(ValueType.NUMBERS, values, 4, (), ends)


@pytest.mark.parametrize("seed", range(8))
def test_lists_stand_where_they_were_put(seed: int) -> None:
    chance = random.Random(seed)

    def some() -> list[int]:
        return [chance.randrange(1_000) for _ in range(chance.choice((0, 1, 3, 3, 9)))]

    twin = [some() for _ in range(chance.randrange(20))]
    cells = ListCells(column(twin), chance.choice((0, 40)))
    for _ in range(300):
        if len(twin) > 1 and chance.random() < 0.2:  # the last row moves into a gap
            gap = chance.randrange(len(twin) - 1)
            cells.move(len(twin) - 1, gap)
            twin[gap] = twin.pop()
        rows = chance.sample(range(len(twin) + 3), chance.randrange(1, 4))
        rows = [row for row in rows if row < len(twin)] or [len(twin)]
        given = [some() for _ in rows]
        if rows[-1] == len(twin):
            twin.append([])
            if len(twin) > cells.rows:
                cells.enlarge(len(twin) + 5)
        cells.put(np.array(rows), column(given))
        for row, value in zip(rows, given, strict=True):
            twin[row] = value
        assert [cells.stored(row) for row in range(len(twin))] == twin
        if chance.random() < 0.1:
            copied = cells.copy(len(twin))
            cells.put(np.array([0]), column([[1] * len(twin[0])]))
            cells.put(np.array([0]), column([twin[0]]))
            assert [copied.stored(row) for row in range(len(twin))] == twin
            read = copied.read(len(twin))
            assert read.values.tolist() == [value for each in twin for value in each]


def test_a_list_that_grows_no_longer_takes_its_own_place_again() -> None:
    cells = ListCells(column([[1, 2, 3], [4]]))
    for number in range(1_000):
        cells.put(np.array([1, 0]), column([[number], [number] * (number % 4)]))
    assert cells._used == 4
