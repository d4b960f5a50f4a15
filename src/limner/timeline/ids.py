"""Event ids by row, which come with every round and are asked for where events share an instant."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

JOINED = 1 << 15
"""Rows of a piece that nothing is joined to: whoever adds the next rows would wait until it is copied, a fifth of a
second for a million."""
Rows = npt.NDArray[np.int64]


class Ids(NamedTuple):
    """Never changed, so that who reads them need not care who adds more. A piece is joined to the one before, unless
    that is more than twice as long: there are few, and each id is copied few times."""

    pieces: tuple[pa.Array, ...] = ()
    firsts: tuple[int, ...] = ()
    """The row of each piece's first."""

    @property
    def rows(self) -> int:
        return self.firsts[-1] + len(self.pieces[-1]) if self.pieces else 0

    def extend(self, more: pa.Array) -> Self:
        """With these behind them, at least one."""
        pieces, firsts, first = [*self.pieces], [*self.firsts], self.rows
        while pieces and len(pieces[-1]) <= min(2 * len(more), JOINED):
            more, first = pa.concat_arrays([pieces.pop(), more]), firsts.pop()
        return type(self)((*pieces, more), (*firsts, first))

    def since(self, row: int) -> Self:
        """Those from this row on, which is then the first."""
        kept = [
            (piece.slice(max(row - first, 0)), max(first - row, 0))
            for piece, first in zip(self.pieces, self.firsts, strict=True)
            if first + len(piece) > row
        ]
        return type(self)(tuple(piece for piece, _ in kept), tuple(first for _, first in kept))

    def read(self, rows: Rows) -> list[str]:
        """Of these rows, which are among them."""
        found = np.empty(len(rows), np.object_)
        parts = np.searchsorted(self.firsts, rows, "right") - 1
        for part in np.unique(parts).tolist():
            own = parts == part
            found[own] = self.pieces[part].take(pa.array(rows[own] - self.firsts[part])).to_pylist()
        ids: list[str] = found.tolist()
        return ids
