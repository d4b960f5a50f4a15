"""Which fragment an event belongs to: its distinct set of identifiers, numbered on first sight and never renumbered."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.adapters.duckdb.codes import Numbering, insert_table, print_identifiers, print_sets
from limner.adapters.duckdb.numbers import first_of_each
from limner.identity.normalise import encode_column
from limner.model.event import identifier_columns

Cursor = duckdb.DuckDBPyConnection


def assign_fragments(cursor: Cursor, batch: pa.Table, identifiers: Numbering, fragments: Numbering) -> pa.Array:
    """Fragment of each row (int32, null = no identifier). New identifiers and fragments are stored on the way.

    Only distinct values are looked up; rows are mapped with array takes.
    """
    columns = identifier_columns(batch)
    if not columns:
        return pa.nulls(batch.num_rows, pa.int32())
    encoded = [encode_column(batch.column(name)) for name in columns]
    nodes = register_identifiers(cursor, identifiers, encoded, list(columns.values()))
    matrix = np.empty((batch.num_rows, len(columns)), np.int32)
    for place, column in enumerate(encoded):
        matrix[:, place] = np.append(nodes[place], np.int32(-1))[codes_of(column)]
    combination, examples = number_rows(matrix)
    found = register_fragments(cursor, fragments, list_sets(matrix[examples]))[combination]
    return pa.array(found, pa.int32(), mask=found < 0)


def codes_of(encoded: pa.DictionaryArray) -> npt.NDArray[np.int32]:
    """The code of each row; -1 = null."""
    return np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), np.int32)


def register_identifiers(
    cursor: Cursor, numbering: Numbering, encoded: Sequence[pa.DictionaryArray], types: Sequence[str]
) -> list[npt.NDArray[np.int32]]:
    """Nodes of each column's distinct values, -1 for those no row has; new ones are numbered by row, then column."""
    first = [first_rows(column) for column in encoded]
    # A column may have values that no row has any more: those of duplicates and of erased people.
    used = [np.flatnonzero(rows < len(column)) for rows, column in zip(first, encoded, strict=True)]
    met = pa.concat_tables(
        pa.table(
            {
                "type": pa.repeat(kind, len(codes)),
                "value": column.dictionary.cast(pa.string()).take(pa.array(codes)),
                "first": rows[codes],
            }
        )
        for column, kind, rows, codes in zip(encoded, types, first, used, strict=True)
    ).combine_chunks()
    prints = print_identifiers(met)
    order = np.argsort(met.column("first").to_numpy(), kind="stable")
    groups, firsts = first_of_each(prints[order])
    numbers = np.empty(len(order), np.int32)
    distinct = order[firsts]
    rows = met.select(["type", "value"]).take(pa.array(distinct))
    found, fresh = numbering.number(cursor, rows, prints[distinct])
    insert_table(cursor, numbering.table, fresh)
    numbers[order] = found[groups]
    ends = np.cumsum([len(codes) for codes in used])
    nodes = [np.full(len(column.dictionary), -1, np.int32) for column in encoded]
    for column, codes, end in zip(nodes, used, ends, strict=True):
        column[codes] = numbers[end - len(codes) : end]
    return nodes


def first_rows(encoded: pa.DictionaryArray) -> npt.NDArray[np.int64]:
    """The first row of each dictionary value; the number of rows for those that none has."""
    codes = codes_of(encoded)
    first = np.full(len(encoded.dictionary) + 1, len(codes), np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]  # nulls fall into the last place
    return first[:-1]


def number_rows(matrix: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Equal rows get equal numbers, in the order of first appearance; and an example row of each number."""
    combined = pc.dictionary_encode(pa.array(matrix[:, 0].astype(np.int64)))
    for place in range(1, matrix.shape[1]):
        codes = combined.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        pairs = codes * (np.int64(matrix[:, place].max()) + 2) + matrix[:, place] + 1
        combined = pc.dictionary_encode(pa.array(pairs))
    return combined.indices.to_numpy(zero_copy_only=False).astype(np.int64), first_rows(combined)


def list_sets(matrix: npt.NDArray[np.int32]) -> pa.ListArray:
    """Each row's set of nodes, ascending; -1 is no node."""
    ordered = np.sort(matrix, axis=1)
    kept = ordered >= 0
    kept[:, 1:] &= ordered[:, 1:] != ordered[:, :-1]
    offsets = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(ordered[kept]))


def register_fragments(cursor: Cursor, numbering: Numbering, sets: pa.ListArray) -> npt.NDArray[np.int32]:
    """Fragment number of each set of nodes; -1 for the empty set."""
    full = np.flatnonzero(pc.list_value_length(sets).to_numpy() > 0)
    met = pa.table({"nodes": sets.take(pa.array(full))})
    prints = print_sets(met)
    groups, firsts = first_of_each(prints)
    numbers, fresh = numbering.number(cursor, met.take(pa.array(firsts)), prints[firsts])
    insert_table(cursor, numbering.table, fresh)
    fragments = np.full(len(sets), -1, np.int32)
    fragments[full] = numbers[groups]
    return fragments
