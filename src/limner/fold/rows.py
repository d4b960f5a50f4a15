"""From the rows of a batch of customers to those a measure wants: by event, by tests, by property."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from limner.compiled import Flag, Int, inlined, inner
from limner.fold.measures.code import Operation
from limner.fold.memory import get, get_int32, get_uint8, put
from limner.model.timeline import NULL_NUMBER

NULL = np.int64(NULL_NUMBER)
TEST = 32
"""Bytes of a row of the table of tests."""
SEVERAL = 64
"""So many rows are worth a look whether they follow each other."""


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


class Test(NamedTuple):
    """A column, address and size; answers by code + 1, an address or 0; the first interval and how many there are."""

    address: Int
    size: Int
    table: Int
    first: Int
    count: Int


class Property(NamedTuple):
    """A property and the number that weighs it: addresses, and the size of the first. -1: it weighs 1."""

    address: Int
    size: Int
    weight: Int


class Group(NamedTuple):
    """Row numbers of the customers of a batch, one customer after the other: customer i has the places
    lows[i] <= j < highs[i]."""

    rows: Int
    lows: Int
    highs: Int


class Gathered(NamedTuple):
    """Rows with their values of a property, and with what they weigh."""

    group: Group
    values: Int
    weights: Int


@inlined
def joined(rows: Int, ends: Int) -> Group:
    """The customers' rows without gaps: ``ends`` begins with 0, and each customer begins where the last one ended."""
    return Group(rows, ends, ends + 8)


@inlined
def count_stretches(group: Group, customers: Int) -> Int:
    """Without gaps all rows are one stretch, and the processor need not guess where each customer ends."""
    return np.int64(1) if group.highs == group.lows + 8 else customers


@inlined
def end_of_stretch(i: Int, stretches: Int, group: Group, customers: Int) -> Int:
    """One past the last place of stretch i; it begins with the first of customer i."""
    return get(group.highs, customers - stretches + i)


@inlined
def read(address: Int, size: Int, row: Int) -> Int:
    """A property's value, NULL if missing. A code the dictionary does not have counts as missing."""
    if address == 0:
        return NULL
    if size < 0:
        return get(address, row)
    code = np.int64(get_int32(address, row))
    return code if np.uint64(code) < np.uint64(size) else NULL


@inlined
def answers(value: Int, test: Test, filter: Filter) -> Flag:
    """Does a value pass a test?"""
    if test.table != 0:
        return get_uint8(test.table, 0 if value == NULL else value + 1) != 0
    found = False
    for k in range(test.first, test.first + test.count):
        found |= (get(filter.pool, 2 * k) <= value) & (value <= get(filter.pool, 2 * k + 1))
    return found


@inlined
def test_at(t: Int, filter: Filter) -> Test:
    """A row of the table of tests."""
    row = filter.tests + TEST * t
    column = get(row, 0)
    return Test(get(filter.addresses, column), get(filter.sizes, column), get(row, 1), get(row, 2), get(row, 3))


@inner
def passes(row: Int, tests: tuple[Int, Int], filter: Filter) -> Flag:
    """Does the row pass the tests from the first to before the last?"""
    for t in range(tests[0], tests[1]):
        test = test_at(t, filter)
        if not answers(read(test.address, test.size, row), test, filter):
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
def select_named(source: Group, customers: Int, selection: Int, filter: Filter, chosen: Group) -> None:
    """Writes those of the source's rows that are named."""
    kept = np.int64(0)
    for i in range(customers):
        for j in range(get(source.lows, i), get(source.highs, i)):
            row = get(source.rows, j)
            # Written before it is known to match: cheaper than a branch the processor cannot guess.
            put(chosen.rows, kept, row)
            kept += is_named(row, selection, filter)
        put(chosen.highs, i, kept)


@inner
def select_passing(source: Group, customers: Int, t: Int, filter: Filter, chosen: Group) -> None:
    """Writes those of the source's rows that pass a test. ``chosen`` may be the source."""
    test = test_at(t, filter)
    kept, low = np.int64(0), get(source.lows, 0)
    for i in range(customers):
        high, next_low = get(source.highs, i), get(source.lows, i + 1)
        for j in range(low, high):
            row = get(source.rows, j)
            put(chosen.rows, kept, row)
            kept += answers(read(test.address, test.size, row), test, filter)
        put(chosen.highs, i, kept)
        low = next_low


@inner
def read_all(source: Group, customers: Int, wanted: Property, values: Int, weights: Int) -> Flag:
    """Writes the property of the source's rows, each at the place of its row; False as soon as one does not have it."""
    if wanted.address == 0 or wanted.weight == 0:
        return False
    stretches = count_stretches(source, customers)
    for i in range(stretches):
        low, high = get(source.lows, i), end_of_stretch(i, stretches, source, customers)
        if wanted.size >= 0:
            complete = read_codes(wanted.address, wanted.size, source.rows, low, high, values)
        else:
            complete = read_numbers(wanted.address, source.rows, low, high, values)
        if complete and wanted.weight > 0:
            complete = read_numbers(wanted.weight, source.rows, low, high, weights)
        if not complete:
            return False
    return True


@inlined
def read_numbers(address: Int, rows: Int, low: Int, high: Int, values: Int) -> Flag:
    """Writes the number of each row at the place of the row; whether all have one."""
    missing = np.int64(0)
    for j in range(low, high):
        value = get(address, get(rows, j))
        put(values, j, value)
        missing |= value == NULL
    return missing == 0


@inlined
def read_codes(address: Int, size: Int, rows: Int, low: Int, high: Int, values: Int) -> Flag:
    """The same of texts."""
    missing = np.int64(0)
    if high > low + SEVERAL and get(rows, high - 1) - get(rows, low) == high - 1 - low:
        # Rows that follow each other are read without looking up their numbers, several at a time.
        start = address + 4 * (get(rows, low) - low)
        for j in range(low, high):
            code = np.int64(get_int32(start, j))
            put(values, j, code)
            missing |= np.uint64(code) >= np.uint64(size)
    else:
        for j in range(low, high):
            code = np.int64(get_int32(address, get(rows, j)))
            put(values, j, code)
            missing |= np.uint64(code) >= np.uint64(size)
    return missing == 0


@inner
def gather(source: Group, customers: Int, wanted: Property, kept: Gathered) -> None:
    """Writes those of the source's rows that have a property (and a weight, if it is weighed), and both."""
    count = np.int64(0)
    present = wanted.address != 0 and wanted.weight != 0
    for i in range(customers):
        for j in range(get(source.lows, i), get(source.highs, i) if present else 0):
            row = get(source.rows, j)
            value = read(wanted.address, wanted.size, row)
            put(kept.group.rows, count, row)
            put(kept.values, count, value)
            if wanted.weight > 0:
                weight = get(wanted.weight, row)
                put(kept.weights, count, weight)
                count += (value != NULL) & (weight != NULL)
            else:
                count += value != NULL
        put(kept.group.highs, i, count)


@inlined
def gather_trait(
    source: Group, customers: Int, wanted: Property, operations: Int, filter: Filter, kept: Gathered
) -> None:
    """The same of a trait; besides, the rows that delete all traits, which need not have it."""
    count = np.int64(0)
    for i in range(customers):
        for j in range(get(source.lows, i), get(source.highs, i)):
            row = get(source.rows, j)
            value = read(wanted.address, wanted.size, row)
            put(kept.group.rows, count, row)
            put(kept.values, count, value)
            count += (value != NULL) | (get_uint8(operations, code_at(row, filter)) == Operation.DELETE)
        put(kept.group.highs, i, count)
