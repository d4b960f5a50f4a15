"""Copying columns while they are kept up: one after the other, and at the end once more what was replaced meanwhile.

So whoever keeps them up, or reads them, never waits longer than the copy of one column takes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from limner.fold.cells import Cells, ListCells
from limner.fold.standing import Reading, Rows, Standing
from limner.model.column import Folded


class Copying:
    """One copy of some columns. All but `folded` needs the lock of those who keep them up; in between it may be given
    away. `stop` is called in the end, whatever happens."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._columns: dict[str, Cells | ListCells] = {}
        self._replaced: list[Rows] = []
        standing.replaced.append(self._replaced)

    def copy(self, name: str) -> None:
        self._columns[name] = self._standing.copy_column(name)

    def catch_up(self) -> None:
        """Take what was replaced since; the copy is of this moment."""
        rows = np.unique(np.concatenate([np.zeros(0, np.int64), *self._replaced]))
        self._rows = rows[rows < self._standing.size]
        self._rest = self._standing.take(self._rows, list(self._columns))
        self._customers, self._events = self._standing.customers.copy(), self._standing.events

    def stop(self) -> None:
        self._standing.replaced = [each for each in self._standing.replaced if each is not self._replaced]

    def folded(self) -> Folded:
        """The copy, in no order."""
        size = len(self._customers)
        for name, cells in self._columns.items():
            rest = self._rest.columns[name]
            cells.kind = replace(cells.kind, dictionary=rest.dictionary)
            if size > cells.rows:
                cells.enlarge(size)
            cells.put(self._rows, rest)
        return Folded(self._customers, Reading(self._columns, size), self._rest.as_of, self._events)
