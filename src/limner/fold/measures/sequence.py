"""How often a sequence of steps was completed.

Rows come with ``weights`` of bits: bit k = the row matches step k (of those that must happen), bit 32 + k = it matches
a step that must not happen between k and k + 1 (or, k being the last, between it and the end of the span).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from limner.compiled import Flag, Int, inner
from limner.fold.measures.series import Columns, Scratch, Series
from limner.fold.measures.tables import clear, slot_of
from limner.fold.memory import get, get_int32, put

NEVER = -1


class Steps(NamedTuple):
    """What a sequence asks for."""

    count: Int
    """Steps that must happen."""
    ends_absent: bool
    """Is there one after the last of them that must not?"""
    days: Int
    """The span: that many local days, the first match's own first; 0 = no such limit."""
    micros: Int
    """The span: [first match, first match + micros); 0 = no such limit."""
    as_of: Int
    today: Int


@inner
def within_span(start: Int, row: Int, steps: Steps, columns: Columns) -> Flag:
    """Does the row lie in the span that the start row begins?"""
    if steps.days > 0 and get_int32(columns.day, row) - get_int32(columns.day, start) >= steps.days:
        return False
    return steps.micros == 0 or get(columns.time, row) - get(columns.time, start) < steps.micros


@inner
def has_passed(start: Int, steps: Steps, columns: Columns) -> Flag:
    """Is the span that the start row began over?"""
    if steps.days > 0 and steps.today - get_int32(columns.day, start) < steps.days:
        return False
    return steps.micros == 0 or steps.as_of - get(columns.time, start) >= steps.micros


@inner
def stays_away(j: Int, start: Int, series: Series, steps: Steps, columns: Columns) -> Flag:
    """Does nothing that must not follow the last step happen between place j and the end of the span?"""
    for later in range(j + 1, series.high):
        if not within_span(start, get(series.rows, later), steps, columns):
            break
        if (get(series.weights, later) >> (31 + steps.count)) & 1:
            return False
    return True


@inner
def forget(starts: Int, count: Int) -> None:
    """No chain has begun."""
    for k in range(count):
        put(starts, k, NEVER)


@inner
def count_completions(series: Series, steps: Steps, columns: Columns, starts: Int) -> Int:
    """Completions that share no row, each with the earliest possible end, and of those the latest start.

    ``starts[k]`` is the row that began the latest-begun chain that has reached step k. A later start is within its
    span whenever an earlier one is, so one chain per step is enough.
    """
    forget(starts, steps.count)
    last = steps.count - 1
    count = np.int64(0)
    for j in range(series.low, series.high):
        row, matches = get(series.rows, j), get(series.weights, j)
        # From the last step to the first, so that one row serves a chain for one step only.
        for back in range(steps.count):
            k = last - back
            if (matches >> (32 + k)) & 1:
                put(starts, k, NEVER)
            if not (matches >> k) & 1:
                continue
            start = row if k == 0 else get(starts, k - 1)
            if start == NEVER or not within_span(start, row, steps, columns):
                continue
            if k < last:
                put(starts, k, max(get(starts, k), start))
            elif not steps.ends_absent or (
                has_passed(start, steps, columns) and stays_away(j, start, series, steps, columns)
            ):
                count += 1
                forget(starts, steps.count)
                break
    return count


@inner
def group_rows(series: Series, rows: Int, weights: Int, scratch: Scratch) -> Int:
    """Brings places with one value together, in timeline order; group g ends before ``counts[g]``. How many groups."""
    ends = scratch.counts
    empty = clear(scratch, series)
    groups = np.int64(0)
    for j in range(series.low, series.high):
        slot = slot_of(get(series.values, j), groups, empty)
        if slot == groups:
            put(ends, slot, 0)
            groups += 1
        put(ends, slot, get(ends, slot) + 1)
    begin = np.int64(0)
    for group in range(groups):
        size = get(ends, group)
        put(ends, group, begin)
        begin += size
    for j in range(series.low, series.high):
        slot = slot_of(get(series.values, j), groups, empty)
        place = get(ends, slot)
        put(rows, place, get(series.rows, j))
        put(weights, place, get(series.weights, j))
        put(ends, slot, place + 1)
    return groups
