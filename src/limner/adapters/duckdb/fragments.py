"""Which fragment an event belongs to: its distinct set of identifiers, numbered on first sight and never renumbered."""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.adapters.duckdb.codes import insert_table, number_missing, one_chunk
from limner.adapters.duckdb.file import read_table, scalar
from limner.model.event import identifier_columns

Cursor = duckdb.DuckDBPyConnection


def assign_fragments(cursor: Cursor, batch: pa.Table) -> pa.Array:
    """Fragment of each row (int32, null = no identifier). New identifiers and fragments are stored on the way.

    Only distinct values travel through SQL; rows are mapped with array takes.
    """
    columns = identifier_columns(batch)
    if not columns:
        return pa.nulls(batch.num_rows, pa.int32())
    encoded = {name: pc.dictionary_encode(batch.column(name).combine_chunks()) for name in columns}
    numbered = register_identifiers(cursor, encoded, columns)
    matrix = np.full((batch.num_rows, len(columns)), -1, np.int32)
    for place, (name, kind) in enumerate(columns.items()):
        nodes = find_nodes(cursor, numbered, kind, encoded[name].dictionary)
        codes = encoded[name].indices.fill_null(-1).to_numpy(zero_copy_only=False)
        matrix[:, place] = np.where(codes >= 0, nodes[codes] if len(nodes) else -1, -1)
    combination, examples = number_rows(matrix)
    sets = [sorted({int(node) for node in matrix[example] if node >= 0}) for example in examples]
    fragments = register_fragments(cursor, sets)
    found = fragments[combination]
    return pa.array(found, pa.int32(), mask=found < 0)


def register_identifiers(cursor: Cursor, encoded: dict[str, pa.DictionaryArray], columns: dict[str, str]) -> pa.Table:
    """Nodes of the batch's identifiers (type, value, node); new ones are numbered by row, then column."""
    met = [
        pa.table(
            {
                "type": pa.array([kind] * len(encoded[name].dictionary), pa.string()),
                "value": encoded[name].dictionary.cast(pa.string()),
                "first": first_rows(encoded[name]),
                "place": pa.array([place] * len(encoded[name].dictionary), pa.int32()),
            }
        )
        for place, (name, kind) in enumerate(columns.items())
    ]
    cursor.register("met", pa.concat_tables(met))
    known = read_table(
        cursor,
        "SELECT m.type, m.value, i.node FROM (SELECT type, value, min((first, place)) AS first FROM met "
        "GROUP BY type, value) m LEFT JOIN identifier i ON i.type = m.type AND i.value = m.value ORDER BY m.first",
    )
    cursor.unregister("met")
    first = int(scalar(cursor, "SELECT count(*) FROM identifier"))
    nodes, missing = number_missing(one_chunk(known.column("node")), first)
    numbered = pa.table({"node": nodes, "type": known.column("type"), "value": known.column("value")})
    if len(missing):
        insert_table(cursor, "identifier", numbered.take(missing))
    return numbered


def first_rows(encoded: pa.DictionaryArray) -> npt.NDArray[np.int64]:
    """The first row of each dictionary value."""
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    first = np.full(len(encoded.dictionary), len(codes), np.int64)
    rows = np.arange(len(codes))[::-1]
    reverse = codes[::-1]
    first[reverse[reverse >= 0]] = rows[reverse >= 0]
    return first


def find_nodes(cursor: Cursor, numbered: pa.Table, kind: str, values: pa.Array) -> npt.NDArray[np.int32]:
    """Nodes of distinct values of one type, in their order."""
    cursor.register("numbered", numbered)
    cursor.register("wanted", pa.table({"n": np.arange(len(values)), "value": values.cast(pa.string())}))
    found = read_table(
        cursor, "SELECT i.node FROM wanted JOIN numbered i ON i.type = ? AND i.value = wanted.value ORDER BY n", [kind]
    )
    cursor.unregister("wanted")
    cursor.unregister("numbered")
    return np.asarray(found.column("node").to_numpy(), np.int32)


def number_rows(matrix: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Equal rows get equal numbers, in the order of first appearance; and an example row of each number."""
    combined = pc.dictionary_encode(pa.array(matrix[:, 0].astype(np.int64)))
    for place in range(1, matrix.shape[1]):
        codes = combined.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        pairs = codes * (np.int64(matrix[:, place].max()) + 2) + matrix[:, place] + 1
        combined = pc.dictionary_encode(pa.array(pairs))
    return combined.indices.to_numpy(zero_copy_only=False).astype(np.int64), first_rows(combined)


def register_fragments(cursor: Cursor, sets: list[list[int]]) -> npt.NDArray[np.int32]:
    """Fragment number of each set of nodes; -1 for the empty set."""
    lists = pa.array(sets, pa.list_(pa.int32()))
    cursor.register("met", pa.table({"n": np.arange(len(sets)), "nodes": lists}))
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
