"""The port Deliveries over the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import astuple

from limner.adapters.outbox.file import OutboxFile
from limner.model.clock import now
from limner.ports.deliveries import DeadLetter, Letter, Standing, Step

LETTER = "position, part, customer, body, tries, since, due, reason"
"""The fields of `Letter`, in their order."""
STANDING = "position, revision, failing_since, reason, delivered, delivered_at"
"""The same of `Standing`."""
MOST_DEAD = 10_000
"""Of a destination; the oldest go first: one that takes nothing must not fill the disk."""
BURY = """
DELETE FROM letter WHERE destination = :name AND died_at IS NOT NULL AND id <= (
    SELECT id FROM letter WHERE destination = :name AND died_at IS NOT NULL ORDER BY id DESC LIMIT 1 OFFSET :most)
"""
PUT = f"""
INSERT INTO letter (destination, died_at, {LETTER}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (destination, position, part) DO UPDATE SET
    died_at = excluded.died_at, tries = excluded.tries, since = excluded.since, due = excluded.due,
    reason = excluded.reason
"""


class SqliteDeliveries:
    """Safe to share between threads."""

    def __init__(self, file: OutboxFile) -> None:
        self._file = file

    def standing(self, destination: str) -> Standing | None:
        query = f"SELECT {STANDING} FROM standing WHERE destination = ?"
        with self._file.reading() as connection:
            row = connection.execute(query, (destination,)).fetchone()
        return None if row is None else Standing(*row)

    def place(self, destination: str, position: int, anew: bool = False) -> None:
        put = """
            INSERT INTO standing (destination, position, revision) VALUES (?1, ?2, 1)
            ON CONFLICT (destination) DO UPDATE SET
                position = excluded.position, revision = revision + 1, failing_since = NULL, reason = NULL,
                delivered = iif(?3, 0, delivered), delivered_at = iif(?3, NULL, delivered_at)
        """
        clear = "DELETE FROM letter WHERE destination = ? AND position > ?"
        with self._file.durable() as connection:
            connection.execute(put, (destination, position, anew))
            connection.execute(clear, (destination, -1 if anew else position))

    def late(self, destination: str) -> list[Letter]:
        query = f"SELECT {LETTER} FROM letter WHERE destination = ? AND died_at IS NULL ORDER BY position, part"
        with self._file.reading() as connection:
            return [Letter(*row) for row in connection.execute(query, (destination,))]

    def keep(self, destination: str, revision: int, step: Step) -> bool:
        moved = """
            UPDATE standing SET position = ?, failing_since = ?, reason = ?, delivered = delivered + ?,
                delivered_at = coalesce(?, delivered_at)
            WHERE destination = ? AND revision = ?
        """
        news = (step.position, step.failing_since, step.reason, step.accepted, step.accepted_at)
        with self._file.quick() as connection:
            if connection.execute(moved, (*news, destination, revision)).rowcount == 0:
                return False
            died_at = now()
            rows = [(destination, None, *astuple(letter)) for letter in step.late]
            rows += [(destination, died_at, *astuple(letter)) for letter in step.dead]
            connection.executemany(PUT, rows)
            done = [(destination, position, part) for position, part in step.done]
            connection.executemany("DELETE FROM letter WHERE destination = ? AND position = ? AND part = ?", done)
            if step.dead:
                connection.execute(BURY, {"name": destination, "most": MOST_DEAD})
        return True

    def dead(
        self, destination: str | None = None, limit: int = 100, before: tuple[int, int] | None = None
    ) -> list[DeadLetter]:
        query = f"""
            SELECT id, destination, died_at, {LETTER} FROM letter
            WHERE died_at IS NOT NULL AND (?1 IS NULL OR destination = ?1) AND (?3 IS NULL OR (died_at, id) < (?3, ?4))
            ORDER BY died_at DESC, id DESC LIMIT ?2
        """
        with self._file.reading() as connection:
            rows = connection.execute(query, (destination, limit, *(before or (None, None)))).fetchall()
        return [DeadLetter(id, name, Letter(*letter), died_at) for id, name, died_at, *letter in rows]

    def revive(self, destination: str | None = None, id: int | None = None) -> int:
        chosen = "died_at IS NOT NULL AND (?1 IS NULL OR destination = ?1) AND (?2 IS NULL OR id = ?2)"
        names = f"SELECT DISTINCT destination FROM letter WHERE {chosen}"
        with self._file.durable() as connection:
            connection.execute(
                f"UPDATE standing SET revision = revision + 1 WHERE destination IN ({names})", (destination, id)
            )
            back = f"UPDATE letter SET died_at = NULL, tries = 0, since = 0, due = 0 WHERE {chosen}"
            return connection.execute(back, (destination, id)).rowcount

    def counts(self) -> dict[str, tuple[int, int]]:
        query = "SELECT destination, sum(died_at IS NULL), sum(died_at IS NOT NULL) FROM letter GROUP BY destination"
        with self._file.reading() as connection:
            return {name: (late, dead) for name, late, dead in connection.execute(query)}

    def forget(self, customers: Collection[int]) -> int:
        rows = [(customer,) for customer in customers]
        with self._file.durable() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("UPDATE standing SET revision = revision + 1")  # couriers hold letters in memory
            removed = 0
            for table in ("change", "letter"):
                removed += connection.executemany(f"DELETE FROM {table} WHERE customer = ?", rows).rowcount
        with self._file.reading() as connection:
            _empty_wal(connection)
        return removed


def _empty_wal(connection: sqlite3.Connection) -> None:
    """So that what was removed does not lie on in the file's log."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
