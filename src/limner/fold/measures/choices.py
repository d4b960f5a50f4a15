"""Measures that tell values apart: distinct, list, top, share."""

from __future__ import annotations

import numpy as np

from limner.fold.compile import Int, Real, inner
from limner.fold.measures.extremes import precedes
from limner.fold.measures.series import Columns, Floats, Scratch, Series, Values, Words
from limner.fold.measures.tables import clear, slot_of
from limner.fold.measures.totals import total
from limner.fold.memory import load_float64, load_int64, store_int64


@inner
def distinct(series: Series, scratch: Scratch) -> Int:
    """How many different values."""
    empty = clear(scratch.table, series.high - series.low)
    count = np.int64(0)
    for j in range(series.low, series.high):
        count += slot_of(series.values[j], scratch.seen, count, empty) == count
    return count


@inner
def list_latest(series: Series, scratch: Scratch, limit: Int, output: Int) -> Int:
    """Writes different values, latest first, at most ``limit``, to a buffer; how many."""
    empty = clear(scratch.table, series.high - series.low)
    count = np.int64(0)
    j = series.high - 1
    while j >= series.low and count < limit:
        if slot_of(series.values[j], scratch.seen, count, empty) == count:
            store_int64(output, count, series.values[j])
            count += 1
        j -= 1
    return count


@inner
def weigh(series: Series, scratch: Scratch) -> tuple[Int, bool]:
    """Per different value, by slot: ``sums`` of its weight, ``counts`` of its events, ``lasts``, its last place j.

    Returns (how many values, whether the weights added up regardless of sign leave int64).
    """
    seen, sums, counts, lasts = scratch.seen, scratch.sums, scratch.counts, scratch.lasts
    empty = clear(scratch.table, series.high - series.low)
    count = np.int64(0)
    gross = np.int64(0)
    overflow = False
    for j in range(series.low, series.high):
        slot = slot_of(series.values[j], seen, count, empty)
        if slot == count:
            sums[slot] = 0
            counts[slot] = 0
            count += 1
        weight = series.weights[j] if series.weighted else np.int64(1)
        sums[slot] += weight
        counts[slot] += 1
        lasts[slot] = j
        gross += abs(weight)
        overflow = overflow or gross < 0
    return count, overflow


@inner
def share_of(part: Int, whole: Int) -> Real:
    """0..1. If refunds leave a whole of zero or less, a part that is positive is all there is."""
    if whole <= 0:
        return 1.0 if part > 0 else 0.0
    return min(max(np.float64(part) / np.float64(whole), 0.0), 1.0)


@inner
def choose_top(
    count: Int, series: Series, scratch: Scratch, columns: Columns, words: Words, evidence: Floats, population: Values
) -> tuple[Int, Real]:
    """(slot of the winner or -1, its share of the weight) among weighed values that show the evidence.

    ``evidence``: times, share, lift. ``population``: addresses of its values, ascending, and of their shares, and how
    many; 0 = unknown, lift is then not asked for.
    """
    whole = np.int64(0)
    for slot in range(count):
        whole += scratch.sums[slot]
    best = np.int64(-1)
    for slot in range(count):
        if scratch.sums[slot] <= 0 or scratch.counts[slot] < evidence[0]:
            continue
        if best >= 0 and not beats(slot, best, series, scratch, columns, words):
            continue
        part = share_of(scratch.sums[slot], whole)
        if part >= evidence[1] and (evidence[2] <= 0 or lifted(part, scratch.seen[slot], evidence[2], population)):
            best = slot
    return best, share_of(scratch.sums[best], whole) if best >= 0 else np.nan


@inner
def beats(slot: Int, best: Int, series: Series, scratch: Scratch, columns: Columns, words: Words) -> bool:
    """More weight, then last seen later, then smaller."""
    if scratch.sums[slot] != scratch.sums[best]:
        return scratch.sums[slot] > scratch.sums[best]
    return is_later(slot, best, series, scratch, columns, words)


@inner
def is_later(slot: Int, best: Int, series: Series, scratch: Scratch, columns: Columns, words: Words) -> bool:
    """Last seen later, then smaller."""
    left = load_int64(columns.time, series.rows[scratch.lasts[slot]])
    right = load_int64(columns.time, series.rows[scratch.lasts[best]])
    return left > right or (left == right and precedes(scratch.seen[slot], scratch.seen[best], words))


@inner
def lifted(part: Real, value: Int, lift: Real, population: Values) -> bool:
    """Is the share at least ``lift`` times the population's? A value the population never saw always is."""
    if population[0] == 0:
        return True
    left, right = np.int64(0), population[2]
    while left < right:
        middle = (left + right) // 2
        if load_int64(population[0], middle) < value:
            left = middle + 1
        else:
            right = middle
    if left == population[2] or load_int64(population[0], left) != value:
        return True
    return part >= lift * load_float64(population[1], left)


@inner
def share_of_value(series: Series, wanted: Int) -> tuple[Real, bool]:
    """(the value's weight / all weight, within 0..1; overflow); NaN without events or if all weight is not positive."""
    if not series.weighted:
        matches = 0
        for j in range(series.low, series.high):
            matches += series.values[j] == wanted
        count = series.high - series.low
        return np.float64(matches) / np.float64(count) if count > 0 else np.nan, False
    whole, overflow = total(series.weights, series.low, series.high)
    part = np.int64(0)
    for j in range(series.low, series.high):
        if series.values[j] == wanted:
            part += series.weights[j]
    return share_of(part, whole) if whole > 0 else np.nan, overflow
