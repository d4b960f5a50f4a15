"""A small hash table per customer, whatever the size of the dictionary: telling values apart.

An entry is (stamp, slot) in one int64. A new stamp empties the table without touching it; the last entry keeps it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from limner.fold.compile import Int, inlined
from limner.fold.measures.series import Scratch
from limner.fold.memory import get, put

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
HALF = np.uint64(32)
LAST_STAMP = (1 << 31) - 1


class Empty(NamedTuple):
    """A table cleared for some values, and where the different ones are put."""

    table: Int
    seen: Int
    mask: Int
    stamp: Int


@inlined
def clear(scratch: Scratch, count: Int) -> Empty:
    """A part of the table that is at least twice ``count``, without an entry."""
    size = np.int64(4)
    while size < 2 * count:
        size *= 2
    keeper = scratch.table_size - 1
    stamp = get(scratch.table, keeper) + 1
    if stamp == LAST_STAMP:
        for i in range(keeper):
            put(scratch.table, i, 0)
        stamp = np.int64(1)
    put(scratch.table, keeper, stamp)
    return Empty(scratch.table, scratch.seen, size - 1, stamp)


@inlined
def slot_of(value: Int, count: Int, empty: Empty) -> Int:
    """The value's place among those seen; a new one is put at ``count``."""
    spot = np.int64((np.uint64(value) * GOLDEN) >> HALF) & empty.mask
    while True:
        entry = get(empty.table, spot)
        if entry >> 32 != empty.stamp:
            put(empty.table, spot, (empty.stamp << 32) | count)
            put(empty.seen, count, value)
            return count
        slot = entry & 0xFFFFFFFF
        if get(empty.seen, slot) == value:
            return slot
        spot = (spot + 1) & empty.mask
