"""Numbering: what a table holds is counted from 0 as it is met, append-only, so a number means the same for ever.

Event names and sources have codes, values of promoted texts have codes, identifiers are nodes, sets of them fragments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.adapters.duckdb.file import read_table, scalar
from limner.adapters.duckdb.fingerprints import Prints, print_lists, print_texts
from limner.adapters.duckdb.numbers import Numbers
from limner.adapters.duckdb.recent import Recent
from limner.model.timeline import Column

Cursor = duckdb.DuckDBPyConnection

READ_ROWS = 1 << 20


@dataclass(frozen=True, slots=True)
class Things:
    """Where they stand: names of a table and its columns, out of our own closed set."""

    table: str
    number: str
    columns: tuple[str, ...]
    fingerprint: Callable[[pa.Table], Prints]
    promoted: str | None = None
    """Of the table of all promoted texts' values: those of this column."""

    @property
    def source(self) -> str:
        return self.table if self.promoted is None else f"(SELECT * FROM {self.table} WHERE promoted = ?)"

    @property
    def parameters(self) -> list[str]:
        return [] if self.promoted is None else [self.promoted]


def print_identifiers(rows: pa.Table) -> Prints:
    return print_texts(one_chunk(rows.column("value")), one_chunk(rows.column("type")))


def print_sets(rows: pa.Table) -> Prints:
    return print_lists(one_chunk(rows.column("nodes")))


def print_values(rows: pa.Table) -> Prints:
    return print_texts(one_chunk(rows.column("value")))


def print_names(rows: pa.Table) -> Prints:
    return print_texts(one_chunk(rows.column("name")))


IDENTIFIERS = Things("identifier", "node", ("type", "value"), print_identifiers)
FRAGMENTS = Things("fragment", "fragment", ("nodes",), print_sets)
NAMES = Things("name", "code", ("name",), print_names)
SOURCES = Things("source", "code", ("name",), print_names)


def values_of(column: Column) -> Things:
    return Things("entry", "code", ("value",), print_values, column.name)


class Numbering:
    """Looks numbers up by a join with the table; in memory, once somebody asked it to `remember`."""

    def __init__(self, things: Things, recent: Recent | None = None) -> None:
        """``recent`` hears of the rows of new things, once they were committed."""
        self._things = things
        self.table = things.table
        self._recent = recent
        self._numbers: Numbers | None = None
        self._fresh: list[tuple[Prints, npt.NDArray[np.int32], pa.Table]] = []

    def number(
        self, cursor: Cursor, rows: pa.Table, prints: Prints | None = None
    ) -> tuple[npt.NDArray[np.int32], pa.Table]:
        """The number of each of these distinct things; and, for the caller to store, the rows of those new to it.

        Called once in a transaction. ``prints``: the things' fingerprints, if the caller has them.
        """
        if self._numbers is None:
            numbers = self._look_up(cursor, rows)
        else:
            prints = self._things.fingerprint(rows) if prints is None else prints
            numbers = self._numbers.find(prints)
        missing = np.flatnonzero(numbers < 0)
        if not len(missing):
            return numbers, rows.slice(0, 0)
        first = self._count(cursor) if self._numbers is None else len(self._numbers)
        numbers[missing] = np.arange(first, first + len(missing))
        fresh = self._fresh_rows(rows.take(pa.array(missing)), numbers[missing])
        if self._numbers is not None and prints is not None:
            self._fresh.append((prints[missing], numbers[missing], fresh))
        return numbers, fresh

    def remember(self, cursor: Cursor) -> None:
        """Take in what was committed since the last time. Asked in a transaction that has stored nothing yet."""
        self._fresh.clear()
        if self._numbers is None:
            self._numbers = Numbers()
        first = len(self._numbers)
        if self._count(cursor) == first:
            return
        things = self._things
        query = f"SELECT {things.number}, {', '.join(things.columns)} FROM {things.source} WHERE {things.number} >= ?"
        for batch in cursor.sql(query, params=[*things.parameters, first]).to_arrow_reader(READ_ROWS):
            numbers = np.asarray(batch.column(0).to_numpy(), np.int32)
            self._numbers.add(things.fingerprint(pa.Table.from_batches([batch])), numbers)

    @property
    def growth(self) -> int:
        """How many new things the transaction under way stores, where they are in memory."""
        return sum(len(numbers) for _, numbers, _ in self._fresh)

    def learn(self) -> None:
        """What the transaction stored was committed."""
        for prints, numbers, rows in self._fresh:
            if self._numbers is not None:
                self._numbers.add(prints, numbers)
            if self._recent is not None:
                self._recent.note(rows)
        self._fresh.clear()

    def _look_up(self, cursor: Cursor, rows: pa.Table) -> npt.NDArray[np.int32]:
        things = self._things
        cursor.register("met", rows.append_column("n", pa.array(np.arange(rows.num_rows))))
        equal = " AND ".join(f"t.{name} = m.{name}" for name in things.columns)
        found = read_table(
            cursor,
            f"SELECT coalesce(t.{things.number}, -1) AS number FROM met m LEFT JOIN {things.source} t ON {equal} "
            "ORDER BY m.n",
            things.parameters,
        )
        cursor.unregister("met")
        return np.array(found.column("number").to_numpy(), np.int32)

    def _count(self, cursor: Cursor) -> int:
        return int(scalar(cursor, f"SELECT count(*) FROM {self._things.source}", self._things.parameters))

    def _fresh_rows(self, rows: pa.Table, numbers: npt.NDArray[np.int32]) -> pa.Table:
        rows = rows.append_column(self._things.number, pa.array(numbers))
        if self._things.promoted is not None:
            rows = rows.append_column("promoted", pa.repeat(self._things.promoted, rows.num_rows))
        return rows


def one_chunk(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def encode_names(cursor: Cursor, numbering: Numbering, values: pa.ChunkedArray) -> pa.Array:
    """Codes of event names or sources (`NAMES` or `SOURCES`), new ones appended."""
    encoded = pc.dictionary_encode(one_chunk(values))
    codes, fresh = numbering.number(cursor, pa.table({"name": encoded.dictionary}))
    insert_table(cursor, numbering.table, fresh)
    return pc.take(pa.array(codes), encoded.indices)


def encode_text(cursor: Cursor, column: Column, values: pa.ChunkedArray) -> pa.Array:
    """Dictionary codes of a promoted text column, values not met before appended."""
    codes, fresh = encode_with(cursor, Numbering(values_of(column)), values)
    insert_table(cursor, "entry", fresh)
    return codes


def encode_with(cursor: Cursor, numbering: Numbering, values: pa.ChunkedArray) -> tuple[pa.Array, pa.Table]:
    """Dictionary codes of texts, of lists of texts list by list; and the rows of ``entry`` to append."""
    array = one_chunk(values)
    lists = pa.types.is_list(array.type)
    encoded = pc.dictionary_encode(array.flatten() if lists else array)
    codes, fresh = numbering.number(cursor, pa.table({"value": encoded.dictionary}))
    coded = pc.take(pa.array(codes), encoded.indices)
    return rebuild_lists(array, coded) if lists else coded, fresh


def rebuild_lists(lists: pa.ListArray, values: pa.Array) -> pa.ListArray:
    """The same lists (nulls included) over other flat values."""
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=lists.is_null())


def insert_table(cursor: Cursor, table: str, rows: pa.Table) -> None:
    """Append rows. DuckDB 2.0 may not show a transaction its own rows once they fill a row group (122,880): whoever
    needs their numbers works them out before, and never reads them back."""
    if not rows.num_rows:
        return
    # One piece: of several, DuckDB's threads would write row groups that it then writes a second time, merged.
    fresh_rows = rows.combine_chunks()  # noqa: F841, DuckDB finds the variable: a third cheaper than registering it
    names = ", ".join(rows.column_names)
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM fresh_rows")
