"""The kernel: a pass of a plan over the timelines of some customers.

Per customer: deal the rows out by event, bound the windows; then per selection find its rows, per property make the
series, per measure run one function over the window's part of it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from limner.fold.call import FACTORS, MEASURE, PART, SELECTION, SEQUENCE, SERIES, WINDOW, Call
from limner.fold.compile import INT64, VOID, Int, Real, entry, inlined, record
from limner.fold.measures.calendar import (
    active_days,
    count_hours,
    count_weekdays,
    day_at,
    longest_streak,
    mean_interval,
)
from limner.fold.measures.choices import Belief, choose_top, distinct, list_latest, share_of_value, weigh
from limner.fold.measures.code import Code
from limner.fold.measures.extremes import highest, lowest
from limner.fold.measures.sequence import Steps, count_completions, group_rows
from limner.fold.measures.series import Columns, Scratch, Series, Ties, Words
from limner.fold.measures.totals import mean, median, total
from limner.fold.measures.traits import Sources, resolve_trait
from limner.fold.memory import get, get_float64, put, put_float32, put_float64, put_int32, put_uint8
from limner.fold.rows import (
    NULL,
    Filter,
    Lists,
    Property,
    bound_window,
    deal_rows,
    gather,
    is_named,
    passes,
    read,
    search,
    select_named,
    select_passing,
)

EVERY, CHOSEN, KEPT, VALUES, WEIGHTS, SEEN, SUMS, COUNTS, LASTS, TRUST, ARRAYS = range(11)
"""Scratch arrays: all rows, rows of a selection, a series (rows, values, weights), the notes of measures."""
ALL_ROWS, BY_NAME = -1, -2
"""Where a selection's rows come from, if not from the list of one class."""


class Context(NamedTuple):
    """What stays the same for all customers."""

    call: Call
    columns: Columns
    filter: Filter
    lists: Lists
    scratch: Scratch


@inlined
def array(place: Int, call: Call) -> Int:
    """The address of a scratch array."""
    return call.arrays + 8 * call.length * place


@inlined
def measure_number(code: Int, series: Series, context: Context, words: Words) -> tuple[Int, bool]:
    """Measures of one number: (value, overflow)."""
    value, overflow = NULL, False
    if code == Code.COUNT:
        value = np.int64(series.high - series.low)
    elif code == Code.SUM:
        value, overflow = total(series.values, series.low, series.high)
        overflow = overflow or value == NULL
    elif code == Code.DISTINCT:
        value = distinct(series, context.scratch)
    elif code == Code.DAYS:
        value = active_days(series, context.columns)
    elif code == Code.STREAK:
        value = longest_streak(series, context.columns)
    elif series.low == series.high:
        value = NULL
    elif code == Code.FIRST:
        value = get(series.values, series.low)
    elif code == Code.LAST:
        value = get(series.values, series.high - 1)
    elif code == Code.LOWEST:
        value = lowest(series, words)
    elif code == Code.HIGHEST:
        value = highest(series, words)
    else:
        value = day_at(series.low if code == Code.FIRST_DAY else series.high - 1, series, context.columns)
    return value, overflow


@inlined
def measure_double(m: Int, code: Int, series: Series, context: Context) -> tuple[Real, bool]:
    """Measures of one double: (value, overflow)."""
    factor = get_float64(context.call.factors + FACTORS * m, 0)
    if code == Code.AVG:
        return mean(series, factor)
    if code == Code.MEDIAN:
        return median(series, factor, context.scratch.seen), False
    if code == Code.INTERVAL:
        return mean_interval(series, context.columns), False
    return share_of_value(series, get(context.call.measures + MEASURE * m, 7))


@inlined
def measure_top(m: Int, series: Series, context: Context, ties: Ties) -> tuple[Int, Real, bool]:
    """(value or NULL, confidence, overflow)."""
    measure, factors = context.call.measures + MEASURE * m, context.call.factors + FACTORS * m
    times, share, lift = get_float64(factors, 0), get_float64(factors, 1), get_float64(factors, 2)
    belief = Belief(times, share, lift, get(measure, 9), get(measure, 10), get(measure, 11))
    count, overflow = weigh(series, context.scratch)
    best, confidence = choose_top(count, series, context.scratch, ties, belief)
    return get(context.scratch.seen, best) if best >= 0 else NULL, confidence, overflow


@inlined
def measure_trait(m: Int, series: Series, context: Context, ties: Ties) -> tuple[Int, Real]:
    """(value or NULL, confidence)."""
    if series.low == series.high:
        return NULL, np.nan
    call = context.call
    sources = Sources(context.columns.source, call.reliability, call.source_count, call.as_of)
    return resolve_trait(get(call.measures + MEASURE * m, 7), series, context.scratch, ties, sources)


@inlined
def tally(series: Series, scratch: Scratch, values: Int, weights: Int) -> tuple[Int, bool]:
    """Writes each different value and its weight to two buffers; (how many, overflow)."""
    count, overflow = weigh(series, scratch)
    for slot in range(count):
        put(values, slot, get(scratch.seen, slot))
        put(weights, slot, get(scratch.sums, slot))
    return count, overflow


@inlined
def put_number(output: Int, size: Int, customer: Int, value: Int) -> None:
    """To an int64 column (size 0), or as a code to an int32 column."""
    if size == 0:
        put(output, customer, value)
    else:
        put_int32(output, customer, np.int32(-1 if value == NULL else value))


@inlined
def run_measure(m: Int, series: Series, customer: Int, context: Context) -> bool:
    """Writes one measure of one customer to its outputs, lists where their cursor stands; whether it left int64."""
    call = context.call
    measure = call.measures + MEASURE * m
    code, size = get(measure, 0), get(measure, 3)
    output, second = get(call.outputs, get(measure, 2)), get(call.outputs, get(measure, 4))
    words = Words(get(measure, 5), get(measure, 6))
    overflow = False
    if code <= Code.LAST_DAY:
        value, overflow = measure_number(code, series, context, words)
        put_number(output, size, customer, value)
    elif code <= Code.SHARE:
        double, overflow = measure_double(m, code, series, context)
        put_float64(output, customer, double)
    elif code <= Code.TRAIT:
        ties = Ties(context.columns.time, words)
        if code == Code.TOP:
            value, confidence, overflow = measure_top(m, series, context, ties)
        else:
            value, confidence = measure_trait(m, series, context, ties)
        put_number(output, size, customer, value)
        put_float32(second, customer, np.float32(confidence))
    elif code <= Code.TALLY:
        cursor = get(measure, 8)
        written = get(call.cursors, cursor)
        if code == Code.LIST:
            count = list_latest(series, context.scratch, get(measure, 7), output + 8 * written)
            put(second, customer, count)
        else:
            count, overflow = tally(series, context.scratch, output + 8 * written, second + 8 * written)
        put(call.cursors, cursor, written + count)
    elif code == Code.HOURS:
        count_hours(series, context.columns, output + 4 * 24 * customer)
    else:
        count_weekdays(series, context.columns, output + 4 * 7 * customer)
    return overflow


@inlined
def run_series(r: Int, chosen: Int, count: Int, customer: Int, context: Context) -> None:
    """All measures of one series: of ``count`` chosen rows, those that have the property."""
    call = context.call
    row = call.series + SERIES * r
    column, weight = get(row, 0), get(row, 1)
    rows, values, weights = chosen, array(VALUES, call), array(WEIGHTS, call)
    if column >= 0:
        rows = array(KEPT, call)
        mass = get(call.addresses, weight) if weight >= 0 else np.int64(-1)
        wanted = Property(get(call.addresses, column), get(call.sizes, column), mass)
        count = gather(chosen, count, wanted, Series(rows, values, weights, weight >= 0, np.int64(0), count))
    window, low, high = np.int64(-1), np.int64(0), count
    for m in range(get(row, 2), get(row, 3)):
        if get(call.measures + MEASURE * m, 1) != window:
            window = get(call.measures + MEASURE * m, 1)
            low = search(rows, np.int64(0), count, get(call.bounds, 2 * window))
            high = search(rows, low, count, get(call.bounds, 2 * window + 1))
        series = Series(rows, values, weights, weight >= 0, low, high)
        if run_measure(m, series, customer, context):
            put_uint8(call.overflows, m, np.uint8(1))


@inlined
def run_selection(s: Int, start: Int, stop: Int, customer: Int, context: Context) -> None:
    """All measures of one selection."""
    call = context.call
    selection = call.selections + SELECTION * s
    source, chosen, count = get(selection, 4), array(EVERY, call), stop - start
    if source >= 0:
        chosen, count = array(ARRAYS + source, call), get(call.ends, source)
    elif source == BY_NAME:
        chosen = array(CHOSEN, call)
        count = select_named(start, stop, s, context.filter, chosen)
    tests = get(selection, 0), get(selection, 1)
    if tests[0] < tests[1]:
        count = select_passing(chosen, count, tests, context.filter, array(CHOSEN, call))
        chosen = array(CHOSEN, call)
    for r in range(get(selection, 2), get(selection, 3)):
        run_series(r, chosen, count, customer, context)


@inlined
def match_steps(row: Int, sequence: Int, context: Context) -> Int:
    """The bits of the steps a row matches."""
    bits = np.int64(0)
    for p in range(get(sequence, 7), get(sequence, 8)):
        part = context.call.parts + PART * p
        selection = context.call.selections + SELECTION * get(part, 0)
        tests = get(selection, 0), get(selection, 1)
        if is_named(row, get(part, 0), context.filter) and passes(row, tests, context.filter):
            bits |= np.int64(1) << get(part, 1)
    return bits


@inlined
def run_sequence(sequence: Int, start: Int, stop: Int, context: Context) -> Int:
    """How often one customer completed a sequence; NULL for never."""
    call, scratch = context.call, context.scratch
    rows, values, matches = array(CHOSEN, call), array(VALUES, call), array(WEIGHTS, call)
    same, count = get(sequence, 4), np.int64(0)
    for row in range(start, stop):
        bits, value = match_steps(row, sequence, context), np.int64(0)
        if same >= 0:
            value = read(get(call.addresses, same), get(call.sizes, same), row)
        if bits != 0 and value != NULL:
            put(rows, count, row)
            put(values, count, value)
            put(matches, count, bits)
            count += 1
    groups = np.int64(1)
    put(scratch.counts, 0, count)
    if same >= 0:
        whole = Series(rows, values, matches, True, np.int64(0), count)
        rows, matches = array(KEPT, call), scratch.sums
        groups = group_rows(whole, rows, matches, scratch)
    days, micros = get(sequence, 5), get(sequence, 6)
    steps = Steps(get(sequence, 2), get(sequence, 3) != 0, days, micros, call.as_of, call.today)
    completions, low = np.int64(0), np.int64(0)
    for group in range(groups):
        high = get(scratch.counts, group)
        part = Series(rows, values, matches, True, low, high)
        completions += count_completions(part, steps, context.columns, scratch.lasts)
        low = high
    return completions if completions > 0 else NULL


@inlined
def context_of(call: Call) -> Context:
    """The call, sorted by who needs what."""
    base = call.addresses
    columns = Columns(get(base, 0), get(base, 1), get(base, 2), get(base, 3), get(base, 4), get(base, 5))
    filter = Filter(columns.name, call.codes, call.names, call.tests, call.pool, base, call.sizes)
    lists = Lists(call.classes, call.class_count, array(ARRAYS, call), call.length, call.ends)
    notes = array(SEEN, call), array(SUMS, call), array(COUNTS, call), array(LASTS, call), array(TRUST, call)
    scratch = Scratch(notes[0], notes[1], notes[2], notes[3], notes[4], call.table, call.table_size)
    return Context(call, columns, filter, lists, scratch)


@entry(VOID(INT64, INT64, record(Call)))
def fold_customers(begin: int, end: int, call: Call) -> None:
    """Folds customers begin <= i < end of a slice into the outputs, at place i of each."""
    context = context_of(call)
    columns, every = context.columns, array(EVERY, call)
    for customer in range(begin, end):
        start = get(call.offsets, customer)
        stop = search(columns.time, start, get(call.offsets, customer + 1), call.as_of + 1)
        for w in range(call.window_count):
            low, high = bound_window(call.windows + WINDOW * w, customer, start, stop, columns)
            put(call.bounds, 2 * w, low)
            put(call.bounds, 2 * w + 1, high)
        for row in range(start, stop):
            put(every, row - start, row)
        if call.class_count > 1:
            deal_rows(start, stop, context.lists, context.filter)
        for s in range(call.selection_count):
            run_selection(s, start, stop, customer, context)
        for q in range(call.sequence_count):
            sequence = call.sequences + SEQUENCE * q
            window = get(sequence, 0)
            low, high = get(call.bounds, 2 * window), get(call.bounds, 2 * window + 1)
            put(get(call.outputs, get(sequence, 1)), customer, run_sequence(sequence, low, high, context))
