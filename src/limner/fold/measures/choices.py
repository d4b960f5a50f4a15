"""Measures that tell values apart: distinct, top, share, list, trait. A small hash table per customer, whatever the
size of the dictionary."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.fold.compile import inner
from limner.fold.measures.extremes import precedes
from limner.fold.measures.totals import total
from limner.fold.memory import load_float64, load_int16, load_int64, store_int64

Values = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
HALF_LIFE = 365.0 * 86_400_000_000.0


@inner
def clear(table: Values, count: int) -> int:
    """Empties a part of the table that is at least twice ``count``; its size less one."""
    size = 4
    while size < 2 * count:
        size *= 2
    for i in range(size):
        table[i] = -1
    return size - 1


@inner
def slot_of(value: int, seen: Values, count: int, table: Values, mask: int) -> int:
    """The value's place in ``seen``; a new one is put at ``count``."""
    spot = np.int64((np.uint64(value) * GOLDEN) >> np.uint64(32)) & mask
    while True:
        slot = table[spot]
        if slot < 0:
            table[spot] = count
            seen[count] = value
            return count
        if seen[slot] == value:
            return slot
        spot = (spot + 1) & mask


@inner
def distinct(values: Values, low: int, high: int, seen: Values, table: Values) -> int:
    """How many different values."""
    mask = clear(table, high - low)
    count = 0
    for j in range(low, high):
        count = max(count, slot_of(values[j], seen, count, table, mask) + 1)
    return count


@inner
def list_latest(
    values: Values, low: int, high: int, limit: int, seen: Values, table: Values, output: int, start: int
) -> int:
    """Writes different values, latest first, at most ``limit``, to the buffer from ``start``; how many."""
    mask = clear(table, high - low)
    count = 0
    j = high - 1
    while j >= low and count < limit:
        if slot_of(values[j], seen, count, table, mask) == count:
            store_int64(output, start + count, values[j])
            count += 1
        j -= 1
    return count


@inner
def weigh(
    values: Values,
    weights: Values,
    weighted: bool,
    low: int,
    high: int,
    seen: Values,
    sums: Values,
    counts: Values,
    lasts: Values,
    table: Values,
) -> tuple[int, bool]:
    """Per different value: its weight (an event weighs 1 without weights), its events, its last place j.

    Returns (how many values, whether the weights added up regardless of sign leave int64).
    """
    mask = clear(table, high - low)
    count = 0
    gross = np.int64(0)
    overflow = False
    for j in range(low, high):
        slot = slot_of(values[j], seen, count, table, mask)
        if slot == count:
            sums[slot] = 0
            counts[slot] = 0
            count += 1
        weight = weights[j] if weighted else np.int64(1)
        sums[slot] += weight
        counts[slot] += 1
        lasts[slot] = j
        gross += abs(weight)
        overflow = overflow or gross < 0
    return count, overflow


@inner
def share_of(part: int, whole: int) -> float:
    """0..1. What others lost (a whole of zero or less) leaves the part everything."""
    if whole <= 0:
        return 1.0 if part > 0 else 0.0
    return min(max(np.float64(part) / np.float64(whole), 0.0), 1.0)


@inner
def choose_top(
    count: int,
    seen: Values,
    sums: Values,
    counts: Values,
    lasts: Values,
    rows: Values,
    time: int,
    letters: int,
    ends: int,
    evidence: Floats,
    population: Values,
) -> tuple[int, float]:
    """(slot of the winner or -1, its share of the weight) among weighed values that show the evidence.

    ``evidence``: times, share, lift. ``population``: addresses of its values, ascending, and of their shares, and how
    many; 0 addresses = unknown, lift is then not asked for. Ties: last seen later, then smaller value.
    """
    whole = np.int64(0)
    for slot in range(count):
        whole += sums[slot]
    best = -1
    for slot in range(count):
        if sums[slot] <= 0 or counts[slot] < evidence[0]:
            continue
        part = share_of(sums[slot], whole)
        if part < evidence[1] or (evidence[2] > 0 and not lifted(part, seen[slot], evidence[2], population)):
            continue
        if best < 0 or beats(slot, best, seen, sums, lasts, rows, time, letters, ends):
            best = slot
    return best, share_of(sums[best], whole) if best >= 0 else np.nan


@inner
def beats(
    slot: int, best: int, seen: Values, sums: Values, lasts: Values, rows: Values, time: int, letters: int, ends: int
) -> bool:
    """More weight, then seen later, then smaller."""
    if sums[slot] != sums[best]:
        return sums[slot] > sums[best]
    later = load_int64(time, rows[lasts[slot]]) - load_int64(time, rows[lasts[best]])
    return later > 0 if later != 0 else precedes(seen[slot], seen[best], letters, ends)


@inner
def lifted(part: float, value: int, lift: float, population: Values) -> bool:
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
def share_of_value(
    values: Values, weights: Values, weighted: bool, low: int, high: int, wanted: int
) -> tuple[float, bool]:
    """(the value's weight / all weight, within 0..1, overflow); NaN without events or if all weight is not positive."""
    if not weighted:
        matches = 0
        for j in range(low, high):
            matches += values[j] == wanted
        return np.float64(matches) / np.float64(high - low) if high > low else np.nan, False
    whole, overflow = total(weights, low, high)
    part = np.int64(0)
    for j in range(low, high):
        if values[j] == wanted:
            part += weights[j]
    return share_of(part, whole) if whole > 0 else np.nan, overflow


@inner
def resolve_trait(
    values: Values,
    low: int,
    high: int,
    rows: Values,
    time: int,
    source: int,
    as_of: int,
    way: int,
    reliability: Floats,
    seen: Values,
    lasts: Values,
    trust: Floats,
    table: Values,
    letters: int,
    ends: int,
) -> tuple[int, float]:
    """(value, its share of the trust) of at least one value. ``way``: 0 latest, 1 trusted, 2 frequent.

    An event's trust is its source's reliability, halved per 365 days of age; 1 for ``frequent``. Ties: last seen
    later, then smaller value.
    """
    mask = clear(table, high - low)
    count = 0
    whole = 0.0
    for j in range(low, high):
        slot = slot_of(values[j], seen, count, table, mask)
        if slot == count:
            trust[slot] = 0.0
            count += 1
        weight = 1.0
        if way != 2:
            code = np.int64(load_int16(source, rows[j]))
            age = np.float64(as_of - load_int64(time, rows[j]))
            weight = (reliability[code] if 0 <= code < len(reliability) else 1.0) * 2.0 ** (-age / HALF_LIFE)
        trust[slot] += weight
        lasts[slot] = j
        whole += weight
    best = slot_of(values[high - 1], seen, count, table, mask)
    if way != 0:
        for slot in range(count):
            later = load_int64(time, rows[lasts[slot]]) - load_int64(time, rows[lasts[best]])
            wins = later > 0 if later != 0 else precedes(seen[slot], seen[best], letters, ends)
            if trust[slot] > trust[best] or (trust[slot] == trust[best] and wins):
                best = slot
    return seen[best], trust[best] / whole if whole > 0.0 else 0.0
