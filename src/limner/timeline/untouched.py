"""What is left of a shard when some of its customers are taken out: the others, one after the other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from limner.model.on_demand import OnDemand
from limner.timeline.gather import take_lists
from limner.timeline.shard import Array, Shard

Mask = npt.NDArray[np.bool_]


def leave_in(shard: Shard, kept: Mask) -> Shard:
    """Those of a shard's customers who are kept, as they are shown to folds: without fragments."""
    lengths = np.diff(shard.offsets)
    rows = np.repeat(kept, lengths)
    return Shard(
        shard.customers[kept],
        np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths[kept])]),
        Kept({name: array for name, array in shard.columns.items() if name != "fragment"}, rows),
        {name: take_lists(lists, np.flatnonzero(rows)) for name, lists in shard.lists.items()},
    )


class Kept(OnDemand[Array]):
    """Some rows of columns, each column copied when it is first asked for: a fold reads a few of them, and each of its
    threads copies its own."""

    def __init__(self, columns: Mapping[str, Array], rows: Mask) -> None:
        super().__init__(columns)
        self._columns, self._rows = columns, rows
        self._copied: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        if name not in self._copied:
            self._copied[name] = self._columns[name][self._rows]
        return self._copied[name]
