"""What the log shows to those who build tags: which events there are, and what they carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class SeenEvent:
    name: str
    count: int
    first: int
    """µs UTC."""
    last: int
    people: int
    """About how many sets of identifiers carry it."""
    last_week: int
    """In the 7 days up to when it was looked,"""
    week_before: int
    """and in those before."""


@dataclass(frozen=True, slots=True)
class SeenProperty:
    """Of a sample of the event's latest."""

    path: str
    types: Mapping[str, float]
    """JSON type to its share of the values."""
    values: int
    sampled: int
    """Events looked at."""
    distinct: int
    examples: Sequence[tuple[Any, int]]
    """The most frequent values, and how often they are there."""


class Events(Protocol):
    def events(self, now: int) -> list[SeenEvent]:
        """All there are, the most frequent first. The counts may be a hundredth behind."""
        ...

    def properties(self, name: str) -> list[SeenProperty]:
        """What the latest events of that name carry, by path; none for a name nobody sent."""
        ...
