"""Dictionaries: values to dense codes, append-only, so a code means the same for ever."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limner.adapters.duckdb.file import read_table, scalar
from limner.model.timeline import Column

Cursor = duckdb.DuckDBPyConnection


def one_chunk(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def encode_values(cursor: Cursor, table: str, values: pa.ChunkedArray) -> pa.Array:
    """Codes of event names or sources (``table`` is ``name`` or ``source``), new ones appended."""
    encoded = pc.dictionary_encode(one_chunk(values))
    known = dict(cursor.execute(f"SELECT name, code FROM {table}").fetchall())
    codes = []
    for value in encoded.dictionary.to_pylist():
        if value not in known:
            known[value] = len(known)
            cursor.execute(f"INSERT INTO {table} VALUES (?, ?)", [known[value], value])
        codes.append(known[value])
    return pc.take(pa.array(codes, pa.int32()), encoded.indices)


def encode_text(cursor: Cursor, column: Column, values: pa.ChunkedArray) -> pa.Array:
    """Dictionary codes of a promoted text column; of a list grain, list by list."""
    array = one_chunk(values)
    if column.grain:
        codes = encode_flat(cursor, column.name, array.flatten())
        return rebuild_lists(array, codes)
    return encode_flat(cursor, column.name, array)


def rebuild_lists(lists: pa.ListArray, values: pa.Array) -> pa.ListArray:
    """The same lists (nulls included) over other flat values."""
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=lists.is_null())


def encode_flat(cursor: Cursor, name: str, values: pa.Array) -> pa.Array:
    encoded = pc.dictionary_encode(values)
    codes = insert_missing(cursor, name, encoded.dictionary)
    return pc.take(codes, encoded.indices)


def insert_missing(cursor: Cursor, name: str, values: pa.Array) -> pa.Array:
    """Codes of these distinct values, in their order; those not in the dictionary join its end."""
    if not len(values):
        return pa.array([], pa.int32())
    cursor.register("met", pa.table({"n": np.arange(len(values)), "value": values}))
    found = read_table(
        cursor,
        "SELECT e.code FROM met LEFT JOIN (SELECT value, code FROM entry WHERE promoted = ?) e USING (value) "
        "ORDER BY n",
        [name],
    )
    cursor.unregister("met")
    first = int(scalar(cursor, "SELECT count(*) FROM entry WHERE promoted = ?", [name]))
    codes, missing = number_missing(one_chunk(found.column("code")), first)
    if len(missing):
        fresh = {"promoted": [name] * len(missing), "code": codes.take(missing), "value": values.take(missing)}
        insert_table(cursor, "entry", pa.table(fresh))
    return codes


def number_missing(numbers: pa.Array, first: int) -> tuple[pa.Array, pa.Array]:
    """The numbers with nulls counted up from ``first``, and the places of those nulls."""
    missing = np.flatnonzero(numbers.is_null().to_numpy(zero_copy_only=False))
    filled = np.array(numbers.fill_null(0).to_numpy(zero_copy_only=False), np.int32)
    filled[missing] = np.arange(first, first + len(missing))
    return pa.array(filled), pa.array(missing)


def insert_table(cursor: Cursor, table: str, rows: pa.Table) -> None:
    """Append rows. DuckDB 2.0 may not show a transaction its own rows once they fill a row group (122,880): whoever
    needs their numbers works them out before, and never reads them back."""
    # One piece: of several, DuckDB's threads would write row groups that it then writes a second time, merged.
    cursor.register("fresh_rows", rows.combine_chunks())
    names = ", ".join(rows.column_names)
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM fresh_rows")
    cursor.unregister("fresh_rows")
