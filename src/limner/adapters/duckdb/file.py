"""The workspace's one DuckDB file: opening it, its tables, its version."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakSet

import duckdb
import pyarrow as pa

from limner.adapters.duckdb.closing import close_used
from limner.adapters.duckdb.counts import COUNTS, Counts
from limner.adapters.duckdb.tables import SCHEMA_VERSION, TABLES, UPGRADES
from limner.errors import Closed, Conflict, DataError, Unavailable

PATIENCE = 5.0
"""Seconds for which memory that is to be given back, or a file that is to be closed, waits for a transaction to end."""
USUAL_WAL = "16MiB"
"""DuckDB's own bound of the WAL, past which a commit brings it into the file."""


class LogFile:
    """A connection to ``log.duckdb``. One process, many threads: each takes a cursor of its own from `cursor`."""

    def __init__(
        self, path: Path, *, memory: str = "3GB", cache: str | None = None, threads: int | None = None
    ) -> None:
        """``memory``: what DuckDB may take. It keeps what it has read and written for as long as there is room, so that
        a server would only grow: what is more than ``cache`` is given back by `trim`.
        """
        self.path = path
        self._memory, self._cache = memory, cache
        self._rooms = 0
        self._over = False
        self._cursors: WeakSet[duckdb.DuckDBPyConnection] = WeakSet()
        """Those that may be in use, by whatever thread."""
        self._sizing, self._handing_out = threading.Lock(), threading.RLock()
        # DuckDB spills beside the file; a set memory limit keeps a large sort from pushing the rest out.
        self._config: dict[str, Any] = {"memory_limit": memory, "temp_directory": str(path.with_suffix(".spill"))}
        if threads:
            self._config["threads"] = threads
        self.generation = 0
        """Changes when another file takes this one's place: what was remembered of its rows holds no more."""
        self.commits = 0
        """Counts transactions that were committed: what was remembered holds as long as it stands still."""
        self.kept: dict[str, Any] = {}
        """What others keep of rows they have read; forgotten when another file takes this one's place."""
        self.keepers = 0
        """How many want no checkpoint now, see `checkpoints`."""
        self._writing = threading.Lock()
        self._committing = False
        """Others may see already what is not counted in ``commits`` yet."""
        self._counted: tuple[tuple[int, int], Counts] | None = None
        self._growing: Counts | None = None
        """What there is once the transaction under way is committed, if that is known."""
        self._connect()
        shutil.rmtree(path.with_suffix(".spill"), ignore_errors=True)  # of a process that was killed
        with self.transaction() as cursor:
            # Asked of the file's content: a process killed at its first start leaves a file without tables.
            if not scalar(cursor, "SELECT count(*) FROM duckdb_tables() WHERE NOT internal"):
                cursor.execute(TABLES)
                cursor.execute("INSERT INTO meta VALUES ('schema', ?)", [str(SCHEMA_VERSION)])
        self._check_version()

    def _connect(self) -> None:
        try:
            self._connection = duckdb.connect(str(self.path), config=self._config)
        except duckdb.IOException as error:
            raise explain_open_failure(self.path, error) from error
        self._connection.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")
        self._local = threading.local()

    def replace_with(self, other: Path) -> None:
        """Put another file in this one's place, and go on with it. Nobody else may be writing; who reads is
        broken off."""
        self._connection.execute("CHECKPOINT")
        with self._handing_out:
            close_used(self._connection, self._interrupt)
            # All of the WAL is in the file now; one that stayed would be replayed over the other file.
            wal_of(self.path).unlink(missing_ok=True)
            other.replace(self.path)
            folder = os.open(self.path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
            self.generation += 1
            self.kept.clear()
            self._connect()

    def _check_version(self) -> None:
        try:
            found = scalar(self.cursor(), "SELECT max(value) FROM meta WHERE key = 'schema'")
        except duckdb.CatalogException:
            self.close()
            raise DataError(f"{self.path} is a DuckDB file, but no event log of Limner. Nothing was changed.") from None
        if found is None or int(found) > SCHEMA_VERSION:
            self.close()
            raise Conflict(
                f"The log {self.path} has schema {found}; this Limner knows up to {SCHEMA_VERSION}.",
                hint="It was written by a newer Limner: upgrade this one. Nothing was changed.",
            )
        for version in range(int(found), SCHEMA_VERSION):
            with self.transaction() as cursor:
                cursor.execute(UPGRADES[version])
                cursor.execute("UPDATE meta SET value = ? WHERE key = 'schema'", [str(version + 1)])

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's cursor: a connection must never be used from two threads."""
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None or self._over:
            cursor = self._local.cursor = self.fresh_cursor()
        return cursor

    def counts(self) -> Counts:
        """How much there is of everything, asked of the file once between two commits."""
        commits, still = self.commits, not self._committing  # read before
        kept = self._counted
        if kept is not None and kept[0] == (self.generation, commits):
            return kept[1]
        seen = kept[1].seq if kept is not None and kept[0][0] == self.generation else 0
        counts = Counts(*(count for _, count in sorted(self.cursor().execute(COUNTS, {"seen": seen}).fetchall())))
        if still and not self._committing and self.commits == commits:  # else it may have what came meanwhile
            self._counted = (self.generation, commits), counts
        return counts

    def will_grow(
        self, commits: int, seq: int, names: int, sources: int, entries: int, fragments: int, identifiers: int
    ) -> None:
        """The transaction under way, after so many commits, is an append, which leaves all else as it was: then the
        file need not be asked."""
        kept = self._counted
        if kept is None or kept[0] != (self.generation, commits):
            return
        self._growing = kept[1]._replace(
            seq=seq,
            names=kept[1].names + names,
            sources=kept[1].sources + sources,
            entries=kept[1].entries + entries,
            fragments=kept[1].fragments + fragments,
            identifiers=kept[1].identifiers + identifiers,
        )

    def fresh_cursor(self) -> duckdb.DuckDBPyConnection:
        """One more for this thread, while its own is still streaming a result. The caller closes it."""
        with self._handing_out:
            if self._over:
                raise Closed
            cursor = self._connection.cursor()
            self._cursors.add(cursor)
        return cursor

    def configure(self, name: str, value: object) -> None:
        """A setting of DuckDB's, for a file that takes this one's place, too."""
        self._config[name] = value
        with closing(self.fresh_cursor()) as cursor:
            cursor.execute(f"SET {name} = '{value}'")

    def configured(self, name: str, usual: object) -> object:
        return self._config.get(name, usual)

    @contextmanager
    def nobody_writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """For what is no transaction, and cannot be while there is one that writes."""
        with self._writing:
            yield self.cursor()

    @contextmanager
    def room(self) -> Iterator[None]:
        """For work on the whole log or a large part of it: nothing is given back before it is done."""
        with self._sizing:
            self._rooms += 1
        try:
            yield
        finally:
            with self._sizing:
                self._rooms -= 1
            self.trim()

    def trim(self) -> None:
        """Give back what is in memory of the file and is more than the cache. Not while a transaction writes, as for a
        moment it would find no room: after a while, then, it is left to the next time."""
        if not self._writing.acquire(timeout=PATIENCE):
            return
        try:
            self._trim()
        finally:
            self._writing.release()

    def _trim(self) -> None:
        with self._sizing, closing(self.fresh_cursor()) as cursor:
            if self._cache is None or self._rooms:
                return
            try:
                # DuckDB lets go of blocks when its limit is lowered, and refuses when too many are in use.
                cursor.execute("SET memory_limit = $memory", {"memory": self._cache})
            except duckdb.OutOfMemoryException:
                return
            cursor.execute("SET memory_limit = $memory", {"memory": self._memory})

    @contextmanager
    def transaction(self, failing: Callable[[], None] = lambda: None) -> Iterator[duckdb.DuckDBPyConnection]:
        """All or nothing, one at a time: whoever numbers rows sees all rows. A commit returns after its fdatasync.

        ``failing`` is called where it comes to nothing, before anybody else writes.
        """
        cursor = self.cursor()
        self._writing.acquire()
        try:
            cursor.execute("BEGIN")
            yield cursor
            self._committing = True
            cursor.execute("COMMIT")
            self.commits += 1
            if self._growing is not None:
                self._counted = (self.generation, self.commits), self._growing
        except BaseException as error:
            rollback(cursor)
            failing()
            if isinstance(error, duckdb.Error) and is_full(error):
                raise Unavailable(
                    "The disk is full: nothing of this batch was stored, everything before it is safe.",
                    hint="Free some space and run the same command again; what is stored already is skipped.",
                ) from error
            raise
        finally:
            self._committing, self._growing = False, None
            self._writing.release()

    def break_off(self) -> None:
        """Refuse whoever asks from now on, and interrupt who asks already; a transaction may end, if it is short."""
        ended = self._writing.acquire(timeout=PATIENCE)
        try:
            with self._handing_out:
                self._over = True
            self._interrupt()
        finally:
            if ended:
                self._writing.release()

    def _interrupt(self) -> None:
        with self._handing_out:
            asking = list(self._cursors)
        for cursor in asking:
            with suppress(duckdb.ConnectionException):  # closed meanwhile
                cursor.interrupt()

    def close(self) -> None:
        self.break_off()
        close_used(self._connection, self._interrupt)


def wal_of(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def rollback(cursor: duckdb.DuckDBPyConnection) -> None:
    """Undo; DuckDB may have done so already when the statement failed fatally."""
    try:
        cursor.execute("ROLLBACK")
    except duckdb.Error:
        return


def is_full(error: Exception) -> bool:
    text = str(error).lower()
    return "no space left" in text or "could not write" in text or "file too large" in text


def explain_open_failure(path: Path, error: duckdb.Error) -> Exception:
    text = str(error)
    if "lock" in text:
        return Conflict(
            f"{path} is in use by another process.",
            hint="Stop it, or run commands while `limner serve` runs: they go through the server.",
        )
    if is_full(error):
        return Unavailable(f"The disk is full: {path} cannot be opened.", hint="Free some space and try again.")
    return DataError(f"{path} cannot be opened as an event log: {text.splitlines()[0]}")


def scalar(cursor: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()) -> Any:
    """The single value of a query that always answers one row."""
    rows = cursor.execute(query, list(parameters)).fetchall()  # fetchone would leave the result open
    return rows[0][0]


def read_table(cursor: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()) -> pa.Table:
    """A query's rows as one Arrow table, without the copy a DB-API result makes."""
    return cursor.sql(query, params=list(parameters)).to_arrow_table()
