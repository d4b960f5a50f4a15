"""What is left of a shard when customers in between are taken out: stretches of its rows, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from limner.timeline.gather import join_lists
from limner.timeline.shard import Array, Shard, cut_lists

Stretch = tuple[int, int]
"""The first row and the one after the last, or customers in the same way."""


def join_stretches(shard: Shard, stretches: Sequence[Stretch]) -> Shard:
    """These stretches of a shard's customers, ascending, as they are shown to folds: without fragments."""
    rows = [(int(shard.offsets[first]), int(shard.offsets[last])) for first, last in stretches]
    lengths = np.concatenate([np.diff(shard.offsets[first : last + 1]) for first, last in stretches])
    return Shard(
        np.concatenate([shard.customers[first:last] for first, last in stretches]),
        np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]),
        Joined({name: array for name, array in shard.columns.items() if name != "fragment"}, rows),
        {name: join_lists([cut_lists(lists, low, high) for low, high in rows]) for name, lists in shard.lists.items()},
    )


class Joined(Mapping[str, Array]):
    """Stretches of columns, each column copied when it is first asked for: a fold reads a few of them, and each of its
    threads copies its own."""

    def __init__(self, columns: Mapping[str, Array], rows: Sequence[Stretch]) -> None:
        self._columns, self._rows = columns, rows
        self._joined: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        if name not in self._joined:
            column = self._columns[name]
            self._joined[name] = np.concatenate([column[low:high] for low, high in self._rows])
        return self._joined[name]

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)
