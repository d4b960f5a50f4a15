"""Which function measures what: one measure of every customer of a batch."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from limner.compiled import Flag, Int, Real, inlined
from limner.fold.batch import Batch
from limner.fold.call import FACTORS, MEASURE, Call
from limner.fold.measures.calendar import (
    active_days,
    count_hours,
    count_weekdays,
    day_at,
    longest_streak,
    mean_interval,
    note_days,
)
from limner.fold.measures.choices import (
    Belief,
    choose_top,
    distinct,
    distinct_codes,
    has_few_codes,
    list_latest,
    note_previous,
    share_of_value,
    weigh,
    weigh_codes,
)
from limner.fold.measures.code import Code
from limner.fold.measures.extremes import highest, lowest
from limner.fold.measures.series import Columns, Scratch, Series, Ties, Words
from limner.fold.measures.tables import is_by_code
from limner.fold.measures.totals import mean, median, note_totals, total
from limner.fold.measures.traits import (
    TRUSTED,
    Sources,
    note_claims,
    replay,
    resolve_trait,
    resolve_trusted,
)
from limner.fold.memory import get, get_float64, put, put_float32, put_float64, put_int32, put_uint8
from limner.fold.rows import NULL, Filter, Gathered, count_stretches, end_of_stretch


class Context(NamedTuple):
    """What stays the same for all customers."""

    call: Call
    columns: Columns
    filter: Filter
    scratch: Scratch


class Cells(NamedTuple):
    """What a measure is and where it goes: read once for all customers of a batch."""

    code: Int
    output: Int
    size: Int
    """0: the output is int64; else int32 codes."""
    second: Int
    words: Words


@inlined
def measure_number(code: Int, series: Series, context: Context, words: Words) -> tuple[Int, bool]:
    """Measures of one number: (value, overflow)."""
    value, overflow = NULL, False
    if code == Code.SUM:
        value, overflow = total(series.values, series.low, series.high)
        overflow = overflow or value == NULL
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
def look_up(code: Int, series: Series, context: Context) -> Int:
    """Measures that count rows, or for which there are notes: of values, of days, of sums."""
    if code == Code.COUNT:
        return series.high - series.low
    if code == Code.SUM:
        return get(context.scratch.totals, series.high) - get(context.scratch.totals, series.low)
    if code == Code.DAYS:
        return active_days(series, context.scratch)
    if has_few_codes(series.codes):
        return distinct_codes(series)
    return distinct(series, context.scratch)


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
    if has_few_codes(series.codes):
        count, overflow = weigh_codes(series, context.scratch)
    else:
        count, overflow = weigh(series, context.scratch)
    value, confidence = choose_top(count, series, context.scratch, ties, belief)
    return value, confidence, overflow


@inlined
def measure_trait(m: Int, series: Series, context: Context, ties: Ties) -> tuple[Int, Real, bool]:
    """(value or NULL, confidence, overflow)."""
    call, overflow = context.call, False
    measure, factors = call.measures + MEASURE * m, call.factors + FACTORS * m
    way, operations = get(measure, 7), get(measure, 8)
    if operations != 0:
        series, overflow = replay(series, operations, context.filter, context.scratch)
    if series.low == series.high:
        return NULL, np.nan, overflow
    half_life = get_float64(factors, 0)
    sources = Sources(context.columns.source, get(measure, 9), get(measure, 10), call.midnight, half_life)
    if way == TRUSTED:
        value, confidence = resolve_trusted(series, context.scratch, ties, sources)
    else:
        value, confidence = resolve_trait(way, series, context.scratch, ties, sources)
    return value, confidence, overflow


@inlined
def claims(m: Int, series: Series, context: Context, values: Int, rows: Int) -> tuple[Int, bool]:
    """Writes what stands of what was said of a trait, and the rows, to two buffers; (how many, overflow)."""
    operations, overflow = get(context.call.measures + MEASURE * m, 9), False
    if operations != 0:
        series, overflow = replay(series, operations, context.filter, context.scratch)
    return note_claims(series, values, rows), overflow


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
def measure_customer(m: Int, cells: Cells, series: Series, customer: Int, context: Context) -> bool:
    """Writes one measure of one customer to its outputs, lists where their cursor stands; whether it left int64."""
    call, code = context.call, cells.code
    overflow = False
    if code <= Code.LAST_DAY:
        value, overflow = measure_number(code, series, context, cells.words)
        put_number(cells.output, cells.size, customer, value)
    elif code <= Code.SHARE:
        double, overflow = measure_double(m, code, series, context)
        put_float64(cells.output, customer, double)
    elif code <= Code.TRAIT:
        ties = Ties(context.columns.time, cells.words)
        if code == Code.TOP:
            value, confidence, overflow = measure_top(m, series, context, ties)
        else:
            value, confidence, overflow = measure_trait(m, series, context, ties)
        put_number(cells.output, cells.size, customer, value)
        put_float32(cells.second, customer, np.float32(confidence))
    elif code <= Code.CLAIMS:
        cursor = get(call.measures + MEASURE * m, 8)
        written = get(call.cursors, cursor)
        if code == Code.LIST:
            limit = get(call.measures + MEASURE * m, 7)
            count = list_latest(series, context.scratch, limit, cells.output + 8 * written)
            put(cells.second, customer, count)
        elif code == Code.TALLY:
            count, overflow = tally(series, context.scratch, cells.output + 8 * written, cells.second + 8 * written)
        else:
            count, overflow = claims(m, series, context, cells.output + 8 * written, cells.second + 8 * written)
        put(call.cursors, cursor, written + count)
    elif code == Code.HOURS:
        count_hours(series, context.columns, cells.output + 4 * 24 * customer)
    else:
        count_weekdays(series, context.columns, cells.output + 4 * 7 * customer)
    return overflow


@inlined
def run_measure(m: Int, part: Gathered, weighted: bool, codes: Int, noted: Int, batch: Batch, context: Context) -> None:
    """One measure of every customer of the batch. ``noted``: a bit per code that there are notes for."""
    call = context.call
    measure = call.measures + MEASURE * m
    output, second = get(call.outputs, get(measure, 2)), get(call.outputs, get(measure, 4))
    cells = Cells(get(measure, 0), output, get(measure, 3), second, Words(get(measure, 5), get(measure, 6)))
    group = part.group
    if cells.code == Code.COUNT or noted & (np.int64(1) << cells.code):
        for i in range(batch.count):
            low, high = get(group.lows, i), get(group.highs, i)
            series = Series(group.rows, part.values, part.weights, False, codes, low, high)
            put(output, batch.first + i, look_up(cells.code, series, context))
        return
    overflow = False
    for i in range(batch.count):
        low, high = get(group.lows, i), get(group.highs, i)
        series = Series(group.rows, part.values, part.weights, weighted, codes, low, high)
        overflow |= measure_customer(m, cells, series, batch.first + i, context)
    if overflow:
        put_uint8(call.overflows, m, np.uint8(1))


@inlined
def note(code: Int, whole: Gathered, codes: Int, batch: Batch, context: Context) -> Flag:
    """What a measure looks up in every window, worked out once for all of a series; whether it may be looked up."""
    if code == Code.DISTINCT and has_few_codes(codes):
        return True
    group, scratch = whole.group, context.scratch
    # A table by hash has room for one customer only.
    apart = code == Code.DISTINCT and not is_by_code(codes, scratch)
    stretches = batch.count if apart else count_stretches(group, batch.count)
    before, small = np.int64(0), True
    for i in range(stretches):
        low, high = get(group.lows, i), end_of_stretch(i, stretches, group, batch.count)
        series = Series(group.rows, whole.values, whole.weights, False, codes, low, high)
        if code == Code.DISTINCT:
            note_previous(series, scratch)
        elif code == Code.DAYS:
            note_days(series, context.columns, scratch)
        else:
            before, few = note_totals(series, before, scratch.totals)
            small = small and few
    return small
