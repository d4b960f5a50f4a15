"""Room for a column of everybody, taken before somebody waits for it.

The system gives memory as it is first written. Of millions that takes tenths of a second where large pages have to be
put together first; so one room is made ready ahead, by whoever has the time.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.compiled import kernel

LEAST = 1 << 22
"""Bytes: what is less comes quickly."""
WASTE = 2
"""A room that is so many times too large is left for others."""
SPARE = 16
"""Room for one more in so many."""
PAGE = 4096
"""Bytes that the system gives at least."""
_lock = Lock()
_ready: list[npt.NDArray[np.uint8]] = []


def take_room(shape: tuple[int, ...], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """An array of no particular values: the one that is ready, where it fits."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    with _lock:
        fits = bool(_ready) and size <= len(_ready[0]) < WASTE * size
        room = _ready.pop() if fits else None
    return np.empty(shape, dtype) if room is None else room[:size].view(dtype).reshape(shape)


def make_room(size: int) -> None:
    """Have so many bytes ready, and some for those who are to come. Others go on meanwhile."""
    if size < LEAST:
        return
    with _lock:
        if _ready and size <= len(_ready[0]) < WASTE * size:
            return
    room = np.empty(size + size // SPARE, np.uint8)
    touch(room)
    with _lock:
        _ready[:] = [room]


@kernel
def touch(room: npt.NDArray[np.uint8]) -> None:
    for place in range(0, len(room), PAGE):
        room[place] = 0
