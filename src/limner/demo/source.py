"""What is said of every file written: what an import should count, and which of its rows are dirty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1)
"""Of a clock on the wall."""
OFFSET = 8 * 3_600_000
"""Local minus UTC, milliseconds."""


@dataclass(frozen=True, slots=True)
class Written:
    """One file as an import should see it."""

    read: int
    duplicate: int = 0
    unidentified: int = 0
    items: int = 0
    """Rows that describe goods: no events."""
    dirty: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Kind of dirt to the line (CSV, JSONL; the header is line 1) or row (Parquet, Excel; from 1) it is on."""
    rejects: Sequence[str] = ()
    """Kinds of dirt that no import can make an event of."""

    @property
    def rejected(self) -> int:
        return sum(len(self.dirty[kind]) for kind in self.rejects)

    def summary(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "accepted": self.read - self.rejected - self.duplicate - self.items,
            "duplicate": self.duplicate,
            "unidentified": self.unidentified,
            "rejected": self.rejected,
            "items": self.items,
            "dirty": {kind: list(lines) for kind, lines in self.dirty.items()},
        }


def local_text(ms: int, pattern: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Local milliseconds as a clock on the wall shows them.

    >>> local_text(0)
    '1970-01-01 00:00:00'
    """
    return (EPOCH + timedelta(milliseconds=ms)).strftime(pattern)


def utc_text(ms: int) -> str:
    """Local milliseconds as an ISO instant.

    >>> utc_text(OFFSET)
    '1970-01-01T00:00:00.000Z'
    """
    instant = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms - OFFSET)
    return instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"
