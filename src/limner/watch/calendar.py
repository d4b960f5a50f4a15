"""The calendar: how many events each of the last days had, and how many customers were active or came for the first
time. Kept in step with the log by reading what it gained: a question costs one pass over the customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock

import numpy as np
import numpy.typing as npt

from limner.compiled import kernel
from limner.growing import Written
from limner.model.clock import local_day, read_instant
from limner.ports.times import Passed, Times

DAYS = 30
BITS = 32
"""Days a mask can tell apart: those looked back on, today, and tomorrow for events that are ahead."""
NEVER = np.iinfo(np.int64).max
EPOCH = date(1970, 1, 1)

Numbers = npt.NDArray[np.int32]
Instants = npt.NDArray[np.int64]
Masks = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Trend:
    """The last days, oldest first; the last one is today, as far as it has come."""

    days: tuple[str, ...]
    events: tuple[int, ...]
    active: tuple[int, ...]
    """Customers with an event on the day."""
    new: tuple[int, ...]
    """Customers whose first event was on the day."""
    active_customers: int
    """On any of them."""
    total: int
    """All events on timelines."""
    latest: int | None
    """µs UTC of the newest event."""


class Calendar:
    """Safe to share between threads."""

    def __init__(self, times: Times, zone: str) -> None:
        self._times = times
        self._zone = zone
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self._generation, self._seq = self._times.generation(), 0
        self._masks, self._first = Written(np.uint32), Written(np.int64)
        self._counts: dict[int, int] = {}
        self._total = 0
        self._latest: int | None = None
        self._today = -1
        self._told: tuple[tuple[int, int], Numbers, Trend] | None = None
        """What was told last, of which rows and day, and where fragments were then."""

    def look(self, seq: int, placement: Numbers, now: int) -> Trend:
        """The trend as of ``now``, with the log's rows up to ``seq``; ``placement``: each fragment's customer, -1 of
        nobody's."""
        with self._lock:
            if self._generation != self._times.generation():
                self._forget()
            self._turn(local_day(now, self._zone))
            starts = self._starts()
            for passed in self._times.passed(self._seq, seq) if seq > self._seq else ():
                self._add(passed, starts, now)
            self._seq = max(self._seq, seq)
            stand = self._seq, self._today
            if self._told is None or self._told[0] != stand or self._told[1] is not placement:
                self._told = stand, placement, self._tell(placement, starts)
            return self._told[2]

    def _turn(self, today: int) -> None:
        """Make room for days that begin."""
        if self._today < 0:
            self._today = today
            return
        for day in range(self._today + 2, today + 2):
            self._masks.values[:] &= ~np.uint32(1 << day % BITS)
            self._counts.pop(day - BITS, None)
        self._today = max(self._today, today)

    def _starts(self) -> Instants:
        """µs UTC at which each day of the window, today, tomorrow and the day after begin."""
        first = self._today - DAYS + 1
        days = [EPOCH + timedelta(days=day) for day in range(first, self._today + 3)]
        return np.array([read_instant(day, self._zone) for day in days], np.int64)

    def _add(self, passed: Passed, starts: Instants, now: int) -> None:
        if not len(passed.time):
            return
        grown = int(passed.fragment.max()) + 1 - len(self._first.values)
        if grown > 0:
            self._masks.extend(np.zeros(grown, np.uint32))
            self._first.extend(np.full(grown, NEVER, np.int64))
        first = self._today - DAYS + 1
        bits = np.arange(first, first + len(starts) - 1) % BITS
        counts, latest = note_rows(
            self._first.values, self._masks.values, passed.fragment, passed.time, starts, bits.astype(np.uint32), now
        )
        self._total += len(passed.time)
        if latest < NEVER:
            self._latest = max(self._latest or 0, int(latest))
        for place in np.flatnonzero(counts).tolist():
            self._counts[first + place] = self._counts.get(first + place, 0) + int(counts[place])

    def _tell(self, placement: Numbers, starts: Instants) -> Trend:
        days = range(self._today - DAYS + 1, self._today + 1)
        bits = np.array([day % BITS for day in days], np.uint32)
        known = min(len(placement), len(self._first.values))
        active, new, anybody = count_customers(
            placement[:known], self._first.values[:known], self._masks.values[:known], starts[: DAYS + 1], bits
        )
        return Trend(
            days=tuple((EPOCH + timedelta(days=day)).isoformat() for day in days),
            events=tuple(self._counts.get(day, 0) for day in days),
            active=tuple(active.tolist()),
            new=tuple(new.tolist()),
            active_customers=int(anybody),
            total=self._total,
            latest=self._latest,
        )


@kernel
def note_rows(
    first: Instants, masks: Masks, fragments: Numbers, times: Instants, starts: Instants, bits: Masks, now: int
) -> tuple[npt.NDArray[np.int64], int]:
    """Each fragment's first event, and the days it had any: those that ``starts`` bound, as ``bits`` name them. How
    many events each day had, and the latest that is due by now; NEVER = none is."""
    counts, latest, due = np.zeros(len(bits), np.int64), np.int64(0), False
    for row in range(len(fragments)):
        fragment, time = fragments[row], times[row]
        first[fragment] = min(first[fragment], time)
        if time <= now:
            latest = max(latest, time) if due else time
            due = True
        if starts[0] <= time < starts[-1]:
            day = np.searchsorted(starts, time, "right") - 1
            counts[day] += 1
            masks[fragment] |= np.uint32(1) << bits[day]
    return counts, int(latest) if due else NEVER


@kernel
def count_customers(
    owners: Numbers, first: Instants, masks: Masks, starts: Instants, bits: Masks
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int]:
    """Of the days that ``bits`` name and ``starts`` bound: customers active on each, who came on each, and who was
    active on any. Only fragments that somebody owns and that had an event count."""
    size = 0
    for owner in owners:
        size = max(size, owner + 1)
    began, seen = np.full(size, NEVER, np.int64), np.zeros(size, np.uint32)
    for fragment in range(len(owners)):
        owner = owners[fragment]
        if owner >= 0 and first[fragment] < NEVER:
            began[owner] = min(began[owner], first[fragment])
            seen[owner] |= masks[fragment]
    new, alike = np.zeros(len(bits), np.int64), np.zeros((4, 256), np.int64)
    window = np.uint32(0)
    for bit in bits:
        window |= np.uint32(1) << bit
    anybody = 0
    for customer in range(size):
        if starts[0] <= began[customer] < starts[-1]:
            new[np.searchsorted(starts, began[customer], "right") - 1] += 1
        if seen[customer] & window:
            anybody += 1
            for byte in range(4):  # masks are counted by their bytes: a sum for each bit would be eight times the work
                alike[byte, (seen[customer] >> np.uint32(8 * byte)) & np.uint32(255)] += 1
    active = np.zeros(len(bits), np.int64)
    for day in range(len(bits)):
        for byte in range(256):
            if byte >> (bits[day] % 8) & 1:
                active[day] += alike[bits[day] // 8, byte]
    return active, new, anybody
