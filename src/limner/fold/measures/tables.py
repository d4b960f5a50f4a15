"""Telling one customer's values apart: by code if the table has room for the dictionary, else by a small hash.

An entry is a number from 0 plus a base that only grows: entries below the base are of customers before, so raising it
empties the table without touching it. The table's last cell keeps the base.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from limner.compiled import Flag, Int, inlined
from limner.fold.measures.series import Scratch, Series
from limner.fold.memory import get, put

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
HALF = np.uint64(32)


class Empty(NamedTuple):
    """A table cleared for some values, and where the different ones are put."""

    table: Int
    seen: Int
    mask: Int
    base: Int
    by_code: Flag


@inlined
def is_by_code(codes: Int, scratch: Scratch) -> Flag:
    """Has the table room for the whole dictionary?"""
    return 0 < codes < scratch.table_size


@inlined
def clear(scratch: Scratch, series: Series) -> Empty:
    """A table for a series: of its codes, or at least twice as long as the series."""
    count, keeper, size = series.high - series.low, scratch.table_size - 1, np.int64(4)
    by_code = is_by_code(series.codes, scratch)
    while not by_code and size < 2 * count:
        size *= 2
    base = get(scratch.table, keeper) + 1
    put(scratch.table, keeper, base + count)
    return Empty(scratch.table, scratch.seen, size - 1, base, by_code)


@inlined
def spot_of(value: Int, mask: Int) -> Int:
    """Where the search for a value begins."""
    return np.int64((np.uint64(value) * GOLDEN) >> HALF) & mask


@inlined
def slot_of(value: Int, count: Int, empty: Empty) -> Int:
    """The value's place among those seen; a new one is put at ``count``."""
    if empty.by_code:
        # Written whether new or not: cheaper than a branch the processor cannot guess.
        entry = get(empty.table, value) - empty.base
        slot = count if entry < 0 else entry
        put(empty.table, value, empty.base + slot)
        put(empty.seen, slot, value)
        return slot
    spot = spot_of(value, empty.mask)
    while True:
        slot = get(empty.table, spot) - empty.base
        if slot < 0:
            put(empty.table, spot, empty.base + count)
            put(empty.seen, count, value)
            return count
        if get(empty.seen, slot) == value:
            return slot
        spot = (spot + 1) & empty.mask


@inlined
def previous_of(j: Int, series: Series, empty: Empty) -> Int:
    """The place in the series where the value of place j stood last; below the series if nowhere."""
    value = get(series.values, j)
    spot = value if empty.by_code else spot_of(value, empty.mask)
    entry = get(empty.table, spot) - empty.base
    while not empty.by_code and entry >= 0 and get(series.values, series.low + entry) != value:
        spot = (spot + 1) & empty.mask
        entry = get(empty.table, spot) - empty.base
    put(empty.table, spot, empty.base + j - series.low)
    return series.low + entry
