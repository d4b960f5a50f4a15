"""The keys of all events, so that an append need not scan the log for duplicates.

Of each key 32 bits stand in an open hash table, at a place that its other bits decide: some six bytes an event. A key
that is not there is new for certain; one that is there is almost always in the log, which has the last word.

Memory holds the table of the latest events, which has its full size at once where many appends are expected: it does
not grow with them. One that is full goes to a file without a name, gone with the process, and is looked into where it
is mapped: the kernel keeps of it what is used and may drop the rest.
"""

from __future__ import annotations

from tempfile import TemporaryFile

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.adapters.duckdb.file import LogFile, read_table
from limner.adapters.duckdb.hashing import Keys
from limner.adapters.duckdb.slots import Slots, add_keys, find_keys

FULL = 0.75
"""Share of the slots in use from which on looking for a free one takes long."""
SMALLEST, LARGEST = 1 << 16, 1 << 23
"""Slots of a table, four bytes each."""
READ_ROWS = 1 << 20
PATIENCE = 4
"""So many appends scan the log: for fewer it does not pay to take in all its keys (2 s for 50 million)."""


class KnownKeys:
    def __init__(self, file: LogFile) -> None:
        self._file = file
        self.last_seq = -1
        """The last seq of the log, as whoever asks knows it."""
        self._least = SMALLEST
        """Slots of a table, at least."""
        self._forget()

    def _forget(self) -> None:
        self._generation = self._file.generation
        self._asked = 0
        self.until = self._before = 0
        """No event up to the one seq is unknown, 0 as long as the log is scanned; those up to the other are sealed."""
        self._slots: Slots = np.zeros(self._least, np.uint32)
        self._sealed: list[Slots] = []

    def expect(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Many appends are to come. ``last_seq`` is known."""
        if self._least < LARGEST or self._generation != self._file.generation:
            self._least = LARGEST
            self._forget()
        self._asked = PATIENCE
        self._catch_up(cursor)

    def may_hold(self, cursor: duckdb.DuckDBPyConnection, keys: Keys) -> npt.NDArray[np.bool_]:
        """Which of these keys may be in the log? Asked in a transaction that has stored no event yet."""
        if self._generation != self._file.generation:
            self._forget()
        self._asked += 1
        if self._asked > PATIENCE:
            self._catch_up(cursor)
            found = find_keys(self._slots, keys)
            for slots in self._sealed:
                found |= find_keys(slots, keys)
            return found
        cursor.register("asked", pa.table({"key": keys}))
        found = read_table(cursor, "SELECT key FROM event WHERE key IN (SELECT key FROM asked)").column("key")
        cursor.unregister("asked")
        return np.isin(keys, found.to_numpy())

    def learn(self, keys: Keys, last_seq: int) -> None:
        """Events with these keys, the last ones of the log, were committed."""
        in_step = self._asked > PATIENCE and self.until == self.last_seq and self._generation == self._file.generation
        self.last_seq = last_seq
        if in_step and last_seq - self._before <= len(self._slots) * FULL:
            add_keys(self._slots, np.sort(keys))
            self.until = last_seq

    def _catch_up(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Take in the events committed since the last time."""
        most = int(LARGEST * FULL)
        while self.until < self.last_seq:
            if self.until - self._before == most:
                self._seal()
            until = min(self.last_seq, self._before + most)
            events = until - self._before
            if events > len(self._slots) * FULL:  # where a key belongs, only the whole key says
                self.until = self._before
                self._slots = np.zeros(min(1 << int(events / FULL).bit_length(), LARGEST), np.uint32)
            query = "SELECT key FROM event WHERE seq > ? AND seq <= ?"
            for batch in cursor.sql(query, params=[self.until, until]).to_arrow_reader(READ_ROWS):
                # In ascending order they meet the table's slots one after the other: a third of the time.
                add_keys(self._slots, np.sort(batch.column("key").to_numpy()))
            self.until = until

    def _seal(self) -> None:
        """Nothing is added to the table any more: put it where its memory need not be ours."""
        try:
            with TemporaryFile(dir=self._file.path.parent) as file:
                self._slots.tofile(file)
                file.flush()
                self._sealed.append(np.asarray(np.memmap(file, np.uint32, "c")))
        except OSError:  # the disk is full
            self._sealed.append(self._slots)
        self._before, self._slots = self.until, np.zeros(LARGEST, np.uint32)
