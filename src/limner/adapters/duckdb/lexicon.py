"""The log's vocabulary in memory: names, sources and dictionaries only grow, so only what is new is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock

import duckdb
import pyarrow as pa

from limner.adapters.duckdb.file import LogFile, read_table
from limner.adapters.duckdb.promotion import read_promoted
from limner.model.timeline import Kind, Vocabulary


class Lexicon:
    """Gives the same vocabulary, and in it the same dictionaries, while nothing was added to them."""

    def __init__(self, file: LogFile, zone: str, aliases: Mapping[str, str]) -> None:
        self._file = file
        self._aliases = aliases
        self._nothing = Vocabulary((), (), {}, {}, zone)
        self._kept = self._nothing
        self.sent_names: tuple[str, ...] = ()
        """Those of the vocabulary, in the same order, as clients sent them."""
        self._generation = -1
        self._commits = -1
        self._seen: tuple[int, ...] = ()
        """How much there was of it when it was last read."""
        self._lock = Lock()

    def read(self) -> Vocabulary:
        with self._lock:
            if self._generation != self._file.generation:
                self._kept, self._commits, self._seen, self.sent_names = self._nothing, -1, (), ()
            commits, self._generation = self._file.commits, self._file.generation
            if commits != self._commits:
                self._kept = self._renew(self._file.cursor(), self._kept)
                self._commits = commits  # read before: what was committed meanwhile is looked for again
            return self._kept

    def _renew(self, cursor: duckdb.DuckDBPyConnection, kept: Vocabulary) -> Vocabulary:
        there = self._file.counts()
        seen = there.columns, there.promoted, there.names, there.sources, there.entries
        if seen == self._seen:
            return kept
        self._seen = seen
        names, sources = read_after(cursor, "name", len(kept.names)), read_after(cursor, "source", len(kept.sources))
        columns = {(column.path, column.kind): column for column in read_promoted(cursor)}
        texts = [column.name for column in columns.values() if column.kind is Kind.TEXT]
        known = {name: kept.dictionaries.get(name, ()) for name in texts}
        added = read_entries(cursor, {name: len(words) for name, words in known.items()})
        if not names and not sources and not added and columns == kept.columns:
            return kept
        self.sent_names = *self.sent_names, *names
        return Vocabulary(
            # The log keeps the name a client sent; reading it under its alias lets a plan change the past too.
            names=(*kept.names, *(self._aliases.get(name, name) for name in names)),
            sources=(*kept.sources, *sources),
            columns=columns,
            dictionaries={n: words + tuple(added[n]) if n in added else words for n, words in known.items()},
            zone=kept.zone,
        )


def read_after(cursor: duckdb.DuckDBPyConnection, table: str, first: int) -> list[str]:
    rows = cursor.execute(f"SELECT name FROM {table} WHERE code >= ? ORDER BY code", [first]).fetchall()
    return [row[0] for row in rows]


def read_entries(cursor: duckdb.DuckDBPyConnection, known: Mapping[str, int]) -> dict[str, Sequence[str]]:
    """The words of dictionaries from a code on, by dictionary; those without new ones are left out."""
    cursor.register("known", pa.table({"name": list(known), "size": pa.array(known.values(), pa.int64())}))
    try:
        rows = read_table(
            cursor,
            "SELECT promoted, list(value ORDER BY code) AS words FROM entry JOIN known ON promoted = name "
            "WHERE code >= size GROUP BY promoted",
        )
    finally:
        cursor.unregister("known")
    return dict(zip(rows.column("promoted").to_pylist(), rows.column("words").to_pylist(), strict=True))
