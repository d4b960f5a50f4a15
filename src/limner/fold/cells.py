"""One tag's values, row by row replaceable: arrays with spare room behind a `TagColumn`."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.model.column import TagColumn, ValueType

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]


class Cells:
    """Of a tag with one value (or one row of counts) per customer."""

    def __init__(self, column: TagColumn, rows: int = 0) -> None:
        """``rows``: for how many there is to be room."""
        self.kind = replace(column, values=column.values[:0], confidence=None)
        """Everything about the column but its values."""
        self._values: Array = enlarge(column.values, rows)
        self._confidence: Array | None = None if column.confidence is None else enlarge(column.confidence, rows)
        self._true = int(np.count_nonzero(column.values == 1)) if column.type is ValueType.BOOL else 0

    @property
    def rows(self) -> int:
        """For how many there is room."""
        return len(self._values)

    def count_true(self) -> int:
        """Of how many a truth is true, kept while rows are replaced: nobody looks at all of them for it."""
        return self._true

    def differs(self, rows: Rows, column: TagColumn) -> Mask:
        """In which of these rows the column's values, one for each, are others."""
        mine, theirs = self._values[rows], column.values
        other: Array = np.asarray(mine != theirs)
        if mine.dtype.kind == "f":
            other &= ~(np.isnan(mine) & np.isnan(theirs))
        return np.asarray(other if other.ndim == 1 else other.any(axis=1))

    def put(self, rows: Rows, column: TagColumn) -> None:
        if self.kind.type is ValueType.BOOL:
            self._true += int(np.count_nonzero(column.values == 1) - np.count_nonzero(self._values[rows] == 1))
        self._values[rows] = column.values
        if self._confidence is not None and column.confidence is not None:
            self._confidence[rows] = column.confidence

    def move(self, source: int, target: int) -> None:
        """The last row into the place of another."""
        if self.kind.type is ValueType.BOOL:
            self._true += int(self._values[source] == 1) - int(self._values[target] == 1)
        self._values[target] = self._values[source]
        if self._confidence is not None:
            self._confidence[target] = self._confidence[source]

    def clear(self, row: int) -> None:
        """Nobody has the last row any more."""
        if self.kind.type is ValueType.BOOL:
            self._true -= int(self._values[row] == 1)
        self._values[row] = 0

    def enlarge(self, rows: int) -> None:
        self._values = enlarge(self._values, rows)
        if self._confidence is not None:
            self._confidence = enlarge(self._confidence, rows)

    def read(self, size: int) -> TagColumn:
        """The first ``size`` rows, as they stand and as they will be replaced."""
        confidence = None if self._confidence is None else self._confidence[:size]
        return replace(self.kind, values=self._values[:size], confidence=confidence)

    def copy(self, size: int) -> Cells:
        """Of the first ``size`` rows."""
        return Cells(self.read(size))

    def stored(self, row: int) -> Any:
        """What is in a row, as a plain value or list."""
        return self._values[row].tolist()

    def getter(self) -> Callable[[int], Any]:
        """The same quickly, as long as there is no more room."""
        return self._values.item if self._values.ndim == 1 else self.stored

    @property
    def values(self) -> Array:
        """All rows, also those there is only room for, as long as there is no more."""
        return self._values

    @property
    def has_confidence(self) -> bool:
        return self._confidence is not None

    def confidence(self, row: int) -> float | None:
        return None if self._confidence is None else self._confidence.item(row)

    def take(self, rows: Rows) -> TagColumn:
        """A copy of these rows."""
        confidence = None if self._confidence is None else self._confidence[rows]
        return replace(self.kind, values=self._values[rows], confidence=confidence)


class ListCells:
    """Of a tag whose values are lists: each row's is a piece of a pool. One that is no longer than any before in its
    row takes that one's place; others go to the end of the pool, which is packed when half of it is waste."""

    def __init__(self, column: TagColumn, rows: int = 0) -> None:
        assert column.offsets is not None, "a list column has offsets"
        self.kind = replace(column, values=column.values[:0], offsets=column.offsets[:1] * 0)
        self._top = len(column.offsets) - 1
        """Behind the last row that was ever put."""
        self._used, self._waste = len(column.values), 0
        spare = self._used // 2 if rows > self._top else 0
        self._pool: Array = enlarge(column.values, self._used + spare)
        lengths = np.diff(column.offsets)
        self._begins, self._lengths = enlarge(column.offsets[:-1], rows), enlarge(lengths, rows)
        self._rooms = enlarge(lengths.astype(np.int32), rows)
        """How long a list each row's place holds."""
        self._read: TagColumn | None = None

    @property
    def rows(self) -> int:
        return len(self._begins)

    def differs(self, rows: Rows, column: TagColumn) -> Mask:
        mine = self.take(rows)
        assert mine.offsets is not None
        assert column.offsets is not None
        lengths, others = np.diff(mine.offsets), np.diff(column.offsets)
        differing: Mask = lengths != others
        alike = np.flatnonzero(~differing & (lengths > 0))
        left, right = mine.take(alike), column.take(alike)
        assert left.offsets is not None
        unequal = np.repeat(np.arange(len(alike)), np.diff(left.offsets))[left.values != right.values]
        differing[alike[unequal]] = True
        return differing

    def put(self, rows: Rows, column: TagColumn) -> None:
        assert column.offsets is not None
        self._read = None
        lengths = np.diff(column.offsets)
        longer = lengths > self._rooms[rows]
        if longer.any():
            self._find_places(rows[longer], lengths[longer])
        self._lengths[rows] = lengths
        self._top = max(self._top, int(rows.max(initial=-1)) + 1)
        self._pool[np.arange(len(column.values)) + np.repeat(self._begins[rows] - column.offsets[:-1], lengths)] = (
            column.values
        )

    def _find_places(self, rows: Rows, lengths: Rows) -> None:
        """At the end of the pool."""
        needed = int(lengths.sum())
        if self._used + needed > len(self._pool):
            self._pack(needed)
        self._waste += int(self._rooms[rows].sum())
        self._begins[rows] = self._used + np.cumsum(lengths) - lengths
        self._rooms[rows] = lengths
        self._used += needed

    def move(self, source: int, target: int) -> None:
        self._read = None
        self._waste += int(self._rooms[target])
        for array in (self._begins, self._lengths, self._rooms):
            array[target] = array[source]
        self._lengths[source] = self._rooms[source] = 0

    def clear(self, row: int) -> None:
        self._read = None
        self._lengths[row] = 0

    def count_true(self) -> int:
        return 0

    def enlarge(self, rows: int) -> None:
        self._begins, self._lengths = enlarge(self._begins, rows), enlarge(self._lengths, rows)
        self._rooms = enlarge(self._rooms, rows)

    def read(self, size: int) -> TagColumn:
        if self._read is None or len(self._read.offsets) != size + 1:  # type: ignore[arg-type]
            self._read = self.take(np.arange(size))
        return self._read

    def copy(self, size: int) -> ListCells:
        """Of the first ``size`` rows; their lists stay where they are in the pool."""
        copied = copy(self)
        copied._pool = self._pool[: self._used].copy()
        copied._begins, copied._lengths = self._begins[:size].copy(), self._lengths[:size].copy()
        copied._rooms, copied._top, copied._read = self._rooms[:size].copy(), min(self._top, size), None
        return copied

    def stored(self, row: int) -> Any:
        begin = int(self._begins[row])
        return self._pool[begin : begin + int(self._lengths[row])].tolist()

    def getter(self) -> Callable[[int], Any]:
        return self.stored

    @property
    def has_confidence(self) -> bool:
        return False

    def confidence(self, row: int) -> float | None:
        return None

    def take(self, rows: Rows) -> TagColumn:
        begins, lengths = self._begins[rows], self._lengths[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        places = np.arange(int(offsets[-1])) + np.repeat(begins - offsets[:-1], lengths)
        return replace(self.kind, values=self._pool[places], offsets=offsets)

    def _pack(self, needed: int) -> None:
        """Make room for so much more: without the waste where there is much, and in a larger pool."""
        if 2 * self._waste > self._used:
            packed = self.take(np.arange(self._top))
            assert packed.offsets is not None
            self._begins[: self._top] = packed.offsets[:-1]
            self._rooms[: self._top] = self._lengths[: self._top]
            self._pool, self._used, self._waste = packed.values, len(packed.values), 0
        self._pool = enlarge(self._pool, (self._used + needed) * 3 // 2 + 1024)


def enlarge(array: Array, rows: int) -> Array:
    """A copy with room for so many rows, at least its own. What nothing was written to yet takes no memory."""
    room = np.zeros((max(rows, len(array)), *array.shape[1:]), array.dtype)
    room[: len(array)] = array
    return room
