"""A number that is another one after every commit that changed the catalog, whoever made it: SQLite counts them."""

from __future__ import annotations

import sqlite3
from threading import Lock

from sqlalchemy import Engine

from limner.errors import Unavailable


class Revision:
    """On a connection of its own, which never writes: it is told of what all others commit, other processes too."""

    def __init__(self, engine: Engine) -> None:
        self._file = engine.url.database if engine.dialect.name == "sqlite" else None
        self._connection: sqlite3.Connection | None = None
        self._lock = Lock()

    def read(self) -> int | None:
        """None where the database does not tell. Unavailable while it cannot be asked."""
        if self._file is None:
            return None
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = sqlite3.connect(self._file, check_same_thread=False, isolation_level=None)
                return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.OperationalError as error:
                raise Unavailable(f"The catalog cannot be used now: {error}.", hint="Nothing was changed.") from error

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
