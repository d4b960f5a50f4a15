"""Measures that tell values apart: distinct, list, top, share."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from limner.compiled import Flag, Int, Real, inlined, inner
from limner.fold.measures.extremes import precedes
from limner.fold.measures.series import Scratch, Series, Ties
from limner.fold.measures.tables import clear, previous_of, slot_of
from limner.fold.measures.totals import total
from limner.fold.memory import count_bits, get, get_float64, put
from limner.fold.rows import NULL

FEW_CODES = 64
"""A dictionary of at most so many words needs no table: a value is its own place, and a bit."""


class Belief(NamedTuple):
    """What a value must show to be chosen; and the population: its values, ascending, their shares, how many.

    Addresses of 0: the population is not known, and lift not asked for.
    """

    times: Real
    share: Real
    lift: Real
    values: Int
    shares: Int
    count: Int


@inlined
def has_few_codes(codes: Int) -> Flag:
    """Are values codes of a dictionary that short?"""
    return 0 < codes <= FEW_CODES


@inner
def note_previous(series: Series, scratch: Scratch) -> None:
    """Per place, where the same value stood before; below the series if nowhere. A series of several customers does."""
    empty = clear(scratch, series)
    for j in range(series.low, series.high):
        put(scratch.previous, j, previous_of(j, series, empty))


@inlined
def distinct(series: Series, scratch: Scratch) -> Int:
    """How many different values: those that stood nowhere in the series before. The notes serve every window."""
    count = np.int64(0)
    for j in range(series.low, series.high):
        count += get(scratch.previous, j) < series.low
    return count


@inlined
def distinct_codes(series: Series) -> Int:
    """The same for few codes: a bit for each. It needs no notes."""
    bits = np.int64(0)
    for j in range(series.low, series.high):
        bits |= np.int64(1) << get(series.values, j)
    return count_bits(bits)


@inner
def list_latest(series: Series, scratch: Scratch, limit: Int, output: Int) -> Int:
    """Writes different values, latest first, at most ``limit``, to a buffer; how many."""
    empty = clear(scratch, series)
    count = np.int64(0)
    j = series.high - 1
    while j >= series.low and count < limit:
        value = get(series.values, j)
        if slot_of(value, count, empty) == count:
            put(output, count, value)
            count += 1
        j -= 1
    return count


@inner
def weigh(series: Series, scratch: Scratch) -> tuple[Int, bool]:
    """Per different value, by slot: ``sums`` of its weight, ``counts`` of its events, ``lasts``, its last place j.

    Returns (how many values, whether the weights added up regardless of sign leave int64).
    """
    sums, counts = scratch.sums, scratch.counts
    empty = clear(scratch, series)
    count = np.int64(0)
    gross = np.int64(0)
    overflow = False
    for j in range(series.low, series.high):
        slot = slot_of(get(series.values, j), count, empty)
        # What stands in a new slot is times 0: cheaper than a branch the processor cannot guess.
        known = np.int64(slot != count)
        count += 1 - known
        weight = get(series.weights, j) if series.weighted else np.int64(1)
        put(sums, slot, known * get(sums, slot) + weight)
        put(counts, slot, known * get(counts, slot) + 1)
        put(scratch.lasts, slot, j)
        gross += abs(weight)
        overflow = overflow or gross < 0
    return count, overflow


@inner
def weigh_codes(series: Series, scratch: Scratch) -> tuple[Int, bool]:
    """The same for few codes, each of which is its own slot; those that do not occur weigh nothing."""
    sums, counts, lasts = scratch.sums, scratch.counts, scratch.lasts
    for code in range(series.codes):
        put(sums, code, 0)
        put(counts, code, 0)
        put(scratch.seen, code, code)
    gross = np.int64(0)
    overflow = False
    for j in range(series.low, series.high):
        code = get(series.values, j)
        weight = get(series.weights, j) if series.weighted else np.int64(1)
        put(sums, code, get(sums, code) + weight)
        put(counts, code, get(counts, code) + 1)
        put(lasts, code, j)
        gross += abs(weight)
        overflow = overflow or gross < 0
    return series.codes, overflow


@inner
def share_of(part: Int, whole: Int) -> Real:
    """0..1. If refunds leave a whole of zero or less, a part that is positive is all there is."""
    if whole <= 0:
        return 1.0 if part > 0 else 0.0
    return min(max(np.float64(part) / np.float64(whole), 0.0), 1.0)


@inner
def choose_top(count: Int, series: Series, scratch: Scratch, ties: Ties, belief: Belief) -> tuple[Int, Real]:
    """(the winner or NULL, its share of the weight) among weighed values that are believed.

    Looks for the most weight, then for who of those with it was last seen latest: two passes without a branch the
    processor could guess wrong. Values are compared one by one only if that leaves a tie, or if lift decides.
    """
    whole = most = np.int64(0)
    times = np.int64(math.ceil(belief.times))
    for slot in range(count):
        weight = get(scratch.sums, slot)
        whole += weight
        most = max(most, weight * np.int64(get(scratch.counts, slot) >= times))
    confidence = share_of(most, whole)
    # Who weighs less has a smaller share still.
    if most == 0 or (belief.share > 0.0 and confidence < belief.share):
        return NULL, np.nan
    latest = second = np.int64(-1)
    for slot in range(count):
        chosen = (get(scratch.sums, slot) == most) & (get(scratch.counts, slot) >= times)
        last = get(scratch.lasts, slot) if chosen else np.int64(-1)
        second = max(second, min(latest, last))
        latest = max(latest, last)
    if belief.lift > 0.0 or (second >= 0 and seen_at(second, series, ties) == seen_at(latest, series, ties)):
        return choose_among(count, whole, series, scratch, ties, belief)
    return get(series.values, latest), confidence


@inlined
def seen_at(j: Int, series: Series, ties: Ties) -> Int:
    """The instant of the row at place j."""
    return get(ties.time, get(series.rows, j))


@inner
def choose_among(
    count: Int, whole: Int, series: Series, scratch: Scratch, ties: Ties, belief: Belief
) -> tuple[Int, Real]:
    """The same by comparing values one by one. ``whole``: the weight of all."""
    best = np.int64(-1)
    for slot in range(count):
        weight = get(scratch.sums, slot)
        if weight <= 0 or get(scratch.counts, slot) < belief.times:
            continue
        if best >= 0 and not beats(slot, best, series, scratch, ties):
            continue
        if belief.share > 0.0 and share_of(weight, whole) < belief.share:
            continue
        if belief.lift <= 0.0 or is_lifted(share_of(weight, whole), get(scratch.seen, slot), belief):
            best = np.int64(slot)
    return (get(scratch.seen, best), share_of(get(scratch.sums, best), whole)) if best >= 0 else (NULL, np.nan)


@inner
def beats(slot: Int, best: Int, series: Series, scratch: Scratch, ties: Ties) -> Flag:
    """More weight, then last seen later, then smaller."""
    weight, other = get(scratch.sums, slot), get(scratch.sums, best)
    return weight > other or (weight == other and is_later(slot, best, series, scratch, ties))


@inner
def is_later(slot: Int, best: Int, series: Series, scratch: Scratch, ties: Ties) -> Flag:
    """Last seen later, then smaller."""
    left = seen_at(get(scratch.lasts, slot), series, ties)
    right = seen_at(get(scratch.lasts, best), series, ties)
    return left > right or (left == right and precedes(get(scratch.seen, slot), get(scratch.seen, best), ties.words))


@inner
def is_lifted(part: Real, value: Int, belief: Belief) -> Flag:
    """Is the share at least ``lift`` times the population's? A value the population never saw always is."""
    if belief.values == 0:
        return True
    left, right = np.int64(0), belief.count
    while left < right:
        middle = (left + right) // 2
        if get(belief.values, middle) < value:
            left = middle + 1
        else:
            right = middle
    if left == belief.count or get(belief.values, left) != value:
        return True
    return part >= belief.lift * get_float64(belief.shares, left)


@inner
def share_of_value(series: Series, wanted: Int) -> tuple[Real, bool]:
    """(the value's weight / all weight, within 0..1; overflow); NaN without events or if all weight is not positive."""
    if not series.weighted:
        matches = np.int64(0)
        for j in range(series.low, series.high):
            matches += get(series.values, j) == wanted
        count = series.high - series.low
        return np.float64(matches) / np.float64(count) if count > 0 else np.nan, False
    whole, overflow = total(series.weights, series.low, series.high)
    part = np.int64(0)
    for j in range(series.low, series.high):
        if get(series.values, j) == wanted:
            part += get(series.weights, j)
    return share_of(part, whole) if whole > 0 else np.nan, overflow
