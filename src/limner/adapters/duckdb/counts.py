"""How much there is of everything in the log's file."""

from __future__ import annotations

from typing import NamedTuple


class Counts(NamedTuple):
    """What only grows while a file stays the same one: whoever remembers how much it has seen need not look again."""

    seq: int
    """The last one."""
    items: int
    """The revision of the item table."""
    columns: int
    """Promoted columns that were ever made."""
    promoted: int
    """Those there are."""
    names: int
    sources: int
    entries: int
    fragments: int
    identifiers: int


COUNTS = " UNION ALL ".join(
    f"SELECT {number}, {what}"
    for number, what in enumerate(
        (
            "coalesce(max(seq), $seen) FROM event WHERE seq >= $seen",  # of all, it would be a scan
            "coalesce(max(value), '0')::BIGINT FROM meta WHERE key = 'items'",
            "coalesce(max(value), '0')::BIGINT FROM meta WHERE key = 'columns'",
            *(f"count(*) FROM {table}" for table in ("promoted", "name", "source", "entry", "fragment", "identifier")),
        )
    )
)
"""In the order of `Counts`. (As subqueries of one row, they would take DuckDB twenty times as long to plan.)"""
