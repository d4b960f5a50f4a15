"""What the log shows to those who build tags: which events there are, and what they carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

from limner.model.sighting import Unreadable
from limner.model.timeline import Column


@dataclass(frozen=True, slots=True)
class SeenEvent:
    name: str
    count: int
    first: int
    """µs UTC."""
    last: int
    people: int
    """How many sets of identifiers carry it."""
    last_week: int
    """In the 7 days up to the minute in which it was looked,"""
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


class Documents(Protocol):
    """The JSON of some events, read once."""

    def read(self, seqs: Sequence[int]) -> int:
        """These as well; how many were not kept from an earlier time. A thousand of those, scattered over fifty
        million, take a quarter of a second."""
        ...

    def count(self, paths: Iterable[str]) -> Mapping[str, Mapping[str, int]]:
        """How many values of each JSON type every path has in them; of ``item.`` paths, in the item table."""
        ...

    def values(self, columns: Sequence[Column]) -> pa.Table:
        """``n`` (the seq), ascending, and each column by its name as promotion would fill it, texts as words."""
        ...

    def unreadable(self, path: str) -> Unreadable | None:
        """What does not convert to a number."""
        ...


class Events(Protocol):
    def events(self, now: int) -> list[SeenEvent]:
        """All there are, the most frequent first. Exact; what is counted once is not counted again."""
        ...

    def properties(self, name: str) -> list[SeenProperty]:
        """What the latest events of that name carry, by path; none for a name nobody sent."""
        ...

    def documents(self) -> Documents:
        """None yet."""
        ...
