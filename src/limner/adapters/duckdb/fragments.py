"""Which fragment an event belongs to: its distinct set of identifiers, numbered on first sight and never renumbered."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.adapters.duckdb.codes import insert_table, number_missing, one_chunk
from limner.adapters.duckdb.file import read_table, scalar
from limner.identity.normalise import encode_column
from limner.model.event import identifier_columns

Cursor = duckdb.DuckDBPyConnection


def assign_fragments(cursor: Cursor, batch: pa.Table) -> pa.Array:
    """Fragment of each row (int32, null = no identifier). New identifiers and fragments are stored on the way.

    Only distinct values travel through SQL; rows are mapped with array takes.
    """
    columns = identifier_columns(batch)
    if not columns:
        return pa.nulls(batch.num_rows, pa.int32())
    encoded = [encode_column(batch.column(name)) for name in columns]
    nodes = register_identifiers(cursor, encoded, list(columns.values()))
    matrix = np.empty((batch.num_rows, len(columns)), np.int32)
    for place, column in enumerate(encoded):
        matrix[:, place] = np.append(nodes[place], np.int32(-1))[codes_of(column)]
    combination, examples = number_rows(matrix)
    fragments = register_fragments(cursor, list_sets(matrix[examples]))
    found = fragments[combination]
    return pa.array(found, pa.int32(), mask=found < 0)


def codes_of(encoded: pa.DictionaryArray) -> npt.NDArray[np.int32]:
    """The code of each row; -1 = null."""
    return np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), np.int32)


def register_identifiers(
    cursor: Cursor, encoded: Sequence[pa.DictionaryArray], types: Sequence[str]
) -> list[npt.NDArray[np.int32]]:
    """Nodes of each column's distinct values, -1 for those no row has; new ones are numbered by row, then column."""
    first = [first_rows(column) for column in encoded]
    # A column may have values that no row has any more: those of duplicates and of erased people.
    used = [np.flatnonzero(rows < len(column)) for rows, column in zip(first, encoded, strict=True)]
    met = [
        pa.table(
            {
                "type": pa.repeat(kind, len(places)),
                "value": column.dictionary.take(pa.array(places)),
                "first": rows[places],
                "place": np.full(len(places), place, np.int32),
                "code": places,
            }
        )
        for place, (column, kind, rows, places) in enumerate(zip(encoded, types, first, used, strict=True))
    ]
    cursor.register("met", pa.concat_tables(met))
    known = read_table(
        cursor,
        "SELECT m.type, m.value, i.node, m.places, m.codes FROM (SELECT type, value, min((first, place)) AS first, "
        "list(place) AS places, list(code) AS codes FROM met GROUP BY type, value) m "
        "LEFT JOIN identifier i ON i.type = m.type AND i.value = m.value ORDER BY m.first",
    )
    cursor.unregister("met")
    start = int(scalar(cursor, "SELECT count(*) FROM identifier"))
    nodes, missing = number_missing(one_chunk(known.column("node")), start)
    if len(missing):
        numbered = pa.table({"node": nodes, "type": known.column("type"), "value": known.column("value")})
        insert_table(cursor, "identifier", numbered.take(missing))
    places, codes = one_chunk(known.column("places")), one_chunk(known.column("codes"))
    by_place, by_code = places.flatten().to_numpy(), codes.flatten().to_numpy()
    repeated = np.repeat(nodes.to_numpy(), places.value_lengths().to_numpy())
    found = [np.full(len(column.dictionary), -1, np.int32) for column in encoded]
    for place, values in enumerate(found):
        values[by_code[by_place == place]] = repeated[by_place == place]
    return found


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


def register_fragments(cursor: Cursor, sets: pa.ListArray) -> npt.NDArray[np.int32]:
    """Fragment number of each set of nodes; -1 for the empty set."""
    cursor.register("met", pa.table({"n": np.arange(len(sets)), "nodes": sets}))
    known = read_table(
        cursor,
        "SELECT m.ns, m.nodes, f.fragment FROM (SELECT nodes, list(n ORDER BY n) AS ns FROM met WHERE len(nodes) > 0 "
        "GROUP BY nodes) m LEFT JOIN fragment f ON f.nodes = m.nodes ORDER BY m.ns",
    )
    cursor.unregister("met")
    fragments, missing = number_missing(
        one_chunk(known.column("fragment")), int(scalar(cursor, "SELECT count(*) FROM fragment"))
    )
    if len(missing):
        fresh = pa.table({"fragment": fragments.take(missing), "nodes": known.column("nodes").take(missing)})
        insert_table(cursor, "fragment", fresh)
    places = one_chunk(known.column("ns"))
    found = np.full(len(sets), -1, np.int32)
    found[places.flatten().to_numpy()] = np.repeat(fragments.to_numpy(), places.value_lengths().to_numpy())
    return found
