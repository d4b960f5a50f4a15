"""The tail: rows newer than the base, in memory in the order of their seqs, found by fragment.

It only grows: a view of its first rows stays as it is while more are added.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.compiled import kernel
from limner.timeline.shard import Array, Lists, Shard, read_columns

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
TYPES = {
    "time": np.int64,
    "received_at": np.int64,
    "name": np.int32,
    "source": np.int16,
    "seq": np.int64,
    "fragment": np.int32,
    "day": np.int32,
    "hour": np.int8,
}
"""What every row has; promoted columns come with the first rows."""


class Tail:
    """Rows with seqs above ``after``, up to ``until``."""

    def __init__(self, after: int) -> None:
        self.after = self.until = after
        self.rows = 0
        self._columns = {name: _Growing(dtype) for name, dtype in TYPES.items()}
        self._lists: dict[str, tuple[_Growing, _Growing]] = {}
        self._ids: list[pa.Array] = []
        self._firsts: list[int] = []
        self._latest = _Growing(np.int32)
        """Per fragment: its last row, -1 = none."""
        self._before = _Growing(np.int32)
        """Per row: the one before of its fragment."""

    def extend(self, table: pa.Table, until: int, zone: str) -> None:
        """Add what `ports.log.Log.tail` gives for the seqs after the last one here, up to ``until``."""
        if table.num_rows:
            columns, lists = read_columns(table, zone)
            if not self.rows:
                self._columns = {name: _Growing(array.dtype) for name, array in columns.items()}
                self._lists = {name: (_Growing(np.int32, 0), _Growing(lists[name].values.dtype)) for name in lists}
            for name, array in columns.items():
                self._columns[name].add(array)
            for name, (ends, values) in self._lists.items():
                ends.add(lists[name].offsets[1:] + np.int32(values.size))
                values.add(lists[name].values)
            self._chain(columns["fragment"].astype(np.int32, copy=False))
            self._ids.append(table.column("event_id").combine_chunks())
            self._firsts.append(self.rows)
            self.rows += table.num_rows
        self.until = until

    def has(self, columns: Sequence[str]) -> bool:
        """Whether rows carry all these promoted columns; without rows any may come."""
        return not self.rows or all(name in self._columns or name in self._lists for name in columns)

    def shard(self) -> Shard:
        """All rows so far, in the order of seqs; its own customers mean nothing."""
        lists = {name: Lists(ends.array, values.array) for name, (ends, values) in self._lists.items()}
        offsets = np.unique(np.array([0, self.rows], np.int64))
        return Shard(
            np.zeros(len(offsets) - 1, np.int32), offsets, {n: c.array for n, c in self._columns.items()}, lists
        )

    def rows_of(self, fragments: npt.NDArray[np.int32]) -> Rows:
        """Rows of these fragments, ascending."""
        return np.sort(chase(self._latest.array, self._before.array, fragments))

    def event_id(self, row: int) -> str:
        part = bisect_right(self._firsts, row) - 1
        return str(self._ids[part][row - self._firsts[part]].as_py())

    def _chain(self, fragments: npt.NDArray[np.int32]) -> None:
        missing = int(fragments.max()) + 1 - self._latest.size
        if missing > 0:
            self._latest.add(np.full(missing, -1, np.int32))
        before = np.empty(len(fragments), np.int32)
        link(self._latest.array, before, fragments, self.rows)
        self._before.add(before)


@dataclass(frozen=True, slots=True)
class Keys:
    """`ports.log.Log.event_keys`, of the tail's rows without asking the log."""

    tail: Tail
    sources: Sequence[str]
    read: Callable[[Sequence[int]], list[tuple[str, str]]]

    def __call__(self, seqs: Sequence[int]) -> list[tuple[str, str]]:
        older = [seq for seq in seqs if seq <= self.tail.after]
        known = dict(zip(older, self.read(older), strict=True)) if older else {}
        newer = self.tail.shard().columns
        rows = np.searchsorted(newer["seq"], seqs).tolist()
        return [
            known[seq] if seq in known else (self.tail.event_id(row), self.sources[int(newer["source"][row])])
            for seq, row in zip(seqs, rows, strict=True)
        ]


class _Growing:
    """An array that doubles its room when it is full. What `array` gave before stays as it was."""

    def __init__(self, dtype: npt.DTypeLike, *first: int) -> None:
        self._room = np.array(first, dtype)
        self.size = len(first)

    def add(self, values: Array) -> None:
        size = self.size + len(values)
        if size > len(self._room):
            room = np.empty(max(size, 2 * len(self._room), 1024), self._room.dtype)
            room[: self.size] = self._room[: self.size]
            self._room = room
        self._room[self.size : size] = values
        self.size = size

    @property
    def array(self) -> Any:
        return self._room[: self.size]


@kernel
def link(latest: Codes, before: Codes, fragments: Codes, first: int) -> None:
    """Note per new row the one before of its fragment, and per fragment its last row."""
    for i in range(len(fragments)):
        before[i] = latest[fragments[i]]
        latest[fragments[i]] = first + i


@kernel
def chase(latest: Codes, before: Codes, fragments: Codes) -> Rows:
    """All rows of the fragments, following the links backwards."""
    total = 0
    for fragment in fragments:
        row = latest[fragment] if fragment < len(latest) else -1
        while row >= 0:
            total += 1
            row = before[row]
    found = np.empty(total, np.int64)
    total = 0
    for fragment in fragments:
        row = latest[fragment] if fragment < len(latest) else -1
        while row >= 0:
            found[total] = row
            total += 1
            row = before[row]
    return found
