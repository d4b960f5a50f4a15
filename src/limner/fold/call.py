"""The arguments of the kernel: addresses and numbers, made by `limner.fold.runs`."""

from __future__ import annotations

from typing import NamedTuple

from limner.compiled import Int


class Call(NamedTuple):
    """Tables are int64 unless said otherwise, their rows of the width that is named with them."""

    as_of: Int
    today: Int
    """as_of's local day."""
    offsets: Int
    """Of the slice."""
    addresses: Int
    """Of the columns; 0 = a property nobody has seen."""
    sizes: Int
    """Per column: negative = int64; else int32 codes below this."""
    codes: Int
    """How many event codes the plan knows."""
    names: Int
    """uint8 per selection and event code (and one for newer codes): named?"""
    classes: Int
    """Per event code (and one for newer codes): events that the same selections name are of one class."""
    class_count: Int
    selections: Int
    """First test, after the last, first series, after the last, where the rows come from, hull of the windows or -1."""
    selection_count: Int
    tests: Int
    """Column, address of a table of answers by code + 1 or 0, first interval, number of intervals."""
    pool: Int
    """Closed intervals, low and high in turn."""
    windows: Int
    """See `limner.fold.batch.bound_window`."""
    window_count: Int
    series: Int
    """Column or -1, weight or -1, first measure, after the last, hull of the windows or -1, and of a trait: the address
    of uint8 per event code (and one for newer codes), its operation; 0 if all events set."""
    measures: Int
    """Code, window, output, size of the output's codes or 0, second output, letters and ends of the words, parameter,
    cursor (of a trait: its operations), the population's values, shares and count (of a trait: its sources' votes,
    how many there are; of claims: operations)."""
    factors: Int
    """float64, three per measure: times, share, lift; or what values are divided by; or a half-life."""
    sequences: Int
    """Window, output, steps that must happen, does one that must not come last, column that must have one value or -1,
    span in days, in µs, first part, after the last."""
    sequence_count: Int
    parts: Int
    """Selection and bit of each step of a sequence."""
    only: Int
    """1 = there is one selection and one window, which counts from no anchor, and no sequence."""
    midnight: Int
    """At which as_of's local day began."""
    outputs: Int
    """Address per slot; the first is of how many rows each customer has up to as_of."""
    cursors: Int
    """Per list: how many cells are written."""
    overflows: Int
    """uint8 per measure, set where it left int64."""
    arrays: Int
    """Scratch: see `limner.fold.kernel.ARRAYS`, then a list of rows per class, each ``length`` long."""
    length: Int
    """Of the longest batch of timelines."""
    table: Int
    """A hash table, zero at first."""
    table_size: Int
    edges: Int
    """Scratch: see `limner.fold.batch.EDGES`, then four arrays per window, one per class, each ``span`` long."""
    span: Int
    """One more than the most customers of a batch."""
    batch_rows: Int
    """The most rows of a batch, unless one customer has more."""
    ends: Int
    """Room for an int64 per class: where its next row goes, counted from ``arrays``."""
    found: Int
    """Per window: the selection whose part of it is known."""


SELECTION, WINDOW, SERIES, MEASURE, FACTORS, SEQUENCE, PART = (8 * width for width in (6, 8, 6, 12, 3, 9, 2))
"""Bytes of a row of each table."""
