"""What measures read, and where they make notes. Everything is an address (see `limner.fold.memory`) or a number."""

from __future__ import annotations

from typing import NamedTuple

from limner.compiled import Int


class Columns(NamedTuple):
    """The columns every slice has."""

    time: Int
    received_at: Int
    day: Int
    hour: Int
    name: Int
    source: Int


class Series(NamedTuple):
    """Places low <= j < high of three int64 arrays: row numbers of the slice, and values and weights of a property.

    A value is a stored number or the code of a text. Measures of whole events read only ``rows``.
    """

    rows: Int
    values: Int
    weights: Int
    weighted: bool
    """False: every event weighs 1, and ``weights`` has no meaning."""
    codes: Int
    """Values are codes from 0 to below this; not positive: they are numbers."""
    low: Int
    high: Int


class Words(NamedTuple):
    """A dictionary's UTF-8 bytes and the end of each word in them; 0 = values are numbers."""

    letters: Int
    ends: Int


class Ties(NamedTuple):
    """What decides between values that are otherwise equal: when each was last seen, then the values themselves."""

    time: Int
    """The column."""
    words: Words


class Scratch(NamedTuple):
    """Arrays as long as the longest batch (``trust`` is of float64), and a table, zero at first (see `tables`)."""

    seen: Int
    sums: Int
    counts: Int
    lasts: Int
    trust: Int
    previous: Int
    """See `limner.fold.measures.choices.note_previous`."""
    days: Int
    """See `limner.fold.measures.calendar.note_days`."""
    totals: Int
    """See `limner.fold.measures.totals.note_totals`."""
    table: Int
    table_size: Int
