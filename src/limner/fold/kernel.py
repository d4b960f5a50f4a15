"""The kernel: a pass of a plan over the timelines of some customers.

Per batch of customers: deal the rows out by event, bound the windows; then per selection find its rows, per property
make the series, per measure run one function over the window's part of each customer's. Each of these is one loop over
all customers of the batch: what the tables say is read once for all of them, and the processor guesses right.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from limner.compiled import INT64, VOID, Int, entry, inlined, inner, record
from limner.fold.batch import (
    CHOSEN,
    CHOSEN_ENDS,
    COUNTS,
    DAYS,
    EDGES,
    KEPT,
    KEPT_ENDS,
    LASTS,
    PREVIOUS,
    SEEN,
    SUMS,
    TOTALS,
    TRUST,
    VALUES,
    WEIGHTS,
    WINDOWED,
    Batch,
    array,
    begin_batch,
    bound_window,
    choose_batch,
    deal_rows,
    dealt,
    edge,
    every,
    within,
)
from limner.fold.call import MEASURE, PART, SELECTION, SEQUENCE, SERIES, Call
from limner.fold.measures.code import Code
from limner.fold.measures.sequence import Steps, count_completions, group_rows
from limner.fold.measures.series import Columns, Scratch, Series
from limner.fold.measures.switch import Context, note, run_measure
from limner.fold.memory import get, put
from limner.fold.rows import (
    NULL,
    Filter,
    Gathered,
    Group,
    Property,
    gather,
    gather_trait,
    is_named,
    joined,
    passes,
    read,
    read_all,
    select_named,
    select_passing,
)

ALL_ROWS, BY_NAME = -1, -2
"""Where a selection's rows come from, if not from the list of one class."""
PARTS = ("batch.py", "call.py", "memory.py", "rows.py", "measures/*.py")
"""The files of the kernel besides this one."""


class Chosen(NamedTuple):
    """The rows of a selection."""

    group: Group
    selection: Int
    narrowed: Int
    """The window all of them lie in, -1 if they may lie anywhere."""


@inner
def part_of_selection(chosen: Chosen, w: Int, batch: Batch, call: Call) -> Group:
    """The chosen places in a window, found once for all series."""
    if w == chosen.narrowed:
        return chosen.group
    place = EDGES + 2 * (call.window_count + w)
    if get(call.found, w) != chosen.selection:
        put(call.found, w, chosen.selection)
        return within(chosen.group, w, batch, call, place)
    return Group(chosen.group.rows, edge(place, call), edge(place + 1, call))


@inlined
def run_series(r: Int, chosen: Chosen, batch: Batch, context: Context) -> None:
    """All measures of one series: of the chosen rows, those that have the property."""
    call = context.call
    row = call.series + SERIES * r
    column, weight, hull = get(row, 0), get(row, 1), get(row, 4)
    values, weights, codes = array(VALUES, call), array(WEIGHTS, call), np.int64(0)
    whole, same_places = Gathered(chosen.group, values, weights), True
    if column >= 0:
        codes = get(call.sizes, column)
        mass = get(call.addresses, weight) if weight >= 0 else np.int64(-1)
        source = part_of_selection(chosen, hull, batch, call) if hull >= 0 else chosen.group
        wanted, operations = Property(get(call.addresses, column), codes, mass), get(row, 5)
        same_places = operations == 0 and read_all(source, batch.count, wanted, values, weights)
        if same_places:
            whole = Gathered(source, values, weights)
        else:
            whole = Gathered(joined(array(KEPT, call), edge(KEPT_ENDS, call)), values, weights)
            if operations != 0:
                gather_trait(source, batch.count, wanted, operations, context.filter, whole)
            else:
                gather(source, batch.count, wanted, whole)
    asked, noted, window, part = np.int64(0), np.int64(0), np.int64(-1), whole
    for m in range(get(row, 2), get(row, 3)):
        code = get(call.measures + MEASURE * m, 0)
        if code in (Code.DISTINCT, Code.DAYS, Code.SUM) and not asked & (1 << code):
            asked |= 1 << code
            noted |= np.int64(note(code, whole, codes, batch, context)) << code
        if get(call.measures + MEASURE * m, 1) != window:
            window = get(call.measures + MEASURE * m, 1)
            if same_places:
                places = part_of_selection(chosen, window, batch, call)
            elif window in (hull, chosen.narrowed):
                places = whole.group
            else:
                places = within(whole.group, window, batch, call, WINDOWED)
            part = Gathered(Group(whole.group.rows, places.lows, places.highs), values, weights)
        run_measure(m, part, weight >= 0, codes, noted, batch, context)


@inlined
def run_selection(s: Int, batch: Batch, context: Context) -> None:
    """All measures of one selection."""
    call = context.call
    selection = call.selections + SELECTION * s
    tests, source, hull = (get(selection, 0), get(selection, 1)), get(selection, 4), get(selection, 5)
    found, chosen, narrowed = every(call), joined(array(CHOSEN, call), edge(CHOSEN_ENDS, call)), np.int64(-1)
    if call.only:  # chosen with the batch
        found, narrowed = chosen, np.int64(0)
    else:
        if source >= 0:
            found = dealt(source, call)
        if hull >= 0 and (source == BY_NAME or tests[0] < tests[1]):
            found, narrowed = within(found, hull, batch, call, WINDOWED), hull
        if source == BY_NAME:
            select_named(found, batch.count, s, context.filter, chosen)
            found = chosen
    for t in range(tests[0], tests[1]):
        select_passing(found, batch.count, t, context.filter, chosen)
        found = chosen
    for r in range(get(selection, 2), get(selection, 3)):
        run_series(r, Chosen(found, s, narrowed), batch, context)


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
def count_sequence(sequence: Int, start: Int, stop: Int, context: Context) -> Int:
    """How often one customer completed a sequence; NULL for never."""
    call, scratch = context.call, context.scratch
    rows, values, matches = array(CHOSEN, call), array(VALUES, call), array(WEIGHTS, call)
    same, count, seen = get(sequence, 4), np.int64(0), np.int64(0)
    for row in range(start, stop):
        bits, value = match_steps(row, sequence, context), np.int64(0)
        if same >= 0:
            value = read(get(call.addresses, same), get(call.sizes, same), row)
        if bits != 0 and value != NULL:
            put(rows, count, row)
            put(values, count, value)
            put(matches, count, bits)
            count += 1
            seen |= bits
    wanted = (np.int64(1) << get(sequence, 2)) - 1
    if seen & wanted != wanted:  # of most customers
        return NULL
    groups = np.int64(1)
    put(scratch.counts, 0, count)
    if same >= 0:
        whole = Series(rows, values, matches, True, get(call.sizes, same), np.int64(0), count)
        rows, matches = array(KEPT, call), scratch.sums
        groups = group_rows(whole, rows, matches, scratch)
    days, micros = get(sequence, 5), get(sequence, 6)
    steps = Steps(get(sequence, 2), get(sequence, 3) != 0, days, micros, call.as_of, call.today)
    completions, low = np.int64(0), np.int64(0)
    for group in range(groups):
        high = get(scratch.counts, group)
        part = Series(rows, values, matches, True, np.int64(0), low, high)
        completions += count_completions(part, steps, context.columns, scratch.lasts)
        low = high
    return completions if completions > 0 else NULL


@inlined
def run_sequence(sequence: Int, batch: Batch, context: Context) -> None:
    """Writes how often each customer completed a sequence."""
    call, window, output = context.call, get(sequence, 0), get(context.call.outputs, get(sequence, 1))
    lows, highs = edge(EDGES + 2 * window, call), edge(EDGES + 2 * window + 1, call)
    for i in range(batch.count):
        put(output, batch.first + i, count_sequence(sequence, get(lows, i), get(highs, i), context))


@inlined
def context_of(call: Call) -> Context:
    """The call, sorted by who needs what."""
    base = call.addresses
    columns = Columns(get(base, 0), get(base, 1), get(base, 2), get(base, 3), get(base, 4), get(base, 5))
    filter = Filter(columns.name, call.codes, call.names, call.tests, call.pool, base, call.sizes)
    sums, counts, lasts = array(SUMS, call), array(COUNTS, call), array(LASTS, call)
    seen, trust = array(SEEN, call), array(TRUST, call)
    previous, days, totals = array(PREVIOUS, call), array(DAYS, call), array(TOTALS, call)
    scratch = Scratch(seen, sums, counts, lasts, trust, previous, days, totals, call.table, call.table_size)
    return Context(call, columns, filter, scratch)


@inlined
def deal_batch(begin: Int, end: Int, call: Call, context: Context) -> Batch:
    """A batch with its rows dealt out by event, and its windows bounded."""
    batch = begin_batch(begin, end, call, context.columns)
    for w in range(call.window_count):
        bound_window(w, batch, call, context.columns)
    if call.class_count > 1:
        deal_rows(batch, call, context.filter)
    for w in range(call.window_count):
        put(call.found, w, -1)
    put(edge(CHOSEN_ENDS, call), 0, 0)
    return batch


@entry(VOID(INT64, INT64, record(Call)), *PARTS)
def fold_customers(begin: int, end: int, call: Call) -> None:
    """Folds customers begin <= i < end of a slice into the outputs, at place i of each."""
    context = context_of(call)
    while begin < end:
        if call.only:
            batch = choose_batch(begin, end, call, context.columns, context.filter)
        else:
            batch = deal_batch(begin, end, call, context)
        put(edge(KEPT_ENDS, call), 0, 0)
        for s in range(call.selection_count):
            if get(call.selections + SELECTION * s, 2) < get(call.selections + SELECTION * s, 3):
                run_selection(s, batch, context)
        for q in range(call.sequence_count):
            run_sequence(call.sequences + SEQUENCE * q, batch, context)
        begin += batch.count
