"""What an append has to know of the log, kept in memory, so that a small one costs the same however much is stored.

It holds only what was committed. Every commit to the file is counted (`LogFile.commits`): after one that was not an
append of ours, whatever that may have added is read; after a rollback too, since a commit may fail halfway.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from limner.adapters.duckdb.codes import FRAGMENTS, IDENTIFIERS, NAMES, SOURCES, Numbering, values_of
from limner.adapters.duckdb.file import LogFile, scalar
from limner.adapters.duckdb.hashing import Keys
from limner.adapters.duckdb.known import KnownKeys
from limner.adapters.duckdb.promotion import read_promoted
from limner.adapters.duckdb.recent import recent_of
from limner.model.timeline import Column, Kind

SMALL = 20_000
"""Rows of an append that gains by remembering; imports come in larger ones."""
PATIENCE = 4
"""So many small appends ask the tables: for fewer it does not pay to take them in."""
OUT_OF_STEP = -1


class Memory:
    """Used by one append at a time: `prepare` first in its transaction, then its members, `announce` before the commit,
    `learn` after it.

    Before, most of it may be read outside of one: what others commit meanwhile is read by the next `prepare`.
    """

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self.keys = KnownKeys(file)
        self._forget()

    def _forget(self) -> None:
        self._generation = self._file.generation
        self._small = 0
        self._commits = OUT_OF_STEP
        self.names, self.sources = Numbering(NAMES), Numbering(SOURCES)
        self.identifiers, self.fragments = (
            Numbering(things, recent_of(self._file, things.table, things.number)) for things in (IDENTIFIERS, FRAGMENTS)
        )
        self.promoted: Sequence[Column] = ()
        self.last_seq = 0
        self._values: dict[str, Numbering] = {}

    def prepare(self, cursor: duckdb.DuckDBPyConnection, rows: int) -> None:
        """Bring it in step with the file, if it remembers."""
        if self._generation != self._file.generation:
            self._forget()
        self._small += rows <= SMALL
        remembers = self._small > PATIENCE
        commits = self._file.commits  # read before
        if remembers and self._commits == commits:
            return
        self.promoted = read_promoted(cursor)
        self.last_seq = int(scalar(cursor, "SELECT coalesce(max(seq), 0) FROM event WHERE seq >= ?", [self.last_seq]))
        texts = [column for column in self.promoted if column.kind is Kind.TEXT]
        self._values = {c.name: self._values.get(c.name) or Numbering(values_of(c)) for c in texts}
        self.keys.last_seq = self.last_seq
        if remembers:
            for numbering in self._numberings():
                numbering.remember(cursor)
            self._commits = commits

    def expect(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Many small appends are to come: take all in before the first."""
        self._small = PATIENCE
        self.prepare(cursor, 0)
        self.keys.expect(cursor)

    def values(self, column: Column) -> Numbering:
        """Of a promoted text."""
        return self._values[column.name]

    def announce(self, rows: int) -> None:
        """The append is about to be committed: it stores so many events."""
        if self._commits != OUT_OF_STEP:
            names, sources, identifiers, fragments, *entries = (each.growth for each in self._numberings())
            seq = self.last_seq + rows
            self._file.will_grow(self._commits, seq, names, sources, sum(entries), fragments, identifiers)

    def learn(self, keys: Keys) -> None:
        """The append was committed: it stored events with these keys, at the end."""
        self.last_seq += len(keys)
        self.keys.learn(keys, self.last_seq)
        for numbering in self._numberings():
            numbering.learn()
        if self._commits != OUT_OF_STEP:
            self._commits += 1

    def unlearn(self) -> None:
        """The append came to nothing, or so it seems: look what is there before the next one."""
        self._commits = OUT_OF_STEP

    def _numberings(self) -> Sequence[Numbering]:
        return (self.names, self.sources, self.identifiers, self.fragments, *self._values.values())
