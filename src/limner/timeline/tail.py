"""The tail: rows newer than the base, in memory in the order of their seqs, found by fragment.

It only grows: a view of its first rows stays as it is while more are added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.growing import Growing
from limner.timeline.chains import Chains, Links
from limner.timeline.ids import Ids
from limner.timeline.shard import Array, Lists, Shard, read_columns

Rows = npt.NDArray[np.int64]
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
        self._columns = {name: Growing(dtype) for name, dtype in TYPES.items()}
        self._lists: dict[str, tuple[Growing, Growing]] = {}
        self._ids = Ids()
        """Each row's event id."""
        self._chains = Chains()
        """The rows of each fragment."""

    def extend(self, table: pa.Table, until: int, zone: str) -> None:
        """Add what `ports.log.Log.tail` gives for the seqs after the last one here, up to ``until``."""
        if table.num_rows:
            self._ids = self._ids.extend(table.column("event_id").combine_chunks())
            self.add(*read_columns(table, zone))
        self.until = until

    def add(self, columns: Mapping[str, Array], lists: Mapping[str, Lists]) -> None:
        """Add rows as arrays, at least one."""
        if not self.rows:
            self._columns = {name: Growing(array.dtype) for name, array in columns.items()}
            self._lists = {name: (Growing(np.int32, 0), Growing(lists[name].values.dtype)) for name in lists}
        for name, array in columns.items():
            self._columns[name].extend(array)
        for name, (ends, values) in self._lists.items():
            ends.extend(lists[name].offsets[1:] + np.int32(len(values.values)))
            values.extend(lists[name].values)
        self._chains.extend(columns["fragment"].astype(np.int32, copy=False))
        self.rows += len(columns["fragment"])

    def since(self, after: int) -> Tail:
        """Its rows with seqs above this one, as a tail of their own."""
        rest = Tail(after)
        rest.until = self.until
        first = int(np.searchsorted(self._columns["seq"].values, after, "right"))
        if first == self.rows:
            return rest
        rest._ids = self._ids.since(first)
        lists = {
            name: Lists(ends.values[first:] - ends.values[first], values.values[ends.values[first] :])
            for name, (ends, values) in self._lists.items()
        }
        rest.add({name: column.values[first:] for name, column in self._columns.items()}, lists)
        return rest

    def has(self, columns: Sequence[str]) -> bool:
        """Whether rows carry all these promoted columns; without rows any may come."""
        return not self.rows or all(name in self._columns or name in self._lists for name in columns)

    def shard(self) -> Shard:
        """All rows so far, in the order of seqs; its own customers mean nothing."""
        lists = {name: Lists(ends.values, values.values) for name, (ends, values) in self._lists.items()}
        offsets = np.unique(np.array([0, self.rows], np.int64))
        return Shard(
            np.zeros(len(offsets) - 1, np.int32), offsets, {n: c.values for n, c in self._columns.items()}, lists
        )

    def rows_of(self, fragments: npt.NDArray[np.int32]) -> Rows:
        """Rows of these fragments, ascending. More may be added by another thread meanwhile."""
        return np.sort(self._chains.entries_of(fragments))

    def links_of(self, fragments: npt.NDArray[np.int32]) -> Links:
        """The rows of each of these fragments, to be followed. More may be added by another thread meanwhile."""
        return self._chains.links_of(fragments)

    def event_ids(self, rows: Rows) -> list[str]:
        """Of these rows."""
        return self._ids.read(rows)


@dataclass(frozen=True, slots=True)
class Keys:
    """`ports.log.Log.event_keys`, of the tail's rows without asking the log."""

    tail: Tail
    sources: Sequence[str]
    read: Callable[[Sequence[int]], list[tuple[str, str]]]

    def __call__(self, seqs: Sequence[int]) -> list[tuple[str, str]]:
        older = [seq for seq in seqs if seq <= self.tail.after]
        known = dict(zip(older, self.read(older), strict=True)) if older else {}
        columns = self.tail.shard().columns
        newer = np.array([seq for seq in seqs if seq > self.tail.after], np.int64)
        rows = np.searchsorted(columns["seq"], newer)
        sources = [self.sources[code] for code in columns["source"][rows].tolist()]
        known |= zip(newer.tolist(), zip(self.tail.event_ids(rows), sources, strict=True), strict=True)
        return [known[seq] for seq in seqs]
