"""Sums and means of int64 values."""

from __future__ import annotations

import numpy as np

from limner.compiled import Flag, Int, Real, inner
from limner.fold.measures.series import Series
from limner.fold.memory import get, put

SMALL, MANY = 1 << 42, 1 << 20
"""So many numbers of that size cannot leave int64."""


@inner
def total(values: Int, low: Int, high: Int) -> tuple[Int, bool]:
    """(sum, whether it lies outside int64). Only the sum decides, not the order of its parts."""
    result = spread = np.int64(0)
    for j in range(low, high):
        value = get(values, j)
        result += value
        spread |= value ^ (value >> 63)
    if spread < SMALL and high - low < MANY:
        return result, False
    return total_of_large(values, low, high)


@inner
def note_totals(series: Series, before: Int, totals: Int) -> tuple[Int, Flag]:
    """Per place, and after the last, the sum of all values noted before it; ``before`` is that of earlier series.

    Returns (the last, whether all sums of parts of the series are sure to be right).
    """
    result, spread = before, np.int64(0)
    for j in range(series.low, series.high):
        put(totals, j, result)
        value = get(series.values, j)
        result += value
        spread |= value ^ (value >> 63)
    put(totals, series.high, result)
    return result, spread < SMALL and series.high - series.low < MANY


@inner
def total_of_large(values: Int, low: Int, high: Int) -> tuple[Int, bool]:
    """The same of values that may leave int64 on the way: additions wrap around and the laps are counted."""
    result = laps = np.int64(0)
    for j in range(low, high):
        value = get(values, j)
        wrapped = result + value
        if ((result ^ wrapped) & (value ^ wrapped)) < 0:
            laps += 1 if value > 0 else -1
        result = wrapped
    return result, laps != 0


@inner
def mean(series: Series, factor: Real) -> tuple[Real, bool]:
    """(sum / (count * factor) in double, overflow); NaN without values. ``factor`` is 10**scale."""
    if series.low == series.high:
        return np.nan, False
    result, overflow = total(series.values, series.low, series.high)
    return np.float64(result) / (np.float64(series.high - series.low) * factor), overflow


@inner
def median(series: Series, factor: Real, copy: Int) -> Real:
    """The middle value, or the mean of the middle two, in double; NaN without values."""
    count = series.high - series.low
    if count == 0:
        return np.nan
    if count <= 2:
        first, last = get(series.values, series.low), get(series.values, series.high - 1)
        return (np.float64(first) + np.float64(last)) / (2.0 * factor) if count == 2 else np.float64(first) / factor
    for j in range(count):
        put(copy, j, get(series.values, series.low + j))
    upper = pick(copy, count, count // 2)
    if count % 2 == 1:
        return np.float64(upper) / factor
    lower = get(copy, 0)
    for j in range(1, count // 2):
        lower = max(lower, get(copy, j))
    return (np.float64(lower) + np.float64(upper)) / (2.0 * factor)


@inner
def pick(values: Int, count: Int, rank: Int) -> Int:
    """The value of that rank (0 = smallest); afterwards smaller ranks stand before it (Hoare's quickselect)."""
    left, right = np.int64(0), count - 1
    while left < right:
        pivot = get(values, (left + right) // 2)
        i, j = left, right
        while i <= j:
            while get(values, i) < pivot:
                i += 1
            while get(values, j) > pivot:
                j -= 1
            if i <= j:
                smaller = get(values, j)
                put(values, j, get(values, i))
                put(values, i, smaller)
                i += 1
                j -= 1
        if rank <= j:
            right = j
        elif rank >= i:
            left = i
        else:
            break
    return get(values, rank)
