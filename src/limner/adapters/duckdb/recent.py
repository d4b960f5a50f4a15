"""The rows appended last, as they were stored: whoever follows the log asks for them at once, and planning the query
costs more than making the rows did."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from limner.adapters.duckdb.file import LogFile

MOST = 50_000
"""Rows kept; larger appends are asked of the file."""


class Recent:
    """One thread notes, any may read."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._kept: tuple[int, tuple[pa.Table, ...]] = (-1, ())
        """Of which generation of the file; tables of gapless seqs, each going on where the one before ends."""

    def note(self, rows: pa.Table) -> None:
        """These were committed; ``seq`` ascending without gaps."""
        generation, tables = self._kept
        if generation != self._file.generation or (tables and last_of(tables[-1]) + 1 != first_of(rows)):
            tables = ()
        tables = (*tables, rows)
        while tables and sum(table.num_rows for table in tables) > MOST:
            tables = tables[1:]
        self._kept = self._file.generation, tables

    def read(self, after: int, until: int, columns: Sequence[str]) -> pa.Table | None:
        """These columns of the rows past ``after`` up to ``until`` that have a fragment; None = not all are at hand."""
        generation, tables = self._kept
        if generation != self._file.generation or not tables or last_of(tables[-1]) < until:
            return None
        wanted = [table for table in tables if last_of(table) > after and first_of(table) <= until]
        if not wanted or first_of(wanted[0]) > after + 1:
            return None
        if any(column not in table.column_names for table in wanted for column in columns):
            return None
        rows = pa.concat_tables(table.select(columns) for table in wanted)
        rows = rows.slice(after + 1 - first_of(wanted[0]), until - after)
        return rows.filter(pc.is_valid(rows.column("fragment")))


def first_of(table: pa.Table) -> int:
    return int(table.column("seq")[0].as_py())


def last_of(table: pa.Table) -> int:
    return int(table.column("seq")[-1].as_py())
