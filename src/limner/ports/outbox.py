"""The outbox: what became different about customers, kept in order until everybody who asked has been told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from limner.model.change import Changed, Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """One customer's changes at one mark."""

    position: int
    """Ascending, never given twice: with it a receiver tells what it has seen."""
    mark: Mark
    changed: Changed


class Outbox(Protocol):
    def mark(self) -> Mark | None:
        """Up to where changes were added; None = nothing ever was."""
        ...

    def add(self, changes: Sequence[Changed], mark: Mark) -> int:
        """Keep the changes that led to this mark, and the mark, durably and all at once; the last position."""
        ...

    def read(self, after: int, limit: int) -> list[Entry]:
        """Entries past a position, ascending."""
        ...

    def trim(self, until: int) -> int:
        """Forget entries up to a position; how many."""
        ...
