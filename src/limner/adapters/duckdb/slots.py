"""An open hash table of keys: of each, 32 bits, in a place that its other bits decide."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.adapters.duckdb.hashing import Keys
from limner.compiled import kernel

Slots = npt.NDArray[np.uint32]


@kernel
def add_keys(slots: Slots, keys: Keys) -> None:
    shift, last = first_bits(len(slots)), len(slots) - 1
    for key in keys:
        place = np.int64(key >> shift)
        while slots[place] != 0:
            place = (place + 1) & last
        slots[place] = mark_of(key)


@kernel
def find_keys(slots: Slots, keys: Keys) -> npt.NDArray[np.bool_]:
    shift, last = first_bits(len(slots)), len(slots) - 1
    found = np.zeros(len(keys), np.bool_)
    for row, key in enumerate(keys):
        place, mark = np.int64(key >> shift), mark_of(key)
        while slots[place] != 0 and not found[row]:
            found[row] = slots[place] == mark
            place = (place + 1) & last
    return found


@kernel
def first_bits(slots: int) -> np.uint64:
    """How far to shift a key so that its first bits number the slots, whose count is a power of two."""
    shift = 64
    while slots > 1:
        slots >>= 1
        shift -= 1
    return np.uint64(shift)


@kernel
def mark_of(key: np.uint64) -> np.uint32:
    """The key's last 32 bits; 0 is an empty slot."""
    mark = np.uint32(key & np.uint64(0xFFFFFFFF))
    return mark if mark != 0 else np.uint32(1)
