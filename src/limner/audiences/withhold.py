"""Which cells may be shown: small ones point at persons, and so do those that can be worked out from the rest.

Whoever sees all cells of a total but one knows that one. So whatever is withheld of a total is withheld together with
enough others that it cannot be told apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def choose_cells(sides: Sequence[Counts], smallest: int, *, whole: bool) -> Mask:
    """The cells that may be shown, of one row of cells counted on several sides (audience, base).

    Shown are those with ``smallest`` on the first side, and no fewer on the others unless none. ``whole``: the cells
    add up to a total that is known; what is withheld of it then comes to ``smallest`` or to nothing on every side.
    """
    first = sides[0]
    shown = first >= smallest
    for side in sides[1:]:
        shown &= (side == 0) | (side >= smallest)
    while whole and shown.any() and any(0 < side[~shown].sum() < smallest for side in sides):
        candidates = np.flatnonzero(shown)
        shown[candidates[np.argmin(first[candidates])]] = False
    return shown


def choose_table(table: Counts, smallest: int) -> Mask:
    """The same of a table whose rows and columns both have known totals.

    A withheld cell is known if it alone links its row and column: the withheld cells are the edges of a graph between
    rows and columns, and exactly its bridges follow from the totals (every other one lies on a circle, around which
    something can be added and taken away). So there is none left, and what is withheld of a line is no small number;
    but for lines that are small as a whole: their total is withheld, too (`choose_cells`).
    """
    shown = table >= smallest
    shown |= table == 0  # an empty cell is nobody's
    while (line := _find_weak(table, shown, smallest)) is not None:
        rows, columns = line
        open_cells = shown[rows, columns]
        cells = np.stack(np.broadcast_arrays(rows, columns), axis=-1)[open_cells]
        if not len(cells):
            return np.zeros(table.shape, np.bool_)  # nothing is left to hide it behind
        values = table[cells[:, 0], cells[:, 1]].astype(float)
        values[values == 0] = np.inf  # an empty cell hides nothing, but is better than none
        gaps = np.any(~shown, axis=1, keepdims=True) & np.any(~shown, axis=0)
        linked = gaps[cells[:, 0], cells[:, 1]]  # both its lines hide something; else the other is weak next
        row, column = cells[np.lexsort((values, ~linked))[0]]
        shown[row, column] = False
    return shown


def _find_weak(table: Counts, shown: Mask, smallest: int) -> tuple[Counts, Counts] | None:
    """The cells of a line in which more has to be withheld; None = all is well."""
    rows, columns = table.shape
    hidden = np.where(shown, 0, table)
    for row in range(rows):
        if 0 < hidden[row].sum() < smallest <= table[row].sum() or ((~shown[row]).sum() == 1):
            return np.full(columns, row), np.arange(columns)
    for column in range(columns):
        if 0 < hidden[:, column].sum() < smallest <= table[:, column].sum() or ((~shown[:, column]).sum() == 1):
            return np.arange(rows), np.full(rows, column)
    for row, column in find_bridges(~shown):
        return (
            np.concatenate([np.full(columns, row), np.arange(rows)]),
            np.concatenate([np.arange(columns), np.full(rows, column)]),
        )
    return None


def find_bridges(hidden: Mask) -> list[tuple[int, int]]:
    """Hidden cells that follow from the totals of rows and columns and the other cells. Each is taken out of the graph
    in turn: do its ends still meet? Tables are small."""
    found = []
    for row, column in np.argwhere(hidden).tolist():
        rest = hidden.copy()
        rest[row, column] = False
        if not _meet(rest, row, column):
            found.append((row, column))
    return found


def _meet(edges: Mask, row: int, column: int) -> bool:
    rows = np.zeros(edges.shape[0], np.bool_)
    rows[row] = True
    while True:
        columns: Mask = np.asarray(edges[rows].any(axis=0))
        if columns[column]:
            return True
        wider = rows | edges[:, columns].any(axis=1)
        if (wider == rows).all():
            return False
        rows = wider
