"""Which of the values that sources gave of a trait is believed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from limner.compiled import Int, Real, inner
from limner.fold.measures.choices import is_later
from limner.fold.measures.code import Operation
from limner.fold.measures.series import Scratch, Series, Ties
from limner.fold.measures.tables import clear, slot_of
from limner.fold.memory import get, get_float64, get_int16, get_uint8, put, put_float64
from limner.fold.rows import NULL, Filter, code_at

LATEST, TRUSTED, FREQUENT = range(3)
HALF_LIFE = 365.0 * 86_400_000_000.0


class Sources(NamedTuple):
    """How far sources are trusted: their column, reliability by source code (1 beyond ``count``), and as_of."""

    column: Int

    reliability: Int
    count: Int
    as_of: Int


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


@inner
def trust_of(row: Int, time: Int, sources: Sources) -> Real:
    """A source's reliability, halved per 365 days of age."""
    source = np.int64(get_int16(sources.column, row))
    reliability = get_float64(sources.reliability, source) if 0 <= source < sources.count else 1.0
    return reliability * 2.0 ** (-np.float64(sources.as_of - get(time, row)) / HALF_LIFE)


@inner
def resolve_trait(way: Int, series: Series, scratch: Scratch, ties: Ties, sources: Sources) -> tuple[Int, Real]:
    """(value, its share of all trust) of at least one value: the latest, the most trusted or the most frequent.

    Events are trusted alike where frequency decides. Ties: last seen later, then smaller value.
    """
    trust = scratch.trust
    empty = clear(scratch, series)
    count = np.int64(0)
    best = np.int64(0)
    whole = 0.0
    for j in range(series.low, series.high):
        # After the last row, this is the latest value.
        best = slot_of(get(series.values, j), count, empty)
        if best == count:
            put_float64(trust, best, 0.0)
            count += 1
        weight = 1.0 if way == FREQUENT else trust_of(get(series.rows, j), ties.time, sources)
        put_float64(trust, best, get_float64(trust, best) + weight)
        put(scratch.lasts, best, j)
        whole += weight
    for slot in range(count if way != LATEST else 0):
        weight, most = get_float64(trust, slot), get_float64(trust, best)
        if weight > most or (weight == most and is_later(slot, best, series, scratch, ties)):
            best = np.int64(slot)
    return get(scratch.seen, best), get_float64(trust, best) / whole if whole > 0.0 else 0.0
