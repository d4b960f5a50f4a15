"""Local days and hours of matching events."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.fold.compile import inner
from limner.fold.memory import load_int8, load_int32, load_int64, store_int32

Rows = npt.NDArray[np.int64]
DAY_MICROS = 86_400_000_000.0


@inner
def active_days(rows: Rows, low: int, high: int, day: int) -> int:
    """How many local days have a match. ``day`` is the column's address; days ascend along a timeline."""
    count = 0
    for j in range(low, high):
        if j == low or load_int32(day, rows[j]) != load_int32(day, rows[j - 1]):
            count += 1
    return count


@inner
def longest_streak(rows: Rows, low: int, high: int, day: int) -> int:
    """The longest run of consecutive local days that all have a match."""
    best = run = 0
    last = np.int64(0)
    for j in range(low, high):
        today = np.int64(load_int32(day, rows[j]))
        if run > 0 and today == last:
            continue
        run = run + 1 if run > 0 and today == last + 1 else 1
        last = today
        best = max(best, run)
    return best


@inner
def count_hours(rows: Rows, low: int, high: int, hour: int, cells: Rows, output: int, customer: int) -> None:
    """Writes the matches of each local hour to the customer's 24 int32 cells."""
    cells[:24] = 0
    for j in range(low, high):
        cells[load_int8(hour, rows[j]) % 24] += 1
    for i in range(24):
        store_int32(output, customer * 24 + i, cells[i])


@inner
def count_weekdays(rows: Rows, low: int, high: int, day: int, cells: Rows, output: int, customer: int) -> None:
    """Writes the matches of each weekday, Monday first, to the customer's 7 int32 cells. 1970-01-01 was a Thursday."""
    cells[:7] = 0
    for j in range(low, high):
        cells[(np.int64(load_int32(day, rows[j])) + 3) % 7] += 1
    for i in range(7):
        store_int32(output, customer * 7 + i, cells[i])


@inner
def mean_interval(rows: Rows, low: int, high: int, time: int) -> float:
    """Mean gap between matches in days; NaN under two."""
    if high - low < 2:
        return np.nan
    gap = load_int64(time, rows[high - 1]) - load_int64(time, rows[low])
    return np.float64(gap) / (np.float64(high - low - 1) * DAY_MICROS)
