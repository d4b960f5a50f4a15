"""The kernel: a pass of a plan over the timelines of some customers.

Per customer: bound the windows, then per selection find its rows, per property make the series, per measure run one
function over the window's part of it. All tables come from `limner.fold.program`; columns of those are named there.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.fold.compile import entry, inner
from limner.fold.measures import Code
from limner.fold.measures.calendar import active_days, count_hours, count_weekdays, longest_streak, mean_interval
from limner.fold.measures.choices import (
    choose_top,
    distinct,
    list_latest,
    resolve_trait,
    share_of_value,
    weigh,
)
from limner.fold.measures.extremes import highest, lowest
from limner.fold.measures.sequence import count_completions, group_rows
from limner.fold.measures.totals import mean, median, total
from limner.fold.memory import (
    load_int32,
    load_int64,
    store_float32,
    store_float64,
    store_int32,
    store_int64,
)
from limner.fold.rows import (
    DAY,
    HOUR,
    NAME,
    NULL,
    SOURCE,
    TIME,
    bound_window,
    gather,
    named,
    passes,
    read,
    search_int64,
    search_rows,
    select_rows,
)

Values = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
FloatMatrix = npt.NDArray[np.float64]

ROWS, KEPT, VALUES, WEIGHTS, SEEN, SUMS, COUNTS, LASTS = range(8)
"""Scratch arrays, each as long as the longest timeline."""
SCRATCH = 8


@inner
def run_number(
    code: int, kept: Values, scratch: Matrix, low: int, high: int, letters: int, ends: int, day: int, table: Values
) -> tuple[int, bool]:
    """Measures of one number: (value, overflow)."""
    values = scratch[VALUES]
    if code == Code.COUNT:
        return high - low, False
    if code == Code.SUM:
        result, overflow = total(values, low, high)
        return result, overflow or result == NULL
    if code == Code.DISTINCT:
        return distinct(values, low, high, scratch[SEEN], table), False
    if code == Code.DAYS:
        return active_days(kept, low, high, day), False
    if code == Code.STREAK:
        return longest_streak(kept, low, high, day), False
    if low == high:
        return NULL, False
    if code == Code.FIRST:
        return values[low], False
    if code == Code.LAST:
        return values[high - 1], False
    if code == Code.LOWEST:
        return lowest(values, low, high, letters, ends), False
    if code == Code.HIGHEST:
        return highest(values, low, high, letters, ends), False
    return np.int64(load_int32(day, kept[low] if code == Code.FIRST_DAY else kept[high - 1])), False


@inner
def run_double(
    code: int, kept: Values, scratch: Matrix, weighted: bool, low: int, high: int, wanted: int, factor: float, time: int
) -> tuple[float, bool]:
    """Measures of one double: (value, overflow)."""
    values = scratch[VALUES]
    if code == Code.AVG:
        return mean(values, low, high, factor)
    if code == Code.MEDIAN:
        return median(values, low, high, factor, scratch[SEEN]), False
    if code == Code.INTERVAL:
        return mean_interval(kept, low, high, time), False
    return share_of_value(values, scratch[WEIGHTS], weighted, low, high, wanted)


@inner
def run_top(
    kept: Values,
    scratch: Matrix,
    weighted: bool,
    low: int,
    high: int,
    time: int,
    letters: int,
    ends: int,
    evidence: Floats,
    population: Values,
    table: Values,
) -> tuple[int, float, bool]:
    """(value or NULL, confidence, overflow)."""
    seen, sums, counts, lasts = scratch[SEEN], scratch[SUMS], scratch[COUNTS], scratch[LASTS]
    count, overflow = weigh(scratch[VALUES], scratch[WEIGHTS], weighted, low, high, seen, sums, counts, lasts, table)
    best, confidence = choose_top(count, seen, sums, counts, lasts, kept, time, letters, ends, evidence, population)
    return seen[best] if best >= 0 else NULL, confidence, overflow


@inner
def run_tally(
    scratch: Matrix, weighted: bool, low: int, high: int, table: Values, values_out: int, weights_out: int, start: int
) -> tuple[int, bool]:
    """Writes each different value and its weight to two buffers; (how many, overflow)."""
    seen, sums = scratch[SEEN], scratch[SUMS]
    count, overflow = weigh(
        scratch[VALUES],
        scratch[WEIGHTS],
        weighted,
        low,
        high,
        seen,
        sums,
        scratch[COUNTS],
        scratch[LASTS],
        table,
    )
    for slot in range(count):
        store_int64(values_out, start + slot, seen[slot])
        store_int64(weights_out, start + slot, sums[slot])
    return count, overflow


@inner
def store_number(output: int, size: int, customer: int, value: int) -> None:
    """To an int64 column (size 0), or as a code to an int32 column."""
    if size == 0:
        store_int64(output, customer, value)
    else:
        store_int32(output, customer, np.int32(-1 if value == NULL else value))


@inner
def run_measure(
    measure: Values,
    factors: Floats,
    kept: Values,
    weighted: bool,
    low: int,
    high: int,
    customer: int,
    columns: Values,
    as_of: int,
    reliability: Floats,
    outputs: Values,
    cursors: Values,
    scratch: Matrix,
    trust: Floats,
    table: Values,
) -> bool:
    """One measure of one customer, written to its outputs; whether it left int64."""
    code, output, size, extra = measure[0], outputs[measure[2]], measure[3], outputs[measure[4]]
    letters, ends, parameter, cursor = measure[5], measure[6], measure[7], measure[8]
    overflow = False
    if code <= Code.LAST_DAY:
        value, overflow = run_number(code, kept, scratch, low, high, letters, ends, columns[DAY], table)
        store_number(output, size, customer, value)
    elif code <= Code.SHARE:
        double, overflow = run_double(code, kept, scratch, weighted, low, high, parameter, factors[0], columns[TIME])
        store_float64(output, customer, double)
    elif code == Code.TOP:
        value, confidence, overflow = run_top(
            kept, scratch, weighted, low, high, columns[TIME], letters, ends, factors, measure[9:12], table
        )
        store_number(output, size, customer, value)
        store_float32(extra, customer, np.float32(confidence))
    elif code == Code.TRAIT:
        value, confidence = NULL, np.nan
        if low < high:
            value, confidence = resolve_trait(
                scratch[VALUES],
                low,
                high,
                kept,
                columns[TIME],
                columns[SOURCE],
                as_of,
                parameter,
                reliability,
                scratch[SEEN],
                scratch[LASTS],
                trust,
                table,
                letters,
                ends,
            )
        store_number(output, size, customer, value)
        store_float32(extra, customer, np.float32(confidence))
    elif code == Code.LIST:
        count = list_latest(scratch[VALUES], low, high, parameter, scratch[SEEN], table, output, cursors[cursor])
        cursors[cursor] += count
        store_int64(extra, customer, count)
    elif code == Code.TALLY:
        count, overflow = run_tally(scratch, weighted, low, high, table, output, extra, cursors[cursor])
        cursors[cursor] += count
    elif code == Code.HOURS:
        count_hours(kept, low, high, columns[HOUR], scratch[SEEN], output, customer)
    else:
        count_weekdays(kept, low, high, columns[DAY], scratch[SEEN], output, customer)
    return overflow


@inner
def run_sequence(
    sequence: Values,
    steps: Matrix,
    start: int,
    stop: int,
    columns: Values,
    sizes: Values,
    names: npt.NDArray[np.uint8],
    selections: Matrix,
    tests: Matrix,
    pool: Values,
    as_of: int,
    today: int,
    scratch: Matrix,
    table: Values,
) -> int:
    """How often one customer completed a sequence; NULL for never."""
    rows, values, matches = scratch[ROWS], scratch[VALUES], scratch[WEIGHTS]
    same = sequence[4]
    count = 0
    for row in range(start, stop):
        code = np.int64(load_int32(columns[NAME], row))
        bits = np.int64(0)
        for s in range(sequence[7], sequence[8]):
            selection = steps[s, 0]
            first, last = selections[selection, 0], selections[selection, 1]
            if named(names, selection, code) and passes(first, last, tests, pool, columns, sizes, row):
                bits |= np.int64(1) << steps[s, 1]
        value = read(columns[same], sizes[same], row) if same >= 0 else np.int64(0)
        if bits != 0 and value != NULL:
            rows[count] = row
            values[count] = value
            matches[count] = bits
            count += 1
    if count == 0:
        return NULL
    ends, groups = scratch[COUNTS], 1
    ends[0] = count
    if same >= 0:
        groups = group_rows(rows, values, matches, count, scratch[SEEN], ends, scratch[KEPT], scratch[SUMS], table)
        rows, matches = scratch[KEPT], scratch[SUMS]
    completions = 0
    low = np.int64(0)
    for group in range(groups):
        completions += count_completions(
            rows,
            matches,
            low,
            ends[group],
            sequence[2],
            sequence[3] != 0,
            scratch[LASTS],
            columns[TIME],
            columns[DAY],
            sequence[5],
            sequence[6],
            as_of,
            today,
        )
        low = ends[group]
    return completions if completions > 0 else NULL


@entry(
    "void(int64, int64, int64, int64[::1], int64[::1], int64, int64, uint8[:, ::1], int64[:, ::1], int64[:, ::1],"
    " int64[::1], int64[:, ::1], int64[:, ::1], int64[:, ::1], float64[:, ::1], int64[:, ::1], int64[:, ::1],"
    " float64[::1], int64[::1], int64[::1], uint8[::1], int64[:, ::1], float64[::1], int64[::1])"
)
def fold_customers(
    begin: int,
    end: int,
    offsets: int,
    columns: Values,
    sizes: Values,
    as_of: int,
    today: int,
    names: npt.NDArray[np.uint8],
    selections: Matrix,
    tests: Matrix,
    pool: Values,
    windows: Matrix,
    series: Matrix,
    measures: Matrix,
    factors: FloatMatrix,
    sequences: Matrix,
    steps: Matrix,
    reliability: Floats,
    outputs: Values,
    cursors: Values,
    overflows: npt.NDArray[np.uint8],
    scratch: Matrix,
    trust: Floats,
    table: Values,
) -> None:
    """Folds customers begin <= i < end of a slice into ``outputs`` (addresses by slot), at place i of each.

    ``offsets`` and ``columns`` are addresses. ``overflows[m]`` is set where measure m left int64.
    """
    rows = scratch[ROWS]
    bounds = np.empty((max(len(windows), 1), 2), np.int64)
    for customer in range(begin, end):
        start = load_int64(offsets, customer)
        stop = search_int64(columns[TIME], start, load_int64(offsets, customer + 1), as_of + 1)
        for w in range(len(windows)):
            bounds[w, 0], bounds[w, 1] = bound_window(windows[w], customer, start, stop, columns[TIME], columns[DAY])
        for s in range(len(selections)):
            if selections[s, 2] == selections[s, 3]:
                continue
            count = select_rows(
                start, stop, s, selections[s, 0], selections[s, 1], names, tests, pool, columns, sizes, rows
            )
            for r in range(selections[s, 2], selections[s, 3]):
                kept, length = rows, count
                if series[r, 0] >= 0:
                    kept = scratch[KEPT]
                    weight = columns[series[r, 1]] if series[r, 1] >= 0 else np.int64(-1)
                    length = gather(
                        rows,
                        count,
                        columns[series[r, 0]],
                        sizes[series[r, 0]],
                        weight,
                        kept,
                        scratch[VALUES],
                        scratch[WEIGHTS],
                    )
                window = np.int64(-1)
                low = high = np.int64(0)
                for m in range(series[r, 2], series[r, 3]):
                    if measures[m, 1] != window:
                        window = measures[m, 1]
                        low = search_rows(kept, 0, length, bounds[window, 0])
                        high = search_rows(kept, low, length, bounds[window, 1])
                    if run_measure(
                        measures[m],
                        factors[m],
                        kept,
                        series[r, 1] >= 0,
                        low,
                        high,
                        customer,
                        columns,
                        as_of,
                        reliability,
                        outputs,
                        cursors,
                        scratch,
                        trust,
                        table,
                    ):
                        overflows[m] = 1
        for q in range(len(sequences)):
            window = sequences[q, 0]
            store_int64(
                outputs[sequences[q, 1]],
                customer,
                run_sequence(
                    sequences[q],
                    steps,
                    bounds[window, 0],
                    bounds[window, 1],
                    columns,
                    sizes,
                    names,
                    selections,
                    tests,
                    pool,
                    as_of,
                    today,
                    scratch,
                    table,
                ),
            )
