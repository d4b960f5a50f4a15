"""What is withheld cannot be worked out from what is shown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limner.audiences.withhold import choose_cells, choose_table

SMALLEST = 10
counts = st.one_of(st.integers(0, 15), st.integers(0, 200))


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=8))
def test_the_rest_of_a_total_is_never_small(cells: list[tuple[int, int]]) -> None:
    members, base = (np.array(side, np.int64) for side in zip(*cells, strict=True))
    shown = choose_cells([members, base], SMALLEST, whole=True)
    assert (members[shown] >= SMALLEST).all()
    assert ((base[shown] >= SMALLEST) | (base[shown] == 0)).all()
    if shown.any():
        for side in (members, base):
            rest = side[~shown].sum()
            assert rest == 0 or rest >= SMALLEST


def test_no_more_is_withheld_than_must_be() -> None:
    assert choose_cells([np.array([50, 40, 30])], SMALLEST, whole=True).tolist() == [True, True, True]
    assert choose_cells([np.array([50, 40, 30, 3])], SMALLEST, whole=True).tolist() == [True, True, False, False]
    assert choose_cells([np.array([50, 40, 5, 7])], SMALLEST, whole=True).tolist() == [True, True, False, False]
    assert choose_cells([np.array([50, 40, 3])], SMALLEST, whole=False).tolist() == [True, True, False]
    assert choose_cells([np.array([50, 0])], SMALLEST, whole=True).tolist() == [True, False]
    assert choose_cells([np.array([5, 2])], 0, whole=True).all()


tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(counts, min_size=width, max_size=width), min_size=2, max_size=4)
)


@settings(max_examples=200)
@given(tables)
def test_no_cell_of_a_table_follows_from_its_totals(rows: list[list[int]]) -> None:
    """By linear algebra: given the totals of rows and columns and the shown cells, no hidden one is determined."""
    table = np.array(rows, np.int64)
    shown = choose_table(table, SMALLEST)
    assert ((table[shown] == 0) | (table[shown] >= SMALLEST)).all()
    hidden = np.argwhere(~shown)
    if not len(hidden):
        return
    equations = np.zeros((sum(table.shape), len(hidden)))
    for place, (row, column) in enumerate(hidden.tolist()):
        equations[row, place] = equations[table.shape[0] + column, place] = 1
    rank = np.linalg.matrix_rank(equations)
    for place in range(len(hidden)):
        alone = np.zeros(len(hidden))
        alone[place] = 1
        assert np.linalg.matrix_rank(np.vstack([equations, alone])) > rank, (table, shown)
    for axis in (0, 1):
        left = np.where(shown, 0, table).sum(axis=axis)
        nobody_knows = table.sum(axis=axis) < SMALLEST
        assert ((left == 0) | (left >= SMALLEST) | nobody_knows | (~shown).all()).all()


@pytest.mark.parametrize(
    ("table", "shown"),
    [
        ([[20, 30], [40, 50]], [[1, 1], [1, 1]]),
        ([[3, 30], [40, 50]], [[0, 0], [0, 0]]),
        ([[3, 30, 90], [40, 50, 90], [60, 70, 90]], [[0, 0, 1], [0, 0, 1], [1, 1, 1]]),
        ([[20, 0], [30, 40]], [[1, 1], [1, 1]]),
        ([[200, 300, 150], [100, 120, 90], [1, 2, 0]], [[1, 1, 1], [0, 0, 1], [0, 0, 1]]),
    ],
)
def test_tables_by_hand(table: list[list[int]], shown: list[list[int]]) -> None:
    assert choose_table(np.array(table), SMALLEST).astype(int).tolist() == shown
