"""The rows appended last, as they were stored: whoever follows the log asks for them at once, and planning the query
costs more than making the rows did."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from limner.adapters.duckdb.file import LogFile

MOST = 50_000
"""Rows kept of a table; larger appends are asked of the file."""


class Recent:
    """Of one table, whose rows are numbered without gaps. One thread notes, any may read."""

    def __init__(self, file: LogFile, number: str) -> None:
        """``number``: the column that has it."""
        self._file = file
        self._number = number
        self._kept: tuple[int, tuple[pa.Table, ...]] = (-1, ())
        """Of which generation of the file; tables that go on where the one before ends."""

    def note(self, rows: pa.Table) -> None:
        """These were committed, some at least, ascending."""
        generation, tables = self._kept
        if generation != self._file.generation or (tables and self._last(tables[-1]) + 1 != self._first(rows)):
            tables = ()
        tables = (*tables, rows)
        while tables and sum(table.num_rows for table in tables) > MOST:
            tables = tables[1:]
        self._kept = self._file.generation, tables

    def read(self, after: int, until: int, columns: Sequence[str]) -> pa.Table | None:
        """These columns of the rows past ``after`` up to ``until``; None = not all are at hand."""
        generation, tables = self._kept
        if until < after or generation != self._file.generation or not tables or self._last(tables[-1]) < until:
            return None
        wanted = [table for table in tables if self._last(table) > after and self._first(table) <= until]
        if not wanted or self._first(wanted[0]) > after + 1:
            return None
        if any(column not in table.column_names for table in wanted for column in columns):
            return None
        rows = pa.concat_tables(table.select(columns) for table in wanted)
        return rows.slice(after + 1 - self._first(wanted[0]), until - after)

    def _first(self, table: pa.Table) -> int:
        return int(table.column(self._number)[0].as_py())

    def _last(self, table: pa.Table) -> int:
        return int(table.column(self._number)[-1].as_py())


def recent_of(file: LogFile, table: str, number: str) -> Recent:
    """The one of a table of the file."""
    recent: Recent = file.kept.setdefault(f"recent rows of {table}", Recent(file, number))
    return recent
