"""Local days and hours of matching events."""

from __future__ import annotations

import numpy as np

from limner.fold.compile import Int, Real, inner
from limner.fold.measures.series import Columns, Series, Values
from limner.fold.memory import load_int8, load_int32, load_int64, store_int32

DAY_MICROS = 86_400_000_000.0


@inner
def active_days(series: Series, columns: Columns) -> Int:
    """How many local days have a match; days ascend along a timeline."""
    count = 0
    last = np.int64(0)
    for j in range(series.low, series.high):
        today = np.int64(load_int32(columns.day, series.rows[j]))
        count += j == series.low or today != last
        last = today
    return count


@inner
def longest_streak(series: Series, columns: Columns) -> Int:
    """The longest run of consecutive local days that all have a match."""
    best = run = 0
    last = np.int64(0)
    for j in range(series.low, series.high):
        today = np.int64(load_int32(columns.day, series.rows[j]))
        if run > 0 and today == last:
            continue
        run = run + 1 if run > 0 and today == last + 1 else 1
        last = today
        best = max(best, run)
    return best


@inner
def edge_day(series: Series, columns: Columns, first: bool) -> Int:
    """The local day of the first or the last of at least one match."""
    return np.int64(load_int32(columns.day, series.rows[series.low if first else series.high - 1]))


@inner
def count_hours(series: Series, columns: Columns, cells: Values, output: Int) -> None:
    """Writes how many matches each local hour has, to 24 int32 cells."""
    cells[:24] = 0
    for j in range(series.low, series.high):
        cells[load_int8(columns.hour, series.rows[j]) % 24] += 1
    for i in range(24):
        store_int32(output, i, np.int32(cells[i]))


@inner
def count_weekdays(series: Series, columns: Columns, cells: Values, output: Int) -> None:
    """Writes how many matches each weekday has, Monday first, to 7 int32 cells. 1970-01-01 was a Thursday."""
    cells[:7] = 0
    for j in range(series.low, series.high):
        cells[(np.int64(load_int32(columns.day, series.rows[j])) + 3) % 7] += 1
    for i in range(7):
        store_int32(output, i, np.int32(cells[i]))


@inner
def mean_interval(series: Series, columns: Columns) -> Real:
    """Mean gap between matches in days; NaN under two."""
    count = series.high - series.low
    if count < 2:
        return np.nan
    first = load_int64(columns.time, series.rows[series.low])
    last = load_int64(columns.time, series.rows[series.high - 1])
    return np.float64(last - first) / (np.float64(count - 1) * DAY_MICROS)
