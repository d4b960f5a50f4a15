"""A batch: customers folded together, so that each step of a program is one loop over all of them.

What the steps share is made here: the rows up to as_of, a list of rows per class of events, the bounds of windows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from limner.compiled import Flag, Int, inlined, inner
from limner.fold.call import WINDOW, Call
from limner.fold.measures.series import Columns
from limner.fold.memory import get, get_int32, put
from limner.fold.rows import NULL, Filter, Group, code_at, is_named, joined

FOREVER = np.int64(np.iinfo(np.int64).max)
FEW = 16
LOWEST_DAY, HIGHEST_DAY = -(1 << 31), (1 << 31) - 1
EVERY, CHOSEN, KEPT, VALUES, WEIGHTS, SEEN, SUMS, COUNTS, LASTS, TRUST, PREVIOUS, DAYS, TOTALS, ARRAYS = range(14)
"""Scratch arrays: all rows, rows of a selection, a series (rows, values, weights), the notes of measures."""
STARTS, STOPS, EVERY_ENDS, CHOSEN_ENDS, KEPT_ENDS, WINDOWED, _, EDGES = range(8)
"""Scratch by customer: the first row, one past the last; ends in the scratch arrays; lows and highs of a part of them.
Then the same, lows and highs per window, of all rows and of a selection's; then ends per class."""


class Batch(NamedTuple):
    """Customers ``first`` <= i < ``first + count`` of the slice."""

    first: Int
    count: Int


@inlined
def array(place: Int, call: Call) -> Int:
    """The address of a scratch array."""
    return call.arrays + 8 * call.length * place


@inlined
def edge(place: Int, call: Call) -> Int:
    """The address of scratch by customer."""
    return call.edges + 8 * call.span * place


@inlined
def every(call: Call) -> Group:
    """All rows."""
    return joined(array(EVERY, call), edge(EVERY_ENDS, call))


@inlined
def dealt(c: Int, call: Call) -> Group:
    """The rows of a class of events."""
    return joined(array(ARRAYS + c, call), edge(EDGES + 4 * call.window_count + c, call))


@inlined
def search(column: Int, low: Int, high: Int, value: Int) -> Int:
    """First place in [low, high) of ascending int64 that is not below the value.

    Halves without a branch the processor could guess wrong, then counts the few that are left, several at a time.
    """
    length = high - low
    while length > FEW:
        half = length >> 1
        low += half * np.int64(get(column, low + half - 1) < value)
        length -= half
    below = np.int64(0)
    for j in range(low, low + length):
        below += np.int64(get(column, j) < value)
    return low + below


@inlined
def search_day(column: Int, low: Int, high: Int, day: Int) -> Int:
    """The same among ascending int32; ``day`` may lie outside them."""
    length = high - low
    limit = np.int32(min(max(day, LOWEST_DAY), HIGHEST_DAY))
    while length > FEW:
        half = length >> 1
        low += half * np.int64(get_int32(column, low + half - 1) < limit)
        length -= half
    below = np.int64(0)
    for j in range(low, low + length):
        below += np.int64(get_int32(column, j) < limit)
    return low + below


@inlined
def find(rows: Int, low: Int, high: Int, row: Int) -> Int:
    """First place in [low, high) of ascending row numbers that is not below ``row``.

    Counts a fixed number of rows at the end, with nothing to guess: those past ``high`` belong to later customers, or
    are FOREVER, and are above.
    """
    length = high - low
    while length > FEW:
        half = length >> 1
        low += half * np.int64(get(rows, low + half - 1) < row)
        length -= half
    below = np.int64(0)
    for k in range(FEW):
        below += np.int64(get(rows, low + k) < row)
    return min(low + below, high)


@inner
def begin_batch(begin: Int, end: Int, call: Call, columns: Columns) -> Batch:
    """As many customers from ``begin`` as are folded together; notes their rows up to as_of, and writes how many."""
    rows, ends = array(EVERY, call), edge(EVERY_ENDS, call)
    starts, stops, counts = edge(STARTS, call), edge(STOPS, call), get(call.outputs, 0)
    full = get(call.offsets, begin) + call.batch_rows
    count = total = noted = np.int64(0)
    following = get(call.offsets, begin)
    put(ends, 0, 0)
    while begin + count < end and count < call.span - 1:
        start, stop = get(call.offsets, begin + count), get(call.offsets, begin + count + 1)
        if count > 0 and stop > full:
            break
        # Most timelines end before as_of: one look tells, most often at the days, which are read anyway.
        if stop > start and ends_late(stop - 1, call, columns):
            seen = search(columns.time, start, stop, call.as_of + 1)
            noted = note_rows(rows, noted, following, seen)
            following, stop = stop, seen
        total += stop - start
        put(starts, count, start)
        put(stops, count, stop)
        put(counts, begin + count, stop - start)
        count += 1
        put(ends, count, total)
    note_rows(rows, noted, following, following + total - noted)
    return Batch(begin, count)


@inner
def choose_batch(begin: Int, end: Int, call: Call, columns: Columns, filter: Filter) -> Batch:
    """The same where there is one selection and one window: notes only the rows of these, which is a look at each row
    instead of several at each customer."""
    rows, ends, counts = array(CHOSEN, call), edge(CHOSEN_ENDS, call), get(call.outputs, 0)
    start = get(call.offsets, begin)
    full = start + call.batch_rows
    count = kept = np.int64(0)
    put(ends, 0, 0)
    while begin + count < end and count < call.span - 1:
        stop = get(call.offsets, begin + count + 1)
        if count > 0 and stop > full:
            break
        seen = stop
        if stop > start and ends_late(stop - 1, call, columns):
            seen = search(columns.time, start, stop, call.as_of + 1)
        kept = choose_rows(start, seen, rows, kept, call.windows, columns, filter)
        put(counts, begin + count, seen - start)
        count += 1
        put(ends, count, kept)
        start = stop
    return Batch(begin, count)


@inlined
def choose_rows(start: Int, stop: Int, rows: Int, kept: Int, window: Int, columns: Columns, filter: Filter) -> Int:
    """Notes those of one customer's rows that are in the one selection and window, behind those ``kept``; how many
    there are then."""
    first_day, last_day, first, last = get(window, 0), get(window, 1), get(window, 2), get(window, 3)
    days, instants = first_day > NULL or last_day < FOREVER, first > NULL or last < FOREVER
    for row in range(start, stop):
        # Written before it is known to match: cheaper than a branch the processor cannot guess.
        put(rows, kept, row)
        chosen = is_named(row, 0, filter)
        if days:
            day = np.int64(get_int32(columns.day, row))
            chosen &= (first_day <= day) & (day <= last_day)
        if instants:
            time = get(columns.time, row)
            chosen &= (first <= time) & (time <= last)
        kept += np.int64(chosen)
    return kept


@inlined
def ends_late(row: Int, call: Call, columns: Columns) -> Flag:
    """Is the row later than as_of?"""
    return np.int64(get_int32(columns.day, row)) >= call.today and get(columns.time, row) > call.as_of


@inlined
def note_rows(rows: Int, noted: Int, start: Int, stop: Int) -> Int:
    """Notes the numbers of rows that follow each other behind those ``noted``; how many there are then."""
    for row in range(start, stop):
        put(rows, noted + row - start, row)
    return noted + stop - start


@inner
def deal_rows(batch: Batch, call: Call, filter: Filter) -> None:
    """Deals row numbers to the list of their event's class, in timeline order."""
    starts, stops = edge(STARTS, call), edge(STOPS, call)
    for c in range(call.class_count):
        put(call.ends, c, (ARRAYS + c) * call.length)
        put(dealt(c, call).lows, 0, 0)
    for i in range(batch.count):
        for row in range(get(starts, i), get(stops, i)):
            c = get(call.classes, code_at(row, filter))
            place = get(call.ends, c)
            put(call.arrays, place, row)
            put(call.ends, c, place + 1)
        for c in range(call.class_count):
            put(dealt(c, call).highs, i, get(call.ends, c) - (ARRAYS + c) * call.length)


@inner
def bound_window(w: Int, batch: Batch, call: Call, columns: Columns) -> None:
    """Notes the rows [low, high) of one window: (first day, last day, first instant, last instant, addresses of the
    anchors' instants and days by customer or 0, days and µs counted from the anchor or 0)."""
    window, lows, highs = call.windows + WINDOW * w, edge(EDGES + 2 * w, call), edge(EDGES + 2 * w + 1, call)
    for i in range(batch.count):
        first_day, last_day, first, last = get(window, 0), get(window, 1), get(window, 2), get(window, 3)
        low, high = get(edge(STARTS, call), i), get(edge(STOPS, call), i)
        if get(window, 4) != 0:
            anchor = get(get(window, 4), batch.first + i)
            if anchor == NULL:
                high = low
            else:
                first = max(first, anchor)
                if get(window, 6) != 0:
                    last_day = min(last_day, get(get(window, 5), batch.first + i) + get(window, 6) - 1)
                if get(window, 7) != 0:
                    last = min(last, anchor + get(window, 7) - 1)
        if first_day > NULL:
            low = search_day(columns.day, low, high, first_day)
        if first > NULL:
            low = search(columns.time, low, high, first)
        if last_day < FOREVER:
            high = search_day(columns.day, low, high, last_day + 1)
        if last < FOREVER:
            high = search(columns.time, low, high, last + 1)
        put(lows, i, low)
        put(highs, i, high)


@inner
def within(group: Group, w: Int, batch: Batch, call: Call, place: Int) -> Group:
    """The group's places in a window; lows and highs are noted at a place of the scratch by customer."""
    part = Group(group.rows, edge(place, call), edge(place + 1, call))
    lows, highs = edge(EDGES + 2 * w, call), edge(EDGES + 2 * w + 1, call)
    starts, stops = edge(STARTS, call), edge(STOPS, call)
    if group.rows == array(EVERY, call):
        for i in range(batch.count):
            put(part.lows, i, get(group.lows, i) + get(lows, i) - get(starts, i))
            put(part.highs, i, get(group.lows, i) + get(highs, i) - get(starts, i))
        return part
    for k in range(FEW):
        put(group.rows, get(group.highs, batch.count - 1) + k, FOREVER)
    before, after = False, False
    for i in range(batch.count):
        before |= get(starts, i) < get(lows, i)
        after |= get(highs, i) < get(stops, i)
    for i in range(batch.count):
        low, high = get(group.lows, i), get(group.highs, i)
        put(part.lows, i, find(group.rows, low, high, get(lows, i)) if before else low)
    for i in range(batch.count):
        low, high = get(part.lows, i), get(group.highs, i)
        put(part.highs, i, find(group.rows, low, high, get(highs, i)) if after else high)
    return part
