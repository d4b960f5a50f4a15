"""Sums and means of int64 values."""

from __future__ import annotations

import numpy as np

from limner.fold.compile import Int, Real, inner
from limner.fold.measures.series import Series, Values


@inner
def total(values: Values, low: Int, high: Int) -> tuple[Int, bool]:
    """(sum, whether it lies outside int64). Additions wrap around and the laps are counted, so only the sum decides,
    not the order of its parts."""
    result = np.int64(0)
    laps = np.int64(0)
    for j in range(low, high):
        value = values[j]
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
def median(series: Series, factor: Real, scratch: Values) -> Real:
    """The middle value, or the mean of the middle two, in double; NaN without values."""
    count = series.high - series.low
    if count == 0:
        return np.nan
    for j in range(count):
        scratch[j] = series.values[series.low + j]
    upper = pick(scratch, count, count // 2)
    if count % 2 == 1:
        return np.float64(upper) / factor
    lower = scratch[0]
    for j in range(1, count // 2):
        lower = max(lower, scratch[j])
    return (np.float64(lower) + np.float64(upper)) / (2.0 * factor)


@inner
def pick(values: Values, count: Int, rank: Int) -> Int:
    """The value of that rank (0 = smallest); afterwards smaller ranks stand before it (Hoare's quickselect)."""
    left, right = 0, count - 1
    while left < right:
        pivot = values[(left + right) // 2]
        i, j = left, right
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if rank <= j:
            right = j
        elif rank >= i:
            left = i
        else:
            break
    return values[rank]
