"""A replay before it is done: from where, and how many letters that would be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from limner.engage.letters import count_letters, pick
from limner.errors import DataError
from limner.model.clock import iso_time
from limner.ports.deliveries import Feed
from limner.ports.destinations import Destination

AT_ONCE = 5_000
MOST = 200_000
"""Entries that are looked at, a second's work; of more the letters are said to be at least so many."""


@dataclass(frozen=True, slots=True)
class ReplayPreview:
    """What a destination would be told once more."""

    position: int
    """The first it would be told of."""
    at: int | None
    """When that became different, µs UTC; None = nothing is kept from there on."""
    first: int
    """The first position that is kept,"""
    first_at: int | None
    last: int
    letters: int
    complete: bool
    """All entries were looked at."""
    zone: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "from": self.position,
            "at": self._time(self.at),
            "first": self.first,
            "first_at": self._time(self.first_at),
            "last": self.last,
            "entries": self.last - self.position + 1,
            "letters": self.letters,
            "complete": self.complete,
        }

    def _time(self, instant: int | None) -> str | None:
        return None if instant is None else iso_time(instant, self.zone)


def check_position(feed: Feed, position: int) -> None:
    """Raises DataError for a position that is not kept any more, or not yet given."""
    first, last = feed.span()
    if not first <= position <= last + 1:
        kept = f"Kept are {first} to {last}." if first <= last else "Nothing is kept now."
        raise DataError(f"Nothing can be told again from position {position} on.", hint=kept)


def preview_replay(feed: Feed, destination: Destination, position: int, zone: str, most: int = MOST) -> ReplayPreview:
    """Raises DataError as `check_position` does."""
    check_position(feed, position)
    first, last = feed.span()
    letters, after = 0, position - 1
    while after < min(last, position - 1 + most):
        entries = feed.read(after, min(AT_ONCE, position - 1 + most - after))
        if not entries:
            break
        after = entries[-1].position
        letters += sum(
            count_letters(picked, destination) for entry in entries if (picked := pick(entry, destination)) is not None
        )
    at, first_at = (_time_of(feed, place) for place in (position, first))
    return ReplayPreview(position, at, first, first_at, last, letters, after >= last, zone)


def _time_of(feed: Feed, position: int) -> int | None:
    return next((entry.mark.as_of for entry in feed.read(position - 1, 1)), None)
