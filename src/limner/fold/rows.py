"""From a customer's rows to series and windows: the steps every measure shares."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.fold.compile import inner
from limner.fold.memory import load_int32, load_int64, load_uint8
from limner.model.timeline import NULL_NUMBER

Values = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.int64]
Names = npt.NDArray[np.uint8]

NULL = np.int64(NULL_NUMBER)
FOREVER = np.int64(np.iinfo(np.int64).max)
TIME, RECEIVED, DAY, HOUR, NAME, SOURCE = range(6)
"""Columns every slice has, in this order; the promoted ones follow."""


@inner
def read(address: int, size: int, row: int) -> int:
    """A property's value, NULL if missing. ``size`` 0: an int64; else an int32 code that must be below it.

    Address 0 is a property nobody has seen. A code the dictionary does not have counts as missing.
    """
    if address == 0:
        return NULL
    if size == 0:
        return load_int64(address, row)
    code = np.int64(load_int32(address, row))
    return code if 0 <= code < size else NULL


@inner
def passes(first: int, last: int, tests: Matrix, pool: Values, columns: Values, sizes: Values, row: int) -> bool:
    """Does the row pass all tests? A test is (column, table address, start, count): a table of answers by code + 1,
    or closed intervals in the pool."""
    for t in range(first, last):
        column = tests[t, 0]
        value = read(columns[column], sizes[column], row)
        if tests[t, 1] != 0:
            if load_uint8(tests[t, 1], 0 if value == NULL else value + 1) == 0:
                return False
            continue
        found = False
        for k in range(tests[t, 2], tests[t, 2] + tests[t, 3]):
            if pool[2 * k] <= value <= pool[2 * k + 1]:
                found = True
                break
        if not found:
            return False
    return True


@inner
def named(names: Names, selection: int, code: int) -> bool:
    """Is this event's name selected? The last column answers for names that are newer than the plan."""
    last = names.shape[1] - 1
    return names[selection, code if 0 <= code < last else last] != 0


@inner
def select_rows(
    start: int,
    stop: int,
    selection: int,
    first: int,
    last: int,
    names: Names,
    tests: Matrix,
    pool: Values,
    columns: Values,
    sizes: Values,
    rows: Values,
) -> int:
    """Writes the matching row numbers; how many."""
    count = 0
    name = columns[NAME]
    for row in range(start, stop):
        # Written before it is known to match: cheaper than a branch the processor cannot guess.
        rows[count] = row
        count += named(names, selection, np.int64(load_int32(name, row)))
    if first == last:
        return count
    kept = 0
    for j in range(count):
        if passes(first, last, tests, pool, columns, sizes, rows[j]):
            rows[kept] = rows[j]
            kept += 1
    return kept


@inner
def gather(
    rows: Values, count: int, address: int, size: int, weight: int, kept: Values, values: Values, weights: Values
) -> int:
    """The series of a property: rows that have it (and a weight, if one is asked for: address not -1); how many."""
    if address == 0 or weight == 0:
        return 0
    length = 0
    for j in range(count):
        row = rows[j]
        value = read(address, size, row)
        mass = load_int64(weight, row) if weight != -1 else np.int64(1)
        kept[length] = row
        values[length] = value
        weights[length] = mass
        length += value != NULL and mass != NULL
    return length


@inner
def search_int64(column: int, low: int, high: int, value: int) -> int:
    """First row in [low, high) of an ascending int64 column that is not below the value."""
    while low < high:
        middle = (low + high) // 2
        if load_int64(column, middle) < value:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def search_int32(column: int, low: int, high: int, value: int) -> int:
    """The same of an int32 column."""
    while low < high:
        middle = (low + high) // 2
        if np.int64(load_int32(column, middle)) < value:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def search_rows(rows: Values, low: int, high: int, row: int) -> int:
    """First place in rows[low:high] whose row number is not below ``row``."""
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def bound_window(window: Values, customer: int, start: int, stop: int, time: int, day: int) -> tuple[int, int]:
    """The rows [low, high) of one window. A window is (first day, last day, first instant, last instant, addresses of
    the anchors' instants and days by customer or 0, days and µs counted from the anchor or 0)."""
    first_day, last_day, first, last = window[0], window[1], window[2], window[3]
    if window[4] != 0:
        anchor = load_int64(window[4], customer)
        if anchor == NULL:
            return start, start
        first = max(first, anchor)
        if window[6] != 0:
            last_day = min(last_day, load_int64(window[5], customer) + window[6] - 1)
        if window[7] != 0:
            last = min(last, anchor + window[7] - 1)
    low, high = start, stop
    if first_day > NULL:
        low = search_int32(day, low, high, first_day)
    if first > NULL:
        low = search_int64(time, low, high, first)
    if last_day < FOREVER:
        high = search_int32(day, low, high, last_day + 1)
    if last < FOREVER:
        high = search_int64(time, low, high, last + 1)
    return low, high
