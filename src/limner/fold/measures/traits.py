"""Which of the values that sources gave of a trait is believed."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from limner.compiled import Flag, Int, Real, inlined, inner
from limner.fold.measures.choices import is_later
from limner.fold.measures.code import Operation
from limner.fold.measures.series import Scratch, Series, Ties
from limner.fold.measures.tables import clear, slot_of
from limner.fold.memory import get, get_float64, get_int16, get_uint8, put, put_float64
from limner.fold.rows import NULL, Filter, code_at

LATEST, TRUSTED, FREQUENT = range(3)
WRONG, UNKNOWN, KNOWN = range(3)
"""Before the votes by source code: how many wrong values there are, and the vote of a source without a code."""


class Sources(NamedTuple):
    """What a claim counts: the column of its source, votes (see `WRONG`) and the sources that have one, the midnight
    that ages are counted to, and the half-life in µs; 0 = nothing ages."""

    column: Int
    votes: Int
    count: Int
    midnight: Int
    half_life: Real


@inner
def replay(series: Series, operations: Int, filter: Filter, scratch: Scratch) -> tuple[Series, bool]:
    """What events said of a trait, with the operation of each event code, as the values that stand in the end: (a
    series in ``counts`` and ``sums`` of the scratch, whether additions left int64).

    What is added takes the place of the latest value: it is that value carried on, no rival of it.
    """
    rows, values = scratch.counts, scratch.sums
    count, overflow = np.int64(0), False
    for j in range(series.low, series.high):
        row, value = get(series.rows, j), get(series.values, j)
        operation = get_uint8(operations, code_at(row, filter))
        if operation >= Operation.UNSET:
            count = np.int64(0)
        elif operation != Operation.IGNORE and (operation != Operation.SET_ONCE or count == 0):
            if operation == Operation.ADD and count > 0:
                count -= 1
                latest = get(values, count)
                added = value
                value += latest
                overflow = overflow or ((latest ^ value) & (added ^ value)) < 0 or value == NULL
            put(rows, count, row)
            put(values, count, value)
            count += 1
    return Series(rows, values, series.weights, False, series.codes, np.int64(0), count), overflow


@inlined
def fade(age: Int, half_life: Real) -> Real:
    """What is left of 1 after a while."""
    return 2.0 ** (-np.float64(age) / half_life) if half_life > 0.0 else 1.0


@inlined
def vote_of(row: Int, source: Int, time: Int, sources: Sources) -> Real:
    """What a claim counts for its value. Nothing ages within a day, so portraits change at midnight only."""
    place = KNOWN + source if 0 <= source < sources.count else np.int64(UNKNOWN)
    age = max(sources.midnight - get(time, row), np.int64(0))
    return get_float64(sources.votes, place) * fade(age, sources.half_life)


@inner
def resolve_trait(way: Int, series: Series, scratch: Scratch, ties: Ties, sources: Sources) -> tuple[Int, Real]:
    """(value, its share of all weight) of at least one value: the latest or the most frequent. What was said weighs
    by how much older it is than the latest, whoever said it. Ties: last seen later, then smaller value.
    """
    trust = scratch.trust
    empty = clear(scratch, series)
    count = np.int64(0)
    best = np.int64(0)
    whole = 0.0
    newest = get(ties.time, get(series.rows, series.high - 1))
    for j in range(series.low, series.high):
        # After the last row, this is the latest value.
        best = slot_of(get(series.values, j), count, empty)
        if best == count:
            put_float64(trust, best, 0.0)
            count += 1
        weight = fade(newest - get(ties.time, get(series.rows, j)), sources.half_life)
        put_float64(trust, best, get_float64(trust, best) + weight)
        put(scratch.lasts, best, j)
        whole += weight
    if way != LATEST:
        best = heaviest(count, best, series, scratch, ties)
    return get(scratch.seen, best), get_float64(trust, best) / whole if whole > 0.0 else 0.0


@inner
def heaviest(count: Int, best: Int, series: Series, scratch: Scratch, ties: Ties) -> Int:
    """The slot with the most weight in ``trust``; one to begin with is given."""
    for slot in range(count):
        weight, most = get_float64(scratch.trust, slot), get_float64(scratch.trust, best)
        if weight > most or (weight == most and is_later(slot, best, series, scratch, ties)):
            best = np.int64(slot)
    return best


@inner
def resolve_trusted(series: Series, scratch: Scratch, ties: Ties, sources: Sources) -> tuple[Int, Real]:
    """(value, how probably it is right) of at least one value: that with the most votes, a source voting for the last
    it said. See `limner.fold.trust`."""
    trust, heard = scratch.trust, series.weights
    empty = clear(scratch, series)
    count = voters = np.int64(0)
    for back in range(series.high - series.low):
        j = series.high - 1 - back
        row = get(series.rows, j)
        source = np.int64(get_int16(sources.column, row))
        if is_among(source, heard, voters):
            continue
        put(heard, voters, source)
        voters += 1
        slot = slot_of(get(series.values, j), count, empty)
        if slot == count:
            put_float64(trust, slot, 0.0)
            put(scratch.lasts, slot, j)
            count += 1
        put_float64(trust, slot, get_float64(trust, slot) + vote_of(row, source, ties.time, sources))
    best = heaviest(count, np.int64(0), series, scratch, ties)
    return get(scratch.seen, best), probability(best, count, trust, get_float64(sources.votes, WRONG))


@inner
def is_among(value: Int, values: Int, count: Int) -> Flag:
    """Few sources speak of one customer: looking through them costs less than a table."""
    k = np.int64(0)
    while k < count and get(values, k) != value:
        k += 1
    return k < count


@inner
def probability(best: Int, count: Int, votes: Int, wrong: Real) -> Real:
    """e**votes of the slot over that of all values; nobody votes for those that were not claimed."""
    most = max(get_float64(votes, best), 0.0)
    odds = max(wrong + 1.0 - np.float64(count), 0.0) * math.exp(-most)
    for slot in range(count):
        odds += math.exp(get_float64(votes, slot) - most)
    return math.exp(get_float64(votes, best) - most) / odds


@inner
def note_claims(series: Series, values: Int, rows: Int) -> Int:
    """Writes each value that was said, and the row that said it; how many."""
    for j in range(series.low, series.high):
        put(values, j - series.low, get(series.values, j))
        put(rows, j - series.low, get(series.rows, j))
    return series.high - series.low
