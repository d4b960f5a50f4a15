"""The kernel: a pass of a plan over the timelines of some customers.

Per customer: sort the rows by event, bound the windows; then per selection find its rows, per property make the
series, per measure run one function over the window's part of it. The tables come from `limner.fold.encode` and
`limner.fold.binding`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.fold.compile import Int, Real, entry, inlined, inner
from limner.fold.measures.calendar import (
    active_days,
    count_hours,
    count_weekdays,
    edge_day,
    longest_streak,
    mean_interval,
)
from limner.fold.measures.choices import choose_top, distinct, list_latest, share_of_value, weigh
from limner.fold.measures.code import Code
from limner.fold.measures.extremes import highest, lowest
from limner.fold.measures.sequence import Steps, count_completions, group_rows
from limner.fold.measures.series import Columns, Floats, Scratch, Series, Values, Words
from limner.fold.measures.totals import mean, median, total
from limner.fold.measures.traits import resolve_trait
from limner.fold.memory import load_int64, store_float32, store_float64, store_int32, store_int64
from limner.fold.rows import (
    NULL,
    Filter,
    Matrix,
    bound_window,
    gather,
    is_named,
    passes,
    read,
    search_int64,
    search_rows,
    select_named,
    select_passing,
    sort_by_class,
)

EVERY, SORTED, CHOSEN, KEPT, VALUES, WEIGHTS, SEEN, SUMS, COUNTS, LASTS, SCRATCH = range(11)
"""Scratch arrays, each as long as the longest timeline: all rows, rows by event, rows of a selection, then a series
(rows, values, weights), then the notes of measures. SCRATCH is their number."""
ALL_ROWS, BY_NAME = -1, -2
"""Where a selection's rows come from, if not from the class of one event."""


@inner
def measure_number(code: Int, series: Series, scratch: Scratch, columns: Columns, words: Words) -> tuple[Int, bool]:
    """Measures of one number: (value, overflow)."""
    value, overflow = NULL, False
    if code == Code.COUNT:
        value = np.int64(series.high - series.low)
    elif code == Code.SUM:
        value, overflow = total(series.values, series.low, series.high)
        overflow = overflow or value == NULL
    elif code == Code.DISTINCT:
        value = distinct(series, scratch)
    elif code == Code.DAYS:
        value = np.int64(active_days(series, columns))
    elif code == Code.STREAK:
        value = np.int64(longest_streak(series, columns))
    elif series.low == series.high:
        value = NULL
    elif code == Code.FIRST:
        value = series.values[series.low]
    elif code == Code.LAST:
        value = series.values[series.high - 1]
    elif code == Code.LOWEST:
        value = lowest(series, words)
    elif code == Code.HIGHEST:
        value = highest(series, words)
    else:
        value = edge_day(series, columns, code == Code.FIRST_DAY)
    return value, overflow


@inner
def measure_double(
    code: Int, series: Series, scratch: Scratch, columns: Columns, wanted: Int, factor: Real
) -> tuple[Real, bool]:
    """Measures of one double: (value, overflow)."""
    if code == Code.AVG:
        return mean(series, factor)
    if code == Code.MEDIAN:
        return median(series, factor, scratch.seen), False
    if code == Code.INTERVAL:
        return mean_interval(series, columns), False
    return share_of_value(series, wanted)


@inner
def measure_top(
    series: Series, scratch: Scratch, columns: Columns, words: Words, evidence: Floats, population: Values
) -> tuple[Int, Real, bool]:
    """(value or NULL, confidence, overflow)."""
    count, overflow = weigh(series, scratch)
    best, confidence = choose_top(count, series, scratch, columns, words, evidence, population)
    return scratch.seen[best] if best >= 0 else NULL, confidence, overflow


@inner
def tally(series: Series, scratch: Scratch, values: Int, weights: Int) -> tuple[Int, bool]:
    """Writes each different value and its weight to two buffers; (how many, overflow)."""
    count, overflow = weigh(series, scratch)
    for slot in range(count):
        store_int64(values, slot, scratch.seen[slot])
        store_int64(weights, slot, scratch.sums[slot])
    return count, overflow


@inlined
def store_number(output: Int, size: Int, customer: Int, value: Int) -> None:
    """To an int64 column (size 0), or as a code to an int32 column."""
    if size == 0:
        store_int64(output, customer, value)
    else:
        store_int32(output, customer, np.int32(-1 if value == NULL else value))


@inner
def run_measure(
    measure: Values,
    factors: Floats,
    series: Series,
    scratch: Scratch,
    columns: Columns,
    as_of: Int,
    reliability: Floats,
    outputs: Values,
    cursors: Values,
    customer: Int,
) -> bool:
    """One measure of one customer, written to its outputs; whether it left int64.

    ``measure``: code, window, output, size (see `store_number`), second output, letters, ends, parameter, cursor,
    population (three). Lists are written where the cursor stands.
    """
    code, output, size, second = measure[0], outputs[measure[2]], measure[3], outputs[measure[4]]
    words, parameter, cursor = Words(measure[5], measure[6]), measure[7], measure[8]
    overflow = False
    if code <= Code.LAST_DAY:
        value, overflow = measure_number(code, series, scratch, columns, words)
        store_number(output, size, customer, value)
    elif code <= Code.SHARE:
        double, overflow = measure_double(code, series, scratch, columns, parameter, factors[0])
        store_float64(output, customer, double)
    elif code <= Code.TRAIT:
        value, confidence = NULL, np.nan
        if code == Code.TOP:
            value, confidence, overflow = measure_top(series, scratch, columns, words, factors, measure[9:12])
        elif series.low < series.high:
            value, confidence = resolve_trait(parameter, series, scratch, columns, words, as_of, reliability)
        store_number(output, size, customer, value)
        store_float32(second, customer, np.float32(confidence))
    elif code == Code.LIST:
        count = list_latest(series, scratch, parameter, output + 8 * cursors[cursor])
        cursors[cursor] += count
        store_int64(second, customer, count)
    elif code == Code.TALLY:
        place = 8 * cursors[cursor]
        count, overflow = tally(series, scratch, output + place, second + place)
        cursors[cursor] += count
    elif code == Code.HOURS:
        count_hours(series, columns, scratch.seen, output + 4 * 24 * customer)
    else:
        count_weekdays(series, columns, scratch.seen, output + 4 * 7 * customer)
    return overflow


@inner
def run_sequence(
    sequence: Values,
    parts: Matrix,
    start: Int,
    stop: Int,
    filter: Filter,
    selections: Matrix,
    columns: Columns,
    as_of: Int,
    today: Int,
    arrays: Matrix,
    scratch: Scratch,
) -> Int:
    """How often one customer completed a sequence; NULL for never.

    ``sequence``: window, output, steps that must happen, whether one that must not comes last, column that must have
    one value or -1, days, µs, first part, after the last part. ``parts``: selection and bit of each step.
    """
    rows, values, matches = arrays[CHOSEN], arrays[VALUES], arrays[WEIGHTS]
    same = sequence[4]
    count = np.int64(0)
    for row in range(start, stop):
        bits = np.int64(0)
        for p in range(sequence[7], sequence[8]):
            s = parts[p, 0]
            if is_named(row, s, filter, columns) and passes(row, selections[s, 0], selections[s, 1], filter):
                bits |= np.int64(1) << parts[p, 1]
        value = read(filter.addresses[same], filter.sizes[same], row) if same >= 0 else np.int64(0)
        rows[count] = row
        values[count] = value
        matches[count] = bits
        count += bits != 0 and value != NULL
    groups = np.int64(1)
    scratch.counts[0] = count
    if same >= 0:
        series = Series(rows, values, matches, True, np.int64(0), count)
        rows, matches = arrays[KEPT], scratch.sums
        groups = group_rows(series, rows, matches, scratch)
    steps = Steps(sequence[2], sequence[3] != 0, sequence[5], sequence[6], as_of, today)
    completions, low = 0, np.int64(0)
    for group in range(groups):
        series = Series(rows, values, matches, True, low, scratch.counts[group])
        completions += count_completions(series, steps, columns, scratch.lasts)
        low = scratch.counts[group]
    return completions if completions > 0 else NULL


@entry(
    "void(int64, int64, int64, int64[::1], int64[::1], int64, int64, int64[::1], uint8[:, ::1], int64[:, ::1],"
    " int64[:, ::1], int64[::1], int64[:, ::1], int64[:, ::1], int64[:, ::1], float64[:, ::1], int64[:, ::1],"
    " int64[:, ::1], float64[::1], int64[::1], int64[::1], uint8[::1], int64[:, ::1], float64[::1], int64[::1],"
    " int64[::1])"
)
def fold_customers(
    begin: int,
    end: int,
    offsets: int,
    addresses: Values,
    sizes: Values,
    as_of: int,
    today: int,
    classes: Values,
    names: npt.NDArray[np.uint8],
    selections: Matrix,
    tests: Matrix,
    pool: Values,
    windows: Matrix,
    series_table: Matrix,
    measures: Matrix,
    factors: npt.NDArray[np.float64],
    sequences: Matrix,
    parts: Matrix,
    reliability: Floats,
    outputs: Values,
    cursors: Values,
    overflows: npt.NDArray[np.uint8],
    arrays: Matrix,
    trust: Floats,
    table: Values,
    ends: Values,
) -> None:
    """Folds customers begin <= i < end of a slice into ``outputs`` (addresses by slot), at place i of each.

    ``offsets`` is an address. ``selections``: first test, after the last, first series, after the last, source of its
    rows. ``series_table``: column or -1, weight or -1, first measure, after the last. ``overflows[m]`` is set where
    measure m left int64.
    """
    columns = Columns(addresses[0], addresses[1], addresses[2], addresses[3], addresses[4], addresses[5])
    filter = Filter(names, tests, pool, addresses, sizes)
    scratch = Scratch(arrays[SEEN], arrays[SUMS], arrays[COUNTS], arrays[LASTS], trust, table)
    bounds = np.empty((max(len(windows), 1), 2), np.int64)
    for customer in range(begin, end):
        start = load_int64(offsets, customer)
        stop = search_int64(columns.time, start, load_int64(offsets, customer + 1), as_of + 1)
        for w in range(len(windows)):
            bounds[w, 0], bounds[w, 1] = bound_window(windows[w], customer, start, stop, columns)
        for row in range(start, stop):
            arrays[EVERY, row - start] = row
        if len(ends) > 1:
            sort_by_class(start, stop, classes, columns, ends, arrays[SORTED])
        for s in range(len(selections)):
            if selections[s, 2] == selections[s, 3]:
                continue
            source, chosen = selections[s, 4], arrays[EVERY]
            low, high = np.int64(0), stop - start
            if source >= 0:
                chosen, low, high = arrays[SORTED], ends[source - 1], ends[source]
            elif source == BY_NAME:
                chosen = arrays[CHOSEN]
                high = select_named(start, stop, s, filter, columns, chosen)
            if selections[s, 0] < selections[s, 1]:
                high = select_passing(chosen, low, high, selections[s, 0], selections[s, 1], filter, arrays[CHOSEN])
                chosen, low = arrays[CHOSEN], np.int64(0)
            for r in range(selections[s, 2], selections[s, 3]):
                rows, first, last = chosen, low, high
                column, weight = series_table[r, 0], series_table[r, 1]
                if column >= 0:
                    rows, first = arrays[KEPT], np.int64(0)
                    last = gather(
                        chosen,
                        low,
                        high,
                        addresses[column],
                        sizes[column],
                        addresses[weight] if weight >= 0 else np.int64(-1),
                        rows,
                        arrays[VALUES],
                        arrays[WEIGHTS],
                    )
                window = np.int64(-1)
                series = Series(rows, arrays[VALUES], arrays[WEIGHTS], weight >= 0, first, last)
                for m in range(series_table[r, 2], series_table[r, 3]):
                    if measures[m, 1] != window:
                        window = measures[m, 1]
                        begins = search_rows(rows, first, last, bounds[window, 0])
                        finishes = search_rows(rows, begins, last, bounds[window, 1])
                        series = Series(rows, arrays[VALUES], arrays[WEIGHTS], weight >= 0, begins, finishes)
                    if run_measure(
                        measures[m],
                        factors[m],
                        series,
                        scratch,
                        columns,
                        as_of,
                        reliability,
                        outputs,
                        cursors,
                        customer,
                    ):
                        overflows[m] = 1
        for q in range(len(sequences)):
            window = sequences[q, 0]
            completions = run_sequence(
                sequences[q],
                parts,
                bounds[window, 0],
                bounds[window, 1],
                filter,
                selections,
                columns,
                as_of,
                today,
                arrays,
                scratch,
            )
            store_int64(outputs[sequences[q, 1]], customer, completions)
