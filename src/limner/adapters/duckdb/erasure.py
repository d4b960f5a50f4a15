"""Erasure: a person leaves the log's file for good, and a replay of their events is refused.

Deleting rows would leave their bytes in free blocks and in the WAL, so the file is written anew without them and put
in the old one's place. A kill before that moment leaves everything as it was.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.adapters.duckdb.closing import tells_of_closing
from limner.adapters.duckdb.codes import insert_table
from limner.adapters.duckdb.file import LogFile, is_full, scalar, wal_of
from limner.adapters.duckdb.promotion import read_promoted, sql_type
from limner.adapters.duckdb.tables import TABLES
from limner.errors import Unavailable
from limner.model.event import identifier_columns
from limner.model.timeline import Column, Kind

COPIED_WHOLE = ("meta", "source", "name", "promoted", "item", "tombstone")
SHORTEST_TRACE = 5
"""Identifiers shorter than this are not searched for as text: they would be found in everything."""
SHORTEST_DIGITS = 7
"""Phones shorter than this are not searched for among digits that stand apart."""
ERASED = "\x1ferased "
"""Stands, with a number, where the value was. No identifier begins so: normalisation takes control characters away."""


@tells_of_closing
class DuckDBErasure:
    def __init__(self, file: LogFile, key_file: Path) -> None:
        self._file = file
        self._key_file = key_file
        self._known: tuple[int, frozenset[str]] | None = None
        """Tombstones, and of which generation of the file: each erasure makes another."""

    def names_erased(self, batch: pa.Table) -> npt.NDArray[np.bool_]:
        """Row by row: does it carry an identifier of an erased person?"""
        found = np.zeros(batch.num_rows, np.bool_)
        hashes = self._tombstones()
        if not hashes:
            return found
        for name, kind in identifier_columns(batch).items():
            encoded = pc.dictionary_encode(batch.column(name).combine_chunks())
            erased = np.array([self._hash(kind, value) in hashes for value in encoded.dictionary.to_pylist()] + [False])
            found |= erased[encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)]
        return found

    def rows_erased(self, rows: Sequence[str]) -> list[bool]:
        """Which rejected rows were erased, as they stand there, together with a person?"""
        hashes = self._tombstones()
        return [bool(hashes) and self._hash(ROW, row) in hashes for row in rows]

    def erase(self, nodes: frozenset[int], fragments: frozenset[int]) -> int:
        """Write the file anew without these identifiers and these fragments' events; how many events went.

        Raises `Unavailable` when there is no room for the new file: the old one stays as it was.
        """
        cursor = self._file.cursor()
        cursor.register("gone_node", pa.table({"node": pa.array(sorted(nodes), pa.int32())}))
        cursor.register("gone_fragment", pa.table({"fragment": pa.array(sorted(fragments), pa.int32())}))
        gone = cursor.execute("SELECT node, type, value FROM identifier SEMI JOIN gone_node USING (node)").fetchall()
        person = Person({(kind, value): f"{ERASED}{node}" for node, kind, value in gone})
        events = int(scalar(cursor, "SELECT count(*) FROM event SEMI JOIN gone_fragment USING (fragment)"))
        fresh = self._file.path.with_suffix(".erasing")
        remove_database(fresh)  # of a process that was killed
        try:
            cursor.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS fresh")
            with self._file.room():
                self._write_rest(cursor, person)
            cursor.execute("DETACH fresh")
        except BaseException as error:
            leave(cursor)
            remove_database(fresh)
            if isinstance(error, duckdb.Error) and is_full(error):
                raise Unavailable(
                    "The disk is full: erasing writes the log anew beside the old one. Nobody was erased.",
                    hint=f"Free as much space as {self._file.path} takes and try again.",
                ) from error
            raise
        self._file.replace_with(fresh)
        return events

    def _write_rest(self, cursor: duckdb.DuckDBPyConnection, person: Person) -> None:
        """Fill the attached database ``fresh`` with all that is not the person's, and their tombstones."""
        rows = copy_rest(cursor, person)
        hashes = [self._hash(kind, value) for kind, value in person.names] + [self._hash(ROW, row) for row in rows]
        cursor.execute("USE fresh")
        insert_table(cursor, "tombstone", pa.table({"hash": pa.array(hashes, pa.string())}))
        cursor.execute("USE log")
        cursor.execute("CHECKPOINT fresh")

    def _tombstones(self) -> frozenset[str]:
        generation, known = self._file.generation, self._known  # read before
        if known is None or known[0] != generation:
            rows = self._file.cursor().execute("SELECT hash FROM tombstone").fetchall()
            known = self._known = generation, frozenset(row[0] for row in rows)
        return known[1]

    def _hash(self, kind: str, value: str) -> str:
        return hmac.new(self._key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()

    @cached_property
    def _key(self) -> bytes:
        """The workspace's secret, without which a tombstone cannot be guessed back into a phone number."""
        if not self._key_file.exists():
            beside = self._key_file.with_suffix(".new")
            beside.unlink(missing_ok=True)
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(handle, secrets.token_bytes(32))
            os.fsync(handle)
            os.close(handle)
            beside.replace(self._key_file)
        return self._key_file.read_bytes()


ROW = "rejected row"
"""Takes the place of an identifier's type in tombstones of rejected rows; no type has a space."""


@dataclass(frozen=True)
class Person:
    """Who is to be forgotten, and how to find them in text."""

    names: Mapping[tuple[str, str], str]
    """(type, value) to what stands there afterwards."""

    @cached_property
    def pattern(self) -> str:
        """A regular expression, for DuckDB and for Python: one of the longer values, standing alone."""
        values = sorted({re.escape(value) for _, value in self.names if len(value) >= SHORTEST_TRACE})
        return f"(?:^|[^0-9a-z])(?:{'|'.join(values)})(?:$|[^0-9a-z])" if values else "$a"

    @cached_property
    def digits(self) -> list[str]:
        """Phones as they may stand among blanks and dashes."""
        phones = [value.removeprefix("+86").removeprefix("+") for _, value in self.names if value.startswith("+")]
        return sorted({phone for phone in phones if len(phone) >= SHORTEST_DIGITS})

    def mentioned(self, text: str) -> bool:
        plain = re.sub("[^0-9]", "", text)
        return bool(re.search(self.pattern, text, re.IGNORECASE)) or any(phone in plain for phone in self.digits)


def mentions(text: str) -> str:
    """SQL for `Person.mentioned`; its parameters are ``[person.pattern, person.digits]``."""
    plain = f"regexp_replace({text}, '[^0-9]', '', 'g')"
    phones = f"list_bool_or(list_transform(?::VARCHAR[], lambda v: contains({plain}, v)))"
    return f"(regexp_matches({text}, ?, 'i') OR coalesce({phones}, false))"


def leave(cursor: duckdb.DuckDBPyConnection) -> None:
    """Back to the log alone, wherever the writing of the other file stopped."""
    for statement in ("ROLLBACK", "USE log", "DETACH DATABASE IF EXISTS fresh"):
        with suppress(duckdb.Error):
            cursor.execute(statement)


def remove_database(path: Path) -> None:
    for name in (path, wal_of(path)):
        name.unlink(missing_ok=True)


def copy_rest(cursor: duckdb.DuckDBPyConnection, person: Person) -> list[str]:
    """Fill the attached database ``fresh`` with all that is not the person's; the rejected rows that were left out.

    Nothing of theirs may be written there even for a moment, since freed blocks keep their bytes. What was seen of
    properties is not copied: it is found out again.
    """
    cursor.execute("USE fresh")
    cursor.execute(TABLES)
    promoted = read_promoted_of(cursor, "log")
    for column in promoted:
        cursor.execute(f"ALTER TABLE event ADD COLUMN {column.name} {sql_type(column)}")
    for table in COPIED_WHOLE:
        cursor.execute(f"INSERT INTO {table} SELECT * FROM log.{table}")
    # Numbers stay with their place, since customer ids are made of them, and so do types and sets of identifiers, which
    # decide who else is linked; only what an identifier was goes.
    cursor.execute(
        "INSERT INTO identifier SELECT node, type, CASE WHEN g.node IS NULL THEN value ELSE ? || i.node END "
        "FROM log.identifier i LEFT JOIN gone_node g USING (node) ORDER BY node",
        [ERASED],
    )
    cursor.execute(
        "INSERT INTO fragment SELECT fragment, nodes, f.erased OR g.fragment IS NOT NULL "
        "FROM log.fragment f LEFT JOIN gone_fragment g USING (fragment) ORDER BY fragment"
    )
    copy_events(cursor, person)
    for column in promoted:
        if column.kind is Kind.TEXT:
            copy_dictionary(cursor, column)
    rows = copy_rejects(cursor, person)
    cursor.execute("USE log")
    return rows


def read_promoted_of(cursor: duckdb.DuckDBPyConnection, database: str) -> list[Column]:
    cursor.execute(f"USE {database}")
    promoted = read_promoted(cursor)
    cursor.execute("USE fresh")
    return promoted


def copy_events(cursor: duckdb.DuckDBPyConnection, person: Person) -> None:
    """Other people's events, those of nobody that do not mention the person, and decisions without their values."""
    decisions = rewrite_decisions(cursor, person)
    cursor.register("decision", decisions)
    columns = [row[0] for row in cursor.execute("DESCRIBE event").fetchall() if row[0] != "seq"]
    read = [f"coalesce(d.{name}, e.{name})" if name == "properties" else f"e.{name}" for name in columns]
    told = mentions("coalesce(e.properties, '') || ' ' || coalesce(e.traits, '')")
    cursor.execute(
        f"INSERT INTO event (seq, {', '.join(columns)}) SELECT row_number() OVER (ORDER BY e.seq), {', '.join(read)} "
        "FROM log.event e LEFT JOIN decision d ON d.seq = e.seq ANTI JOIN gone_fragment g ON e.fragment = g.fragment "
        f"WHERE e.fragment IS NOT NULL OR d.seq IS NOT NULL OR NOT {told} ORDER BY e.seq",
        [person.pattern, person.digits],
    )
    cursor.unregister("decision")


def rewrite_decisions(cursor: duckdb.DuckDBPyConnection, person: Person) -> pa.Table:
    """All merges and splits by hand, with the person's identifiers out of sight: columns seq and properties."""
    rows = cursor.execute(
        "SELECT e.seq, e.properties FROM log.event e JOIN log.source s ON s.code = e.source "
        "WHERE s.name = 'limner' AND e.fragment IS NULL AND starts_with(e.event_id, 'decision-') ORDER BY e.seq"
    ).fetchall()
    written = []
    for _, text in rows:
        content = msgspec.json.decode(text)
        for side in ("left", "right"):
            content[side] = [[kind, person.names.get((kind, value), value)] for kind, value in content[side]]
        for said in ("author", "reason"):
            content[said] = "" if person.mentioned(content[said]) else content[said]
        written.append(msgspec.json.encode(content).decode())
    return pa.table(
        {"seq": pa.array([row[0] for row in rows], pa.int64()), "properties": pa.array(written, pa.string())}
    )


def copy_dictionary(cursor: duckdb.DuckDBPyConnection, column: Column) -> None:
    """Values nobody's event has any more lose their text; their codes stay taken."""
    used = f"SELECT unnest({column.name}) FROM event" if column.grain else f"SELECT {column.name} FROM event"
    cursor.execute(
        "INSERT INTO entry SELECT promoted, code, CASE WHEN code IN (SELECT code FROM "
        f"({used}) AS used(code) WHERE code IS NOT NULL) THEN value ELSE ? || code END "
        "FROM log.entry WHERE promoted = ? ORDER BY code",
        [ERASED, column.name],
    )


def copy_rejects(cursor: duckdb.DuckDBPyConnection, person: Person) -> list[str]:
    """Rejected rows but those that mention the person, however it was spaced or cased; and the rows left out."""
    parameters = [person.pattern, person.digits]
    told = mentions("row")
    rows = cursor.execute(f"SELECT DISTINCT row FROM log.reject WHERE {told}", parameters).fetchall()
    cursor.execute(f"INSERT INTO reject SELECT * FROM log.reject WHERE NOT {told} ORDER BY id", parameters)
    return [row[0] for row in rows]
