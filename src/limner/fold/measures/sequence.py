"""How often a sequence of steps was completed.

Rows come with ``matches``: bit k = the row matches step k (of those that must happen), bit 32 + k = it matches a step
that must not happen between k and k + 1 (or, k being the last, between it and the end of the span).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.fold.compile import inner
from limner.fold.measures.choices import clear, slot_of
from limner.fold.memory import load_int32, load_int64

Values = npt.NDArray[np.int64]
NEVER = -1


@inner
def within_span(start: int, row: int, time: int, day: int, days: int, micros: int) -> bool:
    """Does the row lie in the span that the start row begins? ``days``: that many local days, the start's own first;
    ``micros``: [start, start + micros); 0 = no such limit."""
    if days > 0 and np.int64(load_int32(day, row)) >= np.int64(load_int32(day, start)) + days:
        return False
    return micros == 0 or load_int64(time, row) - load_int64(time, start) < micros


@inner
def stays_away(
    rows: Values, matches: Values, j: int, high: int, last: int, start: int, time: int, day: int, days: int, micros: int
) -> bool:
    """Does nothing that must not follow the last step happen between row j and the end of the span?"""
    for later in range(j + 1, high):
        if not within_span(start, rows[later], time, day, days, micros):
            break
        if (matches[later] >> (32 + last)) & 1:
            return False
    return True


@inner
def has_passed(start: int, time: int, day: int, days: int, micros: int, as_of: int, today: int) -> bool:
    """Is the span that the start row began over?"""
    if days > 0 and today < np.int64(load_int32(day, start)) + days:
        return False
    return micros == 0 or as_of - load_int64(time, start) >= micros


@inner
def count_completions(
    rows: Values,
    matches: Values,
    low: int,
    high: int,
    steps: int,
    ends_absent: bool,
    starts: Values,
    time: int,
    day: int,
    days: int,
    micros: int,
    as_of: int,
    today: int,
) -> int:
    """Completions that share no row, each with the earliest possible end, and of those the latest start.

    ``starts[k]`` is the row that began the latest-begun chain that has reached step k. A later start is within its
    span whenever an earlier one is, so one chain per step is enough.
    """
    starts[:steps] = NEVER
    last = steps - 1
    count = 0
    for j in range(low, high):
        # From the last step to the first, so that one row serves a chain for one step only.
        for back in range(steps):
            k = last - back
            if (matches[j] >> (32 + k)) & 1:
                starts[k] = NEVER
            if not (matches[j] >> k) & 1:
                continue
            start = rows[j] if k == 0 else starts[k - 1]
            if start == NEVER or not within_span(start, rows[j], time, day, days, micros):
                continue
            if k < last:
                starts[k] = max(starts[k], start)
            elif not ends_absent or (
                has_passed(start, time, day, days, micros, as_of, today)
                and stays_away(rows, matches, j, high, last, start, time, day, days, micros)
            ):
                count += 1
                starts[:steps] = NEVER
                break
    return count


@inner
def group_rows(
    rows: Values,
    values: Values,
    matches: Values,
    count: int,
    seen: Values,
    ends: Values,
    grouped_rows: Values,
    grouped_matches: Values,
    table: Values,
) -> int:
    """Rows with one value brought together, in timeline order; group g ends before ``ends[g]``. How many groups."""
    mask = clear(table, count)
    groups = 0
    for j in range(count):
        slot = slot_of(values[j], seen, groups, table, mask)
        if slot == groups:
            ends[slot] = 0
            groups += 1
        ends[slot] += 1
    begin = np.int64(0)
    for group in range(groups):
        size = ends[group]
        ends[group] = begin
        begin += size
    for j in range(count):
        slot = slot_of(values[j], seen, groups, table, mask)
        grouped_rows[ends[slot]] = rows[j]
        grouped_matches[ends[slot]] = matches[j]
        ends[slot] += 1
    return groups
