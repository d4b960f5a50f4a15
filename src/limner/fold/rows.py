"""From a customer's rows to series and windows: the steps every measure shares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from limner.fold.compile import Flag, Int, inlined, inner
from limner.fold.measures.series import Columns, Series
from limner.fold.memory import get, get_int32, get_uint8, put
from limner.model.timeline import NULL_NUMBER

NULL = np.int64(NULL_NUMBER)
FOREVER = np.int64(np.iinfo(np.int64).max)
TEST_WIDTH = 4
FEW = 32
LOWEST_DAY, HIGHEST_DAY = -(1 << 31), (1 << 31) - 1


class Filter(NamedTuple):
    """What decides whether a row matches a selection."""

    name: Int
    """The column of event codes."""
    codes: Int
    """How many event codes the plan knows; a newer one has their place."""
    names: Int
    """uint8 per selection and event code: named?"""
    tests: Int
    """Rows (column, address of a table of answers by code + 1 or 0, first interval, number of intervals)."""
    pool: Int
    """Closed intervals, low and high in turn."""
    addresses: Int
    """Of the columns; 0 = a property nobody has seen."""
    sizes: Int
    """Negative: the column is int64; else int32 codes below this."""


class Property(NamedTuple):
    """A property and the number that weighs it: addresses, and the size of the first. -1: it weighs 1."""

    address: Int
    size: Int
    weight: Int


class Lists(NamedTuple):
    """A list of rows per class of events. List c begins at ``rows`` + 8 * ``length`` * c and ends before ends[c]."""

    classes: Int
    """By event code."""
    count: Int
    rows: Int
    length: Int
    ends: Int


@inlined
def read(address: Int, size: Int, row: Int) -> Int:
    """A property's value, NULL if missing. A code the dictionary does not have counts as missing."""
    if address == 0:
        return NULL
    if size < 0:
        return get(address, row)
    code = np.int64(get_int32(address, row))
    return code if 0 <= code < size else NULL


@inner
def passes(row: Int, tests: tuple[Int, Int], filter: Filter) -> Flag:
    """Does the row pass the tests from the first to before the last?"""
    for t in range(tests[0], tests[1]):
        test = filter.tests + 8 * TEST_WIDTH * t
        column, table, start, count = get(test, 0), get(test, 1), get(test, 2), get(test, 3)
        value = read(get(filter.addresses, column), get(filter.sizes, column), row)
        if table != 0:
            found = get_uint8(table, 0 if value == NULL else value + 1) != 0
        else:
            found = False
            for k in range(start, start + count):
                found = found or get(filter.pool, 2 * k) <= value <= get(filter.pool, 2 * k + 1)
        if not found:
            return False
    return True


@inlined
def code_at(row: Int, filter: Filter) -> Int:
    """The row's event; one past the last if it is newer than the plan."""
    code = np.int64(get_int32(filter.name, row))
    return code if 0 <= code < filter.codes else filter.codes


@inlined
def is_named(row: Int, selection: Int, filter: Filter) -> Flag:
    """Is the row's event among the names of the selection?"""
    return get_uint8(filter.names, selection * (filter.codes + 1) + code_at(row, filter)) != 0


@inner
def deal_rows(start: Int, stop: Int, lists: Lists, filter: Filter) -> None:
    """Deals row numbers to the list of their event's class, in timeline order."""
    for c in range(lists.count):
        put(lists.ends, c, 0)
    for row in range(start, stop):
        place = get(lists.classes, code_at(row, filter))
        end = get(lists.ends, place)
        put(lists.rows, lists.length * place + end, row)
        put(lists.ends, place, end + 1)


@inner
def select_named(start: Int, stop: Int, selection: Int, filter: Filter, rows: Int) -> Int:
    """Writes the numbers of rows that are named; how many."""
    count = np.int64(0)
    for row in range(start, stop):
        # Written before it is known to match: cheaper than a branch the processor cannot guess.
        put(rows, count, row)
        count += is_named(row, selection, filter)
    return count


@inner
def select_passing(source: Int, count: Int, tests: tuple[Int, Int], filter: Filter, rows: Int) -> Int:
    """Writes those of the source's rows that pass the tests; how many. ``rows`` may be the source."""
    kept = np.int64(0)
    for j in range(count):
        row = get(source, j)
        put(rows, kept, row)
        kept += passes(row, tests, filter)
    return kept


@inner
def gather(source: Int, count: Int, wanted: Property, series: Series) -> Int:
    """Writes those of the source's rows that have a property (and a weight, if it is weighed) to the arrays of a
    series; how many."""
    kept = np.int64(0)
    if wanted.address == 0 or wanted.weight == 0:
        return kept
    for j in range(count):
        row = get(source, j)
        value = read(wanted.address, wanted.size, row)
        put(series.rows, kept, row)
        put(series.values, kept, value)
        if series.weighted:
            weight = get(wanted.weight, row)
            put(series.weights, kept, weight)
            kept += (value != NULL) & (weight != NULL)
        else:
            kept += value != NULL
    return kept


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


@inner
def bound_window(window: Int, customer: Int, start: Int, stop: Int, columns: Columns) -> tuple[Int, Int]:
    """The rows [low, high) of one window: (first day, last day, first instant, last instant, addresses of the anchors'
    instants and days by customer or 0, days and µs counted from the anchor or 0)."""
    first_day, last_day, first, last = get(window, 0), get(window, 1), get(window, 2), get(window, 3)
    if get(window, 4) != 0:
        anchor = get(get(window, 4), customer)
        if anchor == NULL:
            return start, start
        first = max(first, anchor)
        if get(window, 6) != 0:
            last_day = min(last_day, get(get(window, 5), customer) + get(window, 6) - 1)
        if get(window, 7) != 0:
            last = min(last, anchor + get(window, 7) - 1)
    low, high = start, stop
    if first_day > NULL:
        low = search_day(columns.day, low, high, first_day)
    if first > NULL:
        low = search(columns.time, low, high, first)
    if last_day < FOREVER:
        high = search_day(columns.day, low, high, last_day + 1)
    if last < FOREVER:
        high = search(columns.time, low, high, last + 1)
    return low, high
