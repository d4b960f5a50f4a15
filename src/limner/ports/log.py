"""The event log: the only truth. Append-only, every row with a gapless ``seq`` from 1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

from limner.model.timeline import Kind, Vocabulary

Progress = Callable[[str, int, int], None]
"""Told (what, done, total) now and then; total 0 = unknown."""
Coming = Callable[[int, int], None]
"""Told the first and the last seq of rows, before anybody can see them; if it comes to nothing, the first and the one
before it."""


def unheard(first: int, last: int) -> None:
    """Nobody asks which rows are coming."""


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch. ``accepted`` rows got the seqs ``first_seq ..``; unidentified ones are among them."""

    accepted: int
    duplicate: int
    unidentified: int
    erased: int
    """Rows refused because they name an erased person."""
    first_seq: int
    events: pa.Table
    """The accepted rows, in the order of their seqs."""


@dataclass(frozen=True, slots=True)
class SortedRows:
    batches: Iterable[pa.RecordBatch]
    settled: bool
    """Are rows of one customer and instant in the order of their `Log.event_keys`? If not, the reader settles them:
    where such rows are few, that costs a fraction of sorting all rows by a text."""


class Log(Protocol):
    def append(self, batch: pa.Table, coming: Coming = unheard) -> Appended:
        """Store a batch of `limner.model.event.EVENT_BATCH` shape with normalised identifiers, durably and at once.

        A row whose (source, event_id) is in the log, or earlier in the batch, is a duplicate and left out.
        """
        ...

    def watermark(self) -> int:
        """The last seq; 0 on an empty log."""
        ...

    def tail(self, after: int, until: int, fragments: Sequence[int] | None = None) -> pa.Table:
        """Rows on a timeline with after < seq <= until, by seq: seq, fragment, event_id, time, received_at (int64 µs),
        name (int32 code), source (int16) and the promoted columns (list columns for list grains). ``fragments``: those
        of these alone."""
        ...

    def sorted_rows(self, placement: pa.Table, until: int) -> SortedRows:
        """All rows on a timeline up to ``until``, by (customer, time). ``placement`` has columns fragment and customer;
        columns as in `tail` without event_id, with the customer."""
        ...

    def event_keys(self, seqs: Sequence[int]) -> list[tuple[str, str]]:
        """(event id, source's name) of these rows, in the order asked: what orders the events of one instant."""
        ...

    def promote(self, wanted: Iterable[tuple[str, Kind]], progress: Progress) -> None:
        """Give these properties typed columns and back-fill them from the JSON; those that have one are left alone."""
        ...

    def vocabulary(self) -> Vocabulary:
        """Names, sources, promoted columns and dictionaries as they now stand."""
        ...

    def history(self, seqs: Sequence[int]) -> list[dict[str, Any]]:
        """These events, in the order asked; without those that were erased: seq, event_id, name, source, time,
        received_at (µs), properties and traits (JSON values)."""
        ...
