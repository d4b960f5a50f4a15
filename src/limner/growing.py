"""Arrays that grow at their end."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


class Growing:
    """An array with room behind its end. Those added last may be written until more are; what was handed out before is
    never written again.

    What is longer than the room is long goes over into a longer one bit by bit, with each addition while the room is
    being used up: to copy millions at once, for twenty columns that are full at once, took tenths of a second.
    """

    def __init__(self, dtype: npt.DTypeLike, *first: int) -> None:
        self._room = np.array(first, dtype)
        self._longer: npt.NDArray[Any] | None = None
        """What takes the room's place."""
        self._moved = 0
        """So many stand there already."""
        self.values: npt.NDArray[Any] = self._room

    def extend(self, more: npt.NDArray[np.generic]) -> None:
        size = len(self.values)
        end = size + len(more)
        if end > len(self._room):
            longer = self._find_longer(end)
            longer[self._moved : size] = self.values[self._moved :]
            self._room, self._longer, self._moved = longer, None, 0
        else:
            self._move(size, len(self._room) - end)
        self._room[size:end] = more
        self.values = self._room[:end]

    def _move(self, size: int, left: int) -> None:
        """Copy as many of the first ``size`` as should stand in the longer room when so much of this one is left."""
        soon = len(self._room) // 16
        if left > soon:
            return
        until = size - size * left // (soon + 1)
        self._longer = self._find_longer(len(self._room))
        self._longer[self._moved : until] = self.values[self._moved : until]
        self._moved = max(self._moved, until)

    def _find_longer(self, least: int) -> npt.NDArray[Any]:
        """One in which so many have their place: the one that is being filled, if it is long enough."""
        if self._longer is not None and len(self._longer) >= least:
            return self._longer
        self._moved = 0
        return np.empty(least + least // 8 + 64, self._room.dtype)


class Written(Growing):
    """One whose values are written again and again: so they are copied all at once."""

    def _move(self, size: int, left: int) -> None:
        """Not before the room is used up."""
