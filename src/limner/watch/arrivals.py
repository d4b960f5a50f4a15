"""The arrivals: the last thousand things that came in and what became of each, and how many came at all.

For people who connect a client and want to see whether it works. It is memory, not a record: the log and the rejects
keep what came, this forgets it at once when others come after it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import pyarrow.compute as pc

from limner.collect.chunk import Chunk
from limner.model.clock import iso_time, now
from limner.watch.lot import Arrival, Lot, Outcome, cut_events, cut_reject, source_of

KEPT = 1_000
"""Arrivals at hand."""
NOTHING: Mapping[int, str] = {}
Counts = Mapping[tuple[str, str], int]
"""(source, outcome) to how many since the process began."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some arrivals, oldest first."""

    arrivals: tuple[Arrival, ...]
    last: int
    """The id of the last one looked at, whether it is among them or not: the next page comes after it."""
    lost: int
    """How many came after the page before and were forgotten before anybody asked for them."""

    def as_dict(self) -> dict[str, Any]:
        """``events, last, lost``."""
        return {"events": [arrival.as_dict() for arrival in self.arrivals], "last": self.last, "lost": self.lost}


class Arrivals:
    """Safe to share between threads. A reader is only a place in it: a slow one costs nothing, and misses the rest."""

    def __init__(self, zone: str, kept: int = KEPT, clock: Callable[[], int] = now) -> None:
        self._zone = zone
        self._kept = kept
        self._clock = clock
        self._lock = Lock()
        self._lots: deque[Lot] = deque()
        self._begin = clock()
        """Ids begin with the time, so that a reader's place still is one after a restart."""
        self._next = self._begin + 1
        self._counts: Counter[tuple[str, str]] = Counter()
        self._listeners: set[Callable[[], None]] = set()
        self.closed = False

    def note(self, chunk: Chunk, broken: Mapping[int, str] = NOTHING) -> None:
        """What came in, after it was stored.

        ``broken``: rows of ``chunk.events`` that break the tracking plan, whether they were stored or not, and how.
        What the plan took out of the events before counts as refused, by ``chunk.rejects``.
        """
        counts = _count(chunk, broken)
        total = sum(counts.values())
        if not total:
            return
        rejects = [cut_reject(reject) for reject in chunk.rejects[-self._kept :]]
        events = cut_events(chunk.events, self._kept - len(rejects))
        skipped = chunk.events.num_rows - events.num_rows
        kept = {row - skipped: reason for row, reason in broken.items() if row >= skipped}
        with self._lock:
            first = self._next + total - events.num_rows - len(rejects)
            self._next += total
            self._counts.update(counts)
            self._lots.append(Lot(first, iso_time(self._clock(), self._zone), events, kept, rejects))
            self._forget_old()
        self._tell()

    def read(
        self, after: int | None = None, limit: int = KEPT, source: str | None = None, outcome: Outcome | None = None
    ) -> Page:
        """Those that came after the one with this id, at most ``limit``; without one, the last ones there are."""
        with self._lock:
            lots, last = list(self._lots), self._next - 1
        begin = self._begin if after is None or after > last else max(after, self._begin)
        oldest = self._oldest(lots, last)
        found = [
            arrival
            for arrival in _since(lots, max(begin, oldest - 1))
            if source in (None, arrival.source) and outcome in (None, arrival.outcome)
        ]
        if after is None:
            return Page(tuple(found[-limit:]), last, 0)
        if len(found) > limit:
            found, last = found[:limit], found[limit - 1].id
        return Page(tuple(found), last, max(0, oldest - 1 - begin))

    def counts(self) -> Counts:
        with self._lock:
            return dict(self._counts)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call it, in whatever thread, when something came in or this is closed; what it returns ends that."""
        with self._lock:
            self._listeners.add(listener)

        def stop() -> None:
            with self._lock:
                self._listeners.discard(listener)

        return stop

    def forget(self) -> None:
        """Keep nothing of what came: somebody in it has been erased."""
        with self._lock:
            self._lots.clear()

    def close(self) -> None:
        """Nothing comes any more: readers may go."""
        self.closed = True
        self._tell()

    def _oldest(self, lots: list[Lot], last: int) -> int:
        """The id of the oldest one at hand; only the last ``kept`` are."""
        return max(lots[0].first, last + 1 - self._kept) if lots else last + 1

    def _forget_old(self) -> None:
        while len(self._lots) > 1 and self._lots[1].first <= self._next - self._kept:
            self._lots.popleft()

    def _tell(self) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener()


def _count(chunk: Chunk, broken: Mapping[int, str]) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for pair in pc.value_counts(chunk.events["source"]).to_pylist():
        counts[pair["values"], Outcome.STORED.value] += pair["counts"]
    for row in broken:
        source = chunk.events["source"][row].as_py()
        counts[source, Outcome.STORED.value] -= 1
        counts[source, Outcome.VIOLATES.value] += 1
    for reject in chunk.rejects:
        counts[source_of(reject), Outcome.REFUSED.value] += 1
    return +counts


def _since(lots: list[Lot], after: int) -> Iterator[Arrival]:
    for lot in lots:
        if lot.first + len(lot) - 1 > after:
            yield from lot.arrivals[max(0, after + 1 - lot.first) :]
