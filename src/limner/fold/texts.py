"""What was written of customers' rows, kept until these are replaced: who is read once is mostly read again."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from threading import Lock

MOST_KEPT = 64 << 20
"""Bytes; what was read longest ago goes first."""


class Texts:
    """Safe to share between threads."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most, self._size, self._lock = most, 0, Lock()
        self._kept: dict[int, dict[Hashable, bytes]] = {}

    def find(self, customer: int, way: Hashable) -> bytes | None:
        """What was written of the customer in this way."""
        with self._lock:
            written = self._kept.pop(customer, None)
            if written is None:
                return None
            self._kept[customer] = written  # as the last again
            return written.get(way)

    def keep(self, customer: int, way: Hashable, text: bytes) -> None:
        with self._lock:
            written = self._kept.setdefault(customer, {})
            self._size += len(text) - len(written.get(way, b""))
            written[way] = text
            while self._size > self._most:
                self._forget(next(iter(self._kept)))

    def forget(self, customers: Iterable[int]) -> None:
        """Their rows are others now."""
        with self._lock:
            for customer in customers if self._kept else ():
                self._forget(customer)

    def _forget(self, customer: int) -> None:
        self._size -= sum(map(len, self._kept.pop(customer, {}).values()))
