"""Rows that could not become events, kept as they were until somebody mends and retries them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reject:
    file: str
    line: int
    """1-based line (JSONL, CSV), row (Parquet, Excel, table), 0 = the whole file."""
    reason: str
    row: str
    """The row as it was: the line itself, or its values as JSON."""
    mapping: str | None = None
    """The mapping file's text it was read with; None = Segment messages."""
    id: int = 0
    """Given by the store."""


class Rejects(Protocol):
    def add(self, rejects: Sequence[Reject]) -> int:
        """Keep them durably; how many were new (the same file, line and row again is not)."""
        ...

    def list(self, file: str | None = None, limit: int | None = None, after: int = 0) -> list[Reject]:
        """By id, those after ``after``."""
        ...

    def remove(self, ids: Sequence[int]) -> None:
        """Forget those that were retried with success."""
        ...

    def count(self) -> int: ...
