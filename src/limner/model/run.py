"""A run: what an import, a query or a model wrote of one tag at one instant. Its values are a dated column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from limner.model.clock import iso_time
from limner.model.column import ValueType


@dataclass(frozen=True, slots=True)
class Run:
    id: int
    """1, 2, ...; 0 = not kept yet."""
    tag: str
    at: int
    """µs UTC, as all instants here. A read at or after it sees the run, until the next one."""
    type: ValueType
    rows: int
    """Values in it."""
    author: str
    source: str
    """The file, ``sql``, or the model."""
    reason: str = ""
    expires_at: int | None = None
    """From then on its values are null."""

    def as_dict(self, zone: str) -> dict[str, Any]:
        expires = None if self.expires_at is None else iso_time(self.expires_at, zone)
        return {
            "run": self.id,
            "tag": self.tag,
            "at": iso_time(self.at, zone),
            "rows": self.rows,
            "source": self.source,
            "author": self.author,
            "reason": self.reason,
            "expires_at": expires,
        }
