"""Erasure: a person leaves the log's file for good, and a replay of their events is refused.

Deleting rows would leave their bytes in free blocks and in the WAL, so the file is written anew without them and put
in the old one's place. A kill before that moment leaves everything as it was.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.adapters.duckdb.file import TABLES, LogFile, scalar
from limner.adapters.duckdb.promotion import read_promoted, sql_type
from limner.model.event import identifier_columns
from limner.model.timeline import Column, Kind

COPIED_WHOLE = ("meta", "source", "name", "promoted", "entry", "seen", "item", "tombstone")
SHORTEST_TRACE = 5
"""Identifiers shorter than this are not searched for as text: they would be found in everything."""


class DuckDBErasure:
    def __init__(self, file: LogFile, key_file: Path) -> None:
        self._file = file
        self._key_file = key_file

    def names_erased(self, batch: pa.Table) -> npt.NDArray[np.bool_]:
        """Row by row: does it carry an identifier of an erased person?"""
        found = np.zeros(batch.num_rows, np.bool_)
        hashes = {row[0] for row in self._file.cursor().execute("SELECT hash FROM tombstone").fetchall()}
        if not hashes:
            return found
        for name, kind in identifier_columns(batch).items():
            encoded = pc.dictionary_encode(batch.column(name).combine_chunks())
            erased = np.array([self._hash(kind, value) in hashes for value in encoded.dictionary.to_pylist()] + [False])
            found |= erased[encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)]
        return found

    def erase(self, nodes: frozenset[int], fragments: frozenset[int]) -> int:
        """Write the file anew without these identifiers and these fragments' events; how many events went."""
        cursor = self._file.cursor()
        cursor.register("gone_node", pa.table({"node": pa.array(sorted(nodes), pa.int32())}))
        cursor.register("gone_fragment", pa.table({"fragment": pa.array(sorted(fragments), pa.int32())}))
        names = cursor.execute("SELECT type, value FROM identifier SEMI JOIN gone_node USING (node)").fetchall()
        events = int(scalar(cursor, "SELECT count(*) FROM event SEMI JOIN gone_fragment USING (fragment)"))
        fresh = self._file.path.with_suffix(".erasing")
        fresh.unlink(missing_ok=True)
        cursor.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS fresh")
        try:
            copy_rest(cursor, names)
            hashes = [[self._hash(kind, value)] for kind, value in names]
            cursor.executemany("INSERT INTO fresh.tombstone VALUES (?)", hashes)
            cursor.execute("CHECKPOINT fresh")
        finally:
            cursor.execute("DETACH fresh")
        self._file.replace_with(fresh)
        return events

    def _hash(self, kind: str, value: str) -> str:
        return hmac.new(self._read_key(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()

    def _read_key(self) -> bytes:
        """The workspace's secret, without which a tombstone cannot be guessed back into a phone number."""
        if not self._key_file.exists():
            handle = os.open(self._key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(handle, secrets.token_bytes(32))
            os.fsync(handle)
            os.close(handle)
        return self._key_file.read_bytes()


def copy_rest(cursor: duckdb.DuckDBPyConnection, names: Iterable[tuple[str, str]]) -> None:
    """Fill the attached database ``fresh`` with all that is not the erased person's."""
    cursor.execute("USE fresh")
    cursor.execute(TABLES)
    promoted = read_promoted_of(cursor, "log")
    for column in promoted:
        cursor.execute(f"ALTER TABLE event ADD COLUMN {column.name} {sql_type(column)}")
    for table in COPIED_WHOLE:
        cursor.execute(f"INSERT INTO {table} SELECT * FROM log.{table}")
    traces = [value for _, value in names] or [""]
    # Numbers stay with their place, since customer ids are made of them; only what they stood for goes.
    cursor.execute(
        "INSERT INTO identifier SELECT node, CASE WHEN g.node IS NULL THEN type ELSE 'erased' END, "
        "CASE WHEN g.node IS NULL THEN value ELSE i.node::VARCHAR END "
        "FROM log.identifier i LEFT JOIN gone_node g USING (node) ORDER BY node"
    )
    cursor.execute(
        "INSERT INTO fragment SELECT fragment, nodes, f.erased OR g.fragment IS NOT NULL "
        "FROM log.fragment f LEFT JOIN gone_fragment g USING (fragment) ORDER BY fragment"
    )
    columns = ", ".join(row[0] for row in cursor.execute("DESCRIBE event").fetchall() if row[0] != "seq")
    cursor.execute(
        f"INSERT INTO event (seq, {columns}) SELECT row_number() OVER (ORDER BY seq), {columns} FROM log.event e "
        "ANTI JOIN gone_fragment USING (fragment) WHERE NOT (fragment IS NULL AND "
        "list_bool_or(list_transform(?::VARCHAR[], lambda v: contains(coalesce(properties, '') "
        "|| coalesce(traits, ''), v)))) ORDER BY seq",
        [[trace for trace in traces if len(trace) >= SHORTEST_TRACE] or ["\0"]],
    )
    copy_rejects(cursor, traces)
    for column in promoted:
        if column.kind is Kind.TEXT:
            blank_unused(cursor, column.name, bool(column.grain))
    cursor.execute("USE log")


def read_promoted_of(cursor: duckdb.DuckDBPyConnection, database: str) -> list[Column]:
    cursor.execute(f"USE {database}")
    promoted = read_promoted(cursor)
    cursor.execute("USE fresh")
    return promoted


def copy_rejects(cursor: duckdb.DuckDBPyConnection, traces: Iterable[str]) -> None:
    """Rejected rows but those that mention one of the values, however it was spaced or cased."""
    plain = [trace.lower() for trace in traces if len(trace) >= SHORTEST_TRACE]
    digits = [trace.removeprefix("+86").removeprefix("+") for trace in plain if trace.startswith("+")]
    cursor.execute(
        "INSERT INTO reject SELECT * FROM log.reject WHERE NOT coalesce(list_bool_or(list_transform(?::VARCHAR[], "
        "lambda v: contains(lower(row), v))), false) AND NOT coalesce(list_bool_or(list_transform(?::VARCHAR[], "
        "lambda v: contains(regexp_replace(row, '[^0-9]', '', 'g'), v))), false)",
        [plain, digits],
    )


def blank_unused(cursor: duckdb.DuckDBPyConnection, name: str, listed: bool) -> None:
    """Dictionary values nobody's event has any more lose their text; their codes stay taken."""
    used = f"SELECT unnest({name}) FROM event" if listed else f"SELECT {name} FROM event"
    cursor.execute(
        "UPDATE entry SET value = 'erased ' || code::VARCHAR WHERE promoted = ? "
        f"AND code NOT IN (SELECT DISTINCT code FROM ({used}) AS used(code) WHERE code IS NOT NULL)",
        [name],
    )
