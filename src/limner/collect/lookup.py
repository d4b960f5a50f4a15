"""Joins: columns looked up in another file by the row's own."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from limner.collect.mapping import Join
from limner.collect.rowfile import RowFile
from limner.errors import DataError, did_you_mean

_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Lookup:
    """A joined file in memory, one row a key."""

    join: Join
    keys: pa.Array
    table: pa.Table
    """The file's other columns."""

    def attach(self, rows: pa.Table) -> pa.Table:
        """``rows`` with the columns looked up; null where no row has the key. Columns the rows have stay theirs.

        Rows without the columns to join on come back as they are: binding the mapping tells that.
        """
        if not set(self.join.on) <= set(rows.column_names):
            return rows
        places = pc.index_in(key_texts(rows, self.join.on), self.keys)
        for name in self.table.column_names:
            if name not in rows.column_names:
                rows = rows.append_column(name, self.table[name].take(places))
        return rows


def load_lookup(join: Join, file: RowFile) -> Lookup:
    """DataError when a column is missing or a key comes twice."""
    tables = [batch.table for batch in file.batches]
    table = pa.concat_tables(tables, promote_options="permissive")
    for name in join.on:
        if name not in table.column_names:
            raise DataError(f"{join.file} has no column {name!r} to join on.", hint=did_you_mean(name, file.columns))
    keys = key_texts(table, join.on)
    twice = pc.filter(pc.value_counts(keys), pc.greater(pc.struct_field(pc.value_counts(keys), "counts"), 1))
    twice = twice.filter(pc.is_valid(pc.struct_field(twice, "values")))
    if len(twice):
        shown = twice[0]["values"].as_py().replace(_SEPARATOR, ", ")
        raise DataError(
            f"{join.file} has {twice[0]['counts']} rows for {' and '.join(join.on)} = {shown}; a join needs one.",
            hint="Join on more columns, or on a file with one row for each.",
        )
    return Lookup(join, keys, table.drop_columns(list(join.on)))


def key_texts(table: pa.Table, on: tuple[str, ...]) -> pa.Array:
    """The key of each row as one text, whatever the types on either side; null when a part is."""
    parts = [_text(table[name]) for name in on]
    joined = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, _SEPARATOR)
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers are written without ``.0``, so that 12 and 12.0 meet."""
    if pa.types.is_floating(column.type):
        column = pc.replace_substring_regex(column.cast(pa.string()), r"\.0$", "")
    return column.cast(pa.string())
