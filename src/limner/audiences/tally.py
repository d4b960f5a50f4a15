"""Counting members per cell of a tag: one pass over a column for audience and base at once.

A row's group is ``AUDIENCE | BASE``: which of the two its customer is in. Cell 0 is null. Counts are kept as
``[lane, cell * 4 + group]``: neighbouring rows count in different lanes, since a processor that adds to one address
again and again waits for itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from limner.compiled import kernel

AUDIENCE, BASE = 1, 2
LANES = 4
BLOCK = 2048
"""Rows whose cells are worked out at once: they stay in the first-level cache."""
EDGES = 12
"""Ranges are compared with so many edges at once."""

Counts = npt.NDArray[np.int64]
Groups = npt.NDArray[np.uint8]


@kernel
def tally_codes(codes: npt.NDArray[Any], groups: Groups, counts: Counts) -> None:
    """Cell = code + 1, null (-1) so is cell 0. Codes beyond the cells fall into the last one."""
    last = np.uint32(counts.shape[1] // 4 - 1)
    cells = np.empty(BLOCK, np.uint32)
    for start in range(0, len(codes), BLOCK):
        rows = min(BLOCK, len(codes) - start)
        block, group = codes[start : start + rows], groups[start : start + rows]
        for i in range(rows):
            cells[i] = min(np.uint32(block[i] + np.int32(1)), last) * np.uint32(4) + np.uint32(group[i])
        _add_cells(cells[:rows], counts)


@kernel
def tally_ranges(values: npt.NDArray[Any], edges: npt.NDArray[Any], groups: Groups, counts: Counts) -> None:
    """Cell = how many of the ascending edges are <= the value; their number is a multiple of EDGES.

    Null is below the first edge, NaN above none. Twelve edges at once make one vectorised pass over a block: reading
    it again for each edge takes twice as long.
    """
    cells = np.empty(BLOCK, np.int64)
    for start in range(0, len(values), BLOCK):
        rows = min(BLOCK, len(values) - start)
        block, group, cell = values[start : start + rows], groups[start : start + rows], cells[:rows]
        for i in range(rows):
            cell[i] = np.int64(group[i])
        for e in range(0, len(edges), EDGES):
            e0, e1, e2, e3, e4, e5 = edges[e], edges[e + 1], edges[e + 2], edges[e + 3], edges[e + 4], edges[e + 5]
            e6, e7, e8, e9, e10, e11 = (
                edges[e + 6],
                edges[e + 7],
                edges[e + 8],
                edges[e + 9],
                edges[e + 10],
                edges[e + 11],
            )
            for i in range(rows):
                v = block[i]
                below = np.int64(v >= e0) + np.int64(v >= e1) + np.int64(v >= e2) + np.int64(v >= e3)
                below += np.int64(v >= e4) + np.int64(v >= e5) + np.int64(v >= e6) + np.int64(v >= e7)
                below += np.int64(v >= e8) + np.int64(v >= e9) + np.int64(v >= e10) + np.int64(v >= e11)
                cell[i] += below * 4
        _add_cells(cell, counts)


@kernel
def _add_cells(cells: npt.NDArray[Any], counts: Counts) -> None:
    whole = len(cells) // 4 * 4
    for i in range(0, whole, 4):
        counts[0, np.uint32(cells[i])] += 1
        counts[1, np.uint32(cells[i + 1])] += 1
        counts[2, np.uint32(cells[i + 2])] += 1
        counts[3, np.uint32(cells[i + 3])] += 1
    for i in range(whole, len(cells)):
        counts[0, np.uint32(cells[i])] += 1


@kernel
def tally_lists(offsets: npt.NDArray[np.int64], codes: npt.NDArray[Any], groups: Groups, counts: Counts) -> None:
    """A customer counts once in the cell of each of its (distinct) codes; one with none in cell 0."""
    last = counts.shape[1] // 4 - 1
    for row in range(len(groups)):
        group = np.int64(groups[row])
        if offsets[row] == offsets[row + 1]:
            counts[0, group] += 1
        for i in range(offsets[row], offsets[row + 1]):
            counts[0, max(min(np.int64(codes[i]) + 1, last), 0) * 4 + group] += 1


@kernel
def tally_matrix(matrix: npt.NDArray[np.int32], groups: Groups, counts: Counts) -> None:
    """A customer counts in the cell of each column it has events in; one without any in cell 0."""
    for row in range(len(groups)):
        group = np.int64(groups[row])
        found = 0
        for column in range(matrix.shape[1]):
            if matrix[row, column] > 0:
                found += 1
                counts[0, (column + 1) * 4 + group] += 1
        if found == 0:
            counts[0, group] += 1
