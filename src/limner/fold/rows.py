"""From a customer's rows to series and windows: the steps every measure shares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.fold.compile import Int, inlined, inner
from limner.fold.measures.series import Columns, Values
from limner.fold.memory import load_int32, load_int64, load_uint8
from limner.model.timeline import NULL_NUMBER

Matrix = npt.NDArray[np.int64]

NULL = np.int64(NULL_NUMBER)
FOREVER = np.int64(np.iinfo(np.int64).max)


class Filter(NamedTuple):
    """What decides whether a row matches a selection."""

    names: npt.NDArray[np.uint8]
    """Per selection and event code: named? The last column is for codes newer than the plan."""
    tests: Matrix
    """Rows (column, address of a table of answers by code + 1 or 0, first interval, number of intervals)."""
    pool: Values
    """Closed intervals, low and high in turn."""
    addresses: Values
    """Of the columns; 0 = a property nobody has seen."""
    sizes: Values
    """0 = the column is int64; else int32 codes below this."""


@inlined
def read(address: Int, size: Int, row: Int) -> Int:
    """A property's value, NULL if missing. A code the dictionary does not have counts as missing."""
    if address == 0:
        return NULL
    if size == 0:
        return load_int64(address, row)
    code = np.int64(load_int32(address, row))
    return code if 0 <= code < size else NULL


@inlined
def passes(row: Int, first: Int, last: Int, filter: Filter) -> bool:
    """Does the row pass the tests first <= t < last?"""
    for t in range(first, last):
        column, table = filter.tests[t, 0], filter.tests[t, 1]
        value = read(filter.addresses[column], filter.sizes[column], row)
        if table != 0:
            if load_uint8(table, 0 if value == NULL else value + 1) == 0:
                return False
            continue
        found = False
        for k in range(filter.tests[t, 2], filter.tests[t, 2] + filter.tests[t, 3]):
            found = found or filter.pool[2 * k] <= value <= filter.pool[2 * k + 1]
        if not found:
            return False
    return True


@inlined
def is_named(row: Int, selection: Int, filter: Filter, columns: Columns) -> bool:
    """Is the row's event among the names of the selection?"""
    code, last = load_int32(columns.name, row), filter.names.shape[1] - 1
    return filter.names[selection, code if 0 <= code < last else last] != 0


@inner
def sort_by_class(start: Int, stop: Int, classes: Values, columns: Columns, ends: Values, rows: Values) -> None:
    """Row numbers by the class of their event, in timeline order within one; class c ends before ``ends[c]``.

    ``classes``: by event code, and last for codes newer than the plan.
    """
    ends[:] = 0
    last = len(classes) - 1
    for row in range(start, stop):
        code = load_int32(columns.name, row)
        ends[classes[code if 0 <= code < last else last]] += 1
    begin = np.int64(0)
    for c in range(len(ends)):
        size = ends[c]
        ends[c] = begin
        begin += size
    for row in range(start, stop):
        code = load_int32(columns.name, row)
        place = classes[code if 0 <= code < last else last]
        rows[ends[place]] = row
        ends[place] += 1


@inner
def select_named(start: Int, stop: Int, selection: Int, filter: Filter, columns: Columns, rows: Values) -> Int:
    """Writes the numbers of rows that are named; how many."""
    count = np.int64(0)
    for row in range(start, stop):
        # Written before it is known to match: cheaper than a branch the processor cannot guess.
        rows[count] = row
        count += is_named(row, selection, filter, columns)
    return count


@inner
def select_passing(source: Values, low: Int, high: Int, first: Int, last: Int, filter: Filter, rows: Values) -> Int:
    """Writes those of the source's rows that pass the tests; how many. ``rows`` may be the source."""
    count = np.int64(0)
    for j in range(low, high):
        row = source[j]
        if passes(row, first, last, filter):
            rows[count] = row
            count += 1
    return count


@inner
def gather(
    source: Values,
    low: Int,
    high: Int,
    address: Int,
    size: Int,
    weight: Int,
    rows: Values,
    values: Values,
    weights: Values,
) -> Int:
    """The rows that have a property (and a weight, unless its address is -1), with both; how many."""
    if address == 0 or weight == 0:
        return np.int64(0)
    count = np.int64(0)
    for j in range(low, high):
        row = source[j]
        value = read(address, size, row)
        rows[count] = row
        values[count] = value
        if weight != -1:
            mass = load_int64(weight, row)
            weights[count] = mass
            count += value != NULL and mass != NULL  # noqa: PLR1714 - a tuple costs time here
        else:
            count += value != NULL
    return count


@inner
def search_int64(column: Int, low: Int, high: Int, value: Int) -> Int:
    """First row in [low, high) of an ascending int64 column that is not below the value."""
    while low < high:
        middle = (low + high) // 2
        if load_int64(column, middle) < value:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def search_int32(column: Int, low: Int, high: Int, value: Int) -> Int:
    """The same of an int32 column."""
    while low < high:
        middle = (low + high) // 2
        if load_int32(column, middle) < value:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def search_rows(rows: Values, low: Int, high: Int, row: Int) -> Int:
    """First place in rows[low:high] whose row number is not below ``row``."""
    while low < high:
        middle = (low + high) >> 1
        if rows[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def bound_window(window: Values, customer: Int, start: Int, stop: Int, columns: Columns) -> tuple[Int, Int]:
    """The rows [low, high) of one window: (first day, last day, first instant, last instant, addresses of the anchors'
    instants and days by customer or 0, days and µs counted from the anchor or 0)."""
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
        low = search_int32(columns.day, low, high, first_day)
    if first > NULL:
        low = search_int64(columns.time, low, high, first)
    if last_day < FOREVER:
        high = search_int32(columns.day, low, high, last_day + 1)
    if last < FOREVER:
        high = search_int64(columns.time, low, high, last + 1)
    return low, high
