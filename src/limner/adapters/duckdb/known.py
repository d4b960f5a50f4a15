"""The keys of all events in memory, so that an append need not scan the log for duplicates.

Of each key 32 bits stand in an open hash table, at a place that its other bits decide: six to eleven bytes an event.
A key that is not there is new for certain; one that is there is almost always in the log, which has the last word.
"""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.adapters.duckdb.file import LogFile, read_table, scalar
from limner.adapters.duckdb.hashing import Keys
from limner.adapters.duckdb.slots import Slots, add_keys, find_keys

FULL = 0.75
"""Share of the slots in use from which on looking for a free one takes long."""
SMALLEST = 1 << 16
READ_ROWS = 1 << 22
PATIENCE = 4
"""So many appends scan the log: for fewer it does not pay to take in all its keys (2 s for 50 million)."""


class KnownKeys:
    def __init__(self, file: LogFile) -> None:
        self._file = file
        self.last_seq = -1
        """The last seq of the log, if whoever asks knows it: then it need not be looked up."""
        self._forget()

    def _forget(self) -> None:
        self._generation = self._file.generation
        self._asked = self._count = 0
        self.until = 0
        """No event up to this seq is unknown; 0 as long as the log is scanned."""
        self._slots: Slots = np.zeros(SMALLEST, np.uint32)

    def may_hold(self, cursor: duckdb.DuckDBPyConnection, keys: Keys) -> npt.NDArray[np.bool_]:
        """Which of these keys may be in the log? Asked in a transaction that has stored no event yet."""
        if self._generation != self._file.generation:
            self._forget()
        self._asked += 1
        if self._asked > PATIENCE:
            self._catch_up(cursor)
            return find_keys(self._slots, keys)
        cursor.register("asked", pa.table({"key": keys}))
        found = read_table(cursor, "SELECT key FROM event WHERE key IN (SELECT key FROM asked)").column("key")
        cursor.unregister("asked")
        return np.isin(keys, found.to_numpy())

    def learn(self, keys: Keys, last_seq: int) -> None:
        """Events with these keys, the last ones of the log, were committed."""
        in_step = self._asked > PATIENCE and self.until == self.last_seq and self._generation == self._file.generation
        self.last_seq = last_seq
        if in_step and self._count + len(keys) <= len(self._slots) * FULL:
            add_keys(self._slots, np.sort(keys))
            self._count += len(keys)
            self.until = last_seq

    def _catch_up(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Take in the events committed since the last time."""
        if self.until == self.last_seq:
            return
        fresh = int(scalar(cursor, "SELECT count(*) FROM event WHERE seq > ?", [self.until]))
        if self._count + fresh > len(self._slots) * FULL:  # where a key belongs, only the whole key says
            fresh = int(scalar(cursor, "SELECT count(*) FROM event"))
            self.until = self._count = 0
            self._slots = np.zeros(1 << int(fresh / FULL).bit_length(), np.uint32)
        if not fresh:
            return
        query = "SELECT seq, key FROM event WHERE seq > ?"
        for batch in cursor.sql(query, params=[self.until]).to_arrow_reader(READ_ROWS):
            # In ascending order they meet the table's slots one after the other: a third of the time.
            add_keys(self._slots, np.sort(batch.column("key").to_numpy()))
            self._count += batch.num_rows
            self.until = max(self.until, int(batch.column("seq").to_numpy().max()))
