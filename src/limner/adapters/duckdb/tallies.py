"""How often each event is in the log, since when, and of how many people: counted once, then only what is newer.

An erasure puts another file in the log's place; then, as when a process starts, all is counted anew.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from pyroaring import BitMap

from limner.adapters.duckdb.file import LogFile, read_table
from limner.ports.events import SeenEvent

DAY = 86_400_000_000
WEEK = 7 * DAY
NEWER = "event WHERE fragment IS NOT NULL AND seq > ? AND seq <= ?"
BY_DAY = f"""
SELECT name, (time - ((time % {DAY}) + {DAY}) % {DAY}) // {DAY} AS day, count(*) AS count, min(time) AS first,
       max(time) AS last
FROM {NEWER} GROUP BY name, day
"""
BY_PERSON = f"SELECT DISTINCT name, fragment FROM {NEWER} ORDER BY name"
REST = """
SELECT name, count(*) FROM event WHERE fragment IS NOT NULL AND time > ? AND time < ? AND seq <= ? GROUP BY name
"""
"""A part of a day: so few rows of a log that came about in the order of time that the others are passed over."""


@dataclass(slots=True)
class Tally:
    """Of one event."""

    first: int
    last: int
    days: Counter[int] = field(default_factory=Counter)
    """Events by day since 1970, UTC."""
    fragments: BitMap = field(default_factory=BitMap)

    def after(self, day: int) -> int:
        return sum(count for each, count in self.days.items() if each > day)


class Tallies:
    """Safe to share between threads."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._lock = Lock()
        self._generation = -1
        self._until = 0
        self._tallies: dict[int, Tally] = {}
        """By the name's code."""

    def show(self, now: int) -> list[SeenEvent]:
        """The most frequent first."""
        with self._lock:
            self._count_newer()
            names = dict(self._file.cursor().execute("SELECT code, name FROM name").fetchall())
            week, weeks = self._count_after(now - WEEK), self._count_after(now - 2 * WEEK - 1)
            shown = [
                SeenEvent(
                    names[code],
                    tally.days.total(),
                    tally.first,
                    tally.last,
                    len(tally.fragments),
                    week[code],
                    weeks[code] - week[code],
                )
                for code, tally in self._tallies.items()
            ]
            return sorted(shown, key=lambda event: (-event.count, event.name))

    def _count_newer(self) -> None:
        if self._generation != self._file.generation:
            self._tallies, self._until, self._generation = {}, 0, self._file.generation
        until = self._file.counts().seq
        if until <= self._until:
            return
        cursor, rows = self._file.cursor(), (self._until, until)
        for code, day, count, first, last in cursor.execute(BY_DAY, rows).fetchall():
            tally = self._tallies.setdefault(code, Tally(first, last))
            tally.first, tally.last = min(tally.first, first), max(tally.last, last)
            tally.days[day] += count
        pairs = read_table(cursor, BY_PERSON, rows)
        codes, fragments = pairs.column("name").to_numpy(), pairs.column("fragment").to_numpy()
        found, begins = np.unique(codes, return_index=True)
        for code, some in zip(found.tolist(), np.split(fragments, begins[1:])):
            self._tallies[code].fragments |= BitMap(some.astype(np.uint32))
        self._until = until

    def _count_after(self, instant: int) -> Counter[int]:
        """Events later than an instant, by code."""
        day = instant // DAY
        rest = self._file.cursor().execute(REST, [instant, (day + 1) * DAY, self._until]).fetchall()
        return Counter({code: tally.after(day) for code, tally in self._tallies.items()}) + Counter(dict(rest))
