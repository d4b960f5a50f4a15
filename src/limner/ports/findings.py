"""What was found out about tags over time: who asked for them, and how healthy they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Finding:
    """A tag's health at an instant, one a day at most."""

    name: str
    day: int
    """Local days since 1970-01-01."""
    as_of: int
    """Microseconds UTC."""
    found: Mapping[str, Any]
    """As `limner.tags.health` writes it."""


class Findings(Protocol):
    def keep(self, findings: list[Finding], since: int) -> None:
        """Keep them, in place of those of the same tag and day. Forgets all from before the day ``since``."""
        ...

    def findings(self, name: str | None = None) -> list[Finding]:
        """Of one tag or of all, oldest first."""
        ...

    def add_reads(self, day: int, reads: Mapping[tuple[str, str], int], since: int) -> None:
        """Count so many more reads by (tag, reader). Forgets those from before the day ``since``."""
        ...

    def reads(self, since: int) -> dict[str, dict[str, int]]:
        """From that day on, by tag and reader."""
        ...
