"""Which of the values that sources gave of a trait is believed."""

from __future__ import annotations

import numpy as np

from limner.fold.compile import Int, Real, inner
from limner.fold.measures.choices import is_later
from limner.fold.measures.series import Columns, Floats, Scratch, Series, Words
from limner.fold.measures.tables import clear, slot_of
from limner.fold.memory import load_int16, load_int64

LATEST, TRUSTED, FREQUENT = range(3)
HALF_LIFE = 365.0 * 86_400_000_000.0


@inner
def trust_of(row: Int, columns: Columns, as_of: Int, reliability: Floats) -> Real:
    """A source's reliability, halved per 365 days of age."""
    source = np.int64(load_int16(columns.source, row))
    age = np.float64(as_of - load_int64(columns.time, row))
    return (reliability[source] if 0 <= source < len(reliability) else 1.0) * 2.0 ** (-age / HALF_LIFE)


@inner
def resolve_trait(
    way: Int, series: Series, scratch: Scratch, columns: Columns, words: Words, as_of: Int, reliability: Floats
) -> tuple[Int, Real]:
    """(value, its share of all trust) of at least one value: the latest, the most trusted or the most frequent.

    Events are trusted alike where frequency decides. Ties: last seen later, then smaller value.
    """
    seen, trust = scratch.seen, scratch.trust
    empty = clear(scratch.table, series.high - series.low)
    count = np.int64(0)
    whole = 0.0
    for j in range(series.low, series.high):
        slot = slot_of(series.values[j], seen, count, empty)
        if slot == count:
            trust[slot] = 0.0
            count += 1
        weight = 1.0 if way == FREQUENT else trust_of(series.rows[j], columns, as_of, reliability)
        trust[slot] += weight
        scratch.lasts[slot] = j
        whole += weight
    best = slot_of(series.values[series.high - 1], seen, count, empty)
    for slot in range(count if way != LATEST else 0):
        if trust[slot] > trust[best]:
            best = slot
        elif trust[slot] == trust[best] and is_later(slot, best, series, scratch, columns, words):
            best = slot
    return seen[best], trust[best] / whole if whole > 0.0 else 0.0
