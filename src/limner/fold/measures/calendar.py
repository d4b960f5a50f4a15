"""Local days and hours of matching events."""

from __future__ import annotations

import numpy as np

from limner.compiled import Int, Real, inlined, inner
from limner.fold.measures.series import Columns, Scratch, Series
from limner.fold.memory import get, get_int8, get_int32, put, put_int32

DAY_MICROS = 86_400_000_000.0


@inlined
def day_at(j: Int, series: Series, columns: Columns) -> Int:
    """The local day of the row at place j; days ascend along a timeline."""
    return np.int64(get_int32(columns.day, get(series.rows, j)))


@inner
def note_days(series: Series, columns: Columns, scratch: Scratch) -> None:
    """Per place, how often the local day has changed before it."""
    count = np.int64(0)
    last = np.int64(0)
    for j in range(series.low, series.high):
        today = day_at(j, series, columns)
        count += today != last
        last = today
        put(scratch.days, j, count)


@inlined
def active_days(series: Series, scratch: Scratch) -> Int:
    """How many local days have a match. The notes serve every window."""
    if series.low == series.high:
        return np.int64(0)
    return get(scratch.days, series.high - 1) - get(scratch.days, series.low) + 1


@inner
def longest_streak(series: Series, columns: Columns) -> Int:
    """The longest run of consecutive local days that all have a match."""
    best = run = last = np.int64(0)
    for j in range(series.low, series.high):
        today = day_at(j, series, columns)
        if run > 0 and today == last:
            continue
        run = run + 1 if run > 0 and today == last + 1 else np.int64(1)
        last = today
        best = max(best, run)
    return best


@inner
def count_hours(series: Series, columns: Columns, output: Int) -> None:
    """Writes how many matches each local hour has, to 24 int32 cells."""
    for i in range(24):
        put_int32(output, i, np.int32(0))
    for j in range(series.low, series.high):
        hour = get_int8(columns.hour, get(series.rows, j)) % 24
        put_int32(output, hour, np.int32(get_int32(output, hour) + 1))


@inner
def count_weekdays(series: Series, columns: Columns, output: Int) -> None:
    """Writes how many matches each weekday has, Monday first, to 7 int32 cells. 1970-01-01 was a Thursday."""
    for i in range(7):
        put_int32(output, i, np.int32(0))
    for j in range(series.low, series.high):
        weekday = (day_at(j, series, columns) + 3) % 7
        put_int32(output, weekday, np.int32(get_int32(output, weekday) + 1))


@inner
def mean_interval(series: Series, columns: Columns) -> Real:
    """Mean gap between matches in days; NaN under two."""
    count = series.high - series.low
    if count < 2:
        return np.nan
    first = get(columns.time, get(series.rows, series.low))
    last = get(columns.time, get(series.rows, series.high - 1))
    return np.float64(last - first) / (np.float64(count - 1) * DAY_MICROS)
