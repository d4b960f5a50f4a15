"""How long events take to each station of their way, counted as they pass: operators see where they wait."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock


class Station(StrEnum):
    """In the order an event comes by. All but the first and the last are counted from its acknowledgement."""

    JOURNAL = "journal"
    """Durable, since it came in; then it is acknowledged."""
    LOG = "log"
    """A row of the log."""
    STATE = "state"
    """In the portraits and audiences of the live state."""
    OUTBOX = "outbox"
    """What it changed is told to whoever listens to the outbox."""
    LISTENER = "listener"
    """Written to somebody who follows live, since the instant the state was brought to."""


BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""


@dataclass(slots=True)
class Counted:
    """Events by how long they took."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    """How many took up to each bound and more than the one before; the last: more than all."""
    seconds: float = 0.0
    """All together."""


class Delays:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counted = {station: Counted() for station in Station}

    def note(self, station: Station, seconds: float, events: int) -> None:
        """So many events got there after so long."""
        counted = self._counted[station]
        with self._lock:
            counted.buckets[bisect_left(BOUNDS, seconds)] += events
            counted.seconds += max(seconds, 0.0) * events

    def read(self) -> Mapping[Station, tuple[Sequence[int], float]]:
        """Buckets as in `Counted`, and seconds."""
        with self._lock:
            return {station: (list(one.buckets), one.seconds) for station, one in self._counted.items()}
