"""The ports Outbox and Feed over the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import msgspec

from limner.adapters.outbox.file import OutboxFile
from limner.model.change import Changed, Mark
from limner.ports.outbox import Entry

AT_ONCE = 10_000
"""Entries removed in one transaction: whoever adds waits for it."""


class _Body(msgspec.Struct, array_like=True):
    """A change as it is stored."""

    tags: dict[str, tuple[Any, Any]]
    entered: tuple[str, ...]
    exited: tuple[str, ...]


class SqliteOutbox:
    """Safe to share between threads."""

    def __init__(self, file: OutboxFile) -> None:
        self._file = file
        self._listeners: dict[object, Callable[[], None]] = {}
        self._listening = Lock()
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(_Body)
        self.closed = False

    def mark(self) -> Mark | None:
        with self._file.reading() as connection:
            row = connection.execute("SELECT seq, as_of FROM mark").fetchone()
        return None if row is None else Mark(*row)

    def add(self, changes: Sequence[Changed], mark: Mark) -> int:
        encode = self._encoder.encode
        rows = [
            (mark.seq, mark.as_of, one.customer, encode(_Body(dict(one.tags), one.entered, one.exited)))
            for one in changes
        ]
        with self._file.durable() as connection:
            connection.executemany("INSERT INTO change (seq, as_of, customer, body) VALUES (?, ?, ?, ?)", rows)
            connection.execute("INSERT OR REPLACE INTO mark VALUES (1, ?, ?)", (mark.seq, mark.as_of))
            last = _last(connection)
        if rows:
            self._notify()
        return last

    def read(self, after: int, limit: int) -> list[Entry]:
        query = "SELECT position, seq, as_of, customer, body FROM change WHERE position > ? ORDER BY position LIMIT ?"
        with self._file.reading() as connection:
            rows = connection.execute(query, (after, limit)).fetchall()
        return [
            Entry(position, Mark(seq, as_of), self._read(customer, body))
            for position, seq, as_of, customer, body in rows
        ]

    def trim(self, until: int) -> int:
        removed = 0
        while True:
            with self._file.quick() as connection:
                (first,) = connection.execute("SELECT min(position) FROM change").fetchone()
                if first is None or first > until:
                    return removed
                upto = min(first + AT_ONCE - 1, until)
                removed += connection.execute("DELETE FROM change WHERE position <= ?", (upto,)).rowcount

    def span(self) -> tuple[int, int]:
        with self._file.reading() as connection:
            last = _last(connection)
            (first,) = connection.execute("SELECT min(position) FROM change").fetchone()
        return (last + 1 if first is None else first), last

    def before(self, instant: int) -> int:
        first, last = self.span()
        low, high = first - 1, last  # as_of ascends with the position
        with self._file.reading() as connection:
            while low < high:
                middle = (low + high + 1) // 2
                query = "SELECT as_of FROM change WHERE position >= ? ORDER BY position LIMIT 1"
                row = connection.execute(query, (middle,)).fetchone()
                if row is not None and row[0] < instant:
                    low = middle
                else:
                    high = middle - 1
        return low

    def listen(self, notice: Callable[[], None]) -> Callable[[], None]:
        who = object()
        with self._listening:
            self._listeners[who] = notice

        def stop() -> None:
            with self._listening:
                self._listeners.pop(who, None)

        return stop

    def close(self) -> None:
        """Let everybody who listens go; the file stays open."""
        self.closed = True
        self._notify()

    def _notify(self) -> None:
        with self._listening:
            listeners = list(self._listeners.values())
        for notice in listeners:
            notice()

    def _read(self, customer: int, body: bytes) -> Changed:
        told = self._decoder.decode(body)
        return Changed(customer, told.tags, told.entered, told.exited)


def _last(connection: Any) -> int:
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'change'").fetchone()
    return 0 if row is None else int(row[0])
