"""The file: its tables, its transactions, and its driver's errors said in ours."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from limner.errors import Closed, Conflict, DataError, Unavailable

VERSION = 2
PATIENCE = 30
"""Seconds to wait for another connection's transaction."""
TABLES = """
BEGIN IMMEDIATE;
CREATE TABLE change (
    position INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice, though the last one be deleted
    seq INTEGER NOT NULL,
    as_of INTEGER NOT NULL,
    customer INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE TABLE mark (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, as_of INTEGER NOT NULL);
CREATE TABLE standing (
    destination TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    failing_since INTEGER,
    reason TEXT,
    delivered INTEGER NOT NULL DEFAULT 0,
    delivered_at INTEGER
);
CREATE TABLE letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    destination TEXT NOT NULL,
    position INTEGER NOT NULL,
    part INTEGER NOT NULL,
    customer INTEGER NOT NULL,
    body BLOB NOT NULL,
    tries INTEGER NOT NULL,
    since INTEGER NOT NULL,
    due INTEGER NOT NULL,
    reason TEXT NOT NULL,
    died_at INTEGER,
    UNIQUE (destination, position, part)
);
PRAGMA user_version = 2;
COMMIT;
"""
FROM_1 = """
BEGIN IMMEDIATE;
ALTER TABLE standing ADD COLUMN delivered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE standing ADD COLUMN delivered_at INTEGER;
PRAGMA user_version = 2;
COMMIT;
"""

LITTLE = 1 << 20
"""Bytes left on a disk that is full, as good as."""


class OutboxFile:
    """Two connections: one whose commits reach the disk before they return, one whose commits may wait for it.

    What a courier notes is of the second kind: lost with the power it is told again, which is allowed. A commit never
    reaches the disk before an earlier one.
    """

    def __init__(self, path: Path) -> None:
        """Made if missing. Raises `Conflict` on the file of a newer Limner, `DataError` if it is something else."""
        self.path = path
        self._opened: list[sqlite3.Connection] = []
        self._durable, self._quick = RLock(), RLock()
        try:
            with self._told():
                _prepare(self._connect("FULL"), path)
                self._connect("NORMAL")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        with self._durable, self._quick:
            while self._opened:
                self._opened.pop().close()

    @contextmanager
    def durable(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is on the disk when it ends."""
        with self._durable, self._transaction(0) as connection:
            yield connection

    @contextmanager
    def quick(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is atomic, and on the disk soon."""
        with self._quick, self._transaction(1) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Single reads, which wait for no writer."""
        with self._quick, self._told():
            yield self._opened[1]

    @contextmanager
    def _transaction(self, index: int) -> Iterator[sqlite3.Connection]:
        with self._told():
            connection = self._opened[index]
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _connect(self, synchronous: str) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        self._opened.append(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        return connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (IndexError, sqlite3.ProgrammingError) as error:
            raise Closed from error
        except sqlite3.OperationalError as error:
            if shutil.disk_usage(self.path.parent).free < LITTLE:
                raise Unavailable(
                    f"The disk is full: {self.path.name} cannot be used.",
                    hint="Free some space and give the command again; nothing written before is lost.",
                ) from error
            raise Unavailable(f"{self.path.name} cannot be used now: {error}.", hint="Nothing was changed.") from error
        except sqlite3.DatabaseError as error:
            raise DataError(f"{self.path} is not an outbox of Limner: {error}.") from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise Conflict(
            f"{path.name} was written by a newer Limner: version {version}; this one knows up to {VERSION}.",
            hint="Upgrade with: pip install --upgrade limner",
        )
    if version < VERSION:
        connection.executescript(FROM_1 if version else TABLES)
