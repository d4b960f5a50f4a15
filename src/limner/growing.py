"""Arrays that grow at their end."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


class Growing:
    """An array with room behind its end; what was handed out is never written again."""

    def __init__(self, dtype: npt.DTypeLike, *first: int) -> None:
        self._room = np.array(first, dtype)
        self.values: npt.NDArray[Any] = self._room

    def extend(self, more: npt.NDArray[np.generic]) -> None:
        size = len(self.values)
        if size + len(more) > len(self._room):
            self._room = np.empty(size + len(more) + size // 8 + 64, self._room.dtype)
            self._room[:size] = self.values
        self._room[size : size + len(more)] = more
        self.values = self._room[: size + len(more)]
