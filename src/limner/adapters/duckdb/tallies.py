"""How often each event is in the log, since when, and of how many people: counted once, then only what is newer.

What was counted is remembered in the log's file, so that a process that starts need not count it again. An erasure puts
another file in its place; then all is counted anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from pyroaring import BitMap

from limner.adapters.duckdb.file import LogFile
from limner.ports.events import SeenEvent

MINUTE = 60_000_000
DAY = 86_400_000_000
WEEK = 7 * DAY
NEWER = "event WHERE fragment IS NOT NULL AND seq > $after AND seq <= $until"
BY_DAY = f"""
SELECT name, (time - ((time % {DAY}) + {DAY}) % {DAY}) // {DAY} AS day, count(*), min(time), max(time), max(fragment)
FROM {NEWER} GROUP BY name, day
"""
PEOPLE = f"SELECT name, fragment FROM {NEWER} AND list_contains($codes, name)"
MOST_MARKS = 64 << 20
"""A byte each for an event and a person: of more events, the log is looked through again."""
REST = """
SELECT name, count(*) FROM event WHERE fragment IS NOT NULL AND time > ? AND time < ? AND seq > ? AND seq <= ?
GROUP BY name
"""
"""A part of a day: so few rows of a log that came about in the order of time that the others are passed over. Where
they came in any order, all are looked at: once a minute."""
TOLD = pa.schema(
    {name: pa.int64() for name in ("until", "name", "first", "last")}
    | {name: pa.list_(pa.int64()) for name in ("days", "counts")}
    | {"fragments": pa.binary()}
)
"""The table ``tally``."""
REMEMBERED = 1.05
"""The file is told again when the log has grown by so much."""


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

    def add(self, day: int, count: int, first: int, last: int) -> None:
        self.first, self.last = min(self.first, first), max(self.last, last)
        self.days[day] += count


class Tallies:
    """Safe to share between threads."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._lock = Lock()
        self._generation = -1
        self._until = self._stored = 0
        """Up to which seq was counted, and of that is remembered in the file."""
        self._tallies: dict[int, Tally] = {}
        """By the name's code."""
        self._rests: dict[int, tuple[int, Counter[int]]] = {}
        """Of the instants asked about last: the rest of their days, by code, up to a seq."""

    def show(self, now: int) -> list[SeenEvent]:
        """The most frequent first."""
        with self._lock:
            self._count_newer()
            names = dict(self._file.cursor().execute("SELECT code, name FROM name").fetchall())
            minute = now - now % MINUTE
            instants = minute - WEEK, minute - 2 * WEEK - 1
            self._rests = {each: self._rests.get(each, (0, Counter())) for each in instants}
            week, weeks = map(self._count_after, instants)
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
        cursor, until = self._file.cursor(), self._file.counts().seq
        if self._generation != self._file.generation:
            self._recall(cursor)
        if until <= self._until:
            return
        rows, people = {"after": self._until, "until": until}, 0
        for code, day, count, first, last, most in cursor.execute(BY_DAY, rows).fetchall():
            self._tallies.setdefault(code, Tally(first, last)).add(day, count, first, last)
            people = max(people, most + 1)
        together = max(MOST_MARKS // max(people, 1), 1)
        codes = sorted(self._tallies)
        for begin in range(0, len(codes), together):
            self._count_people(cursor, rows, codes[begin : begin + together], people)
        self._until = until
        if until > self._stored * REMEMBERED:
            self._remember()

    def _count_people(
        self, cursor: duckdb.DuckDBPyConnection, rows: Mapping[str, int], codes: list[int], people: int
    ) -> None:
        """Sets of them by a mark for each event of each: neither a sort nor a table of all pairs."""
        marks = np.zeros((len(codes), people), np.bool_)
        for batch in cursor.sql(PEOPLE, params={**rows, "codes": codes}).to_arrow_reader(1_000_000):
            names, fragments = (column.to_numpy() for column in batch.columns)
            marks[np.searchsorted(codes, names), fragments] = True
        for code, marked in zip(codes, marks):
            self._tallies[code].fragments |= BitMap(np.flatnonzero(marked).astype(np.uint32))

    def _recall(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._tallies, self._rests, self._until = {}, {}, 0
        for until, code, first, last, days, counts, people in cursor.execute("SELECT * FROM tally").fetchall():
            self._tallies[code] = Tally(first, last, Counter(dict(zip(days, counts))), BitMap.deserialize(people))
            self._until = until
        self._stored, self._generation = self._until, self._file.generation

    def _remember(self) -> None:
        with self._file.transaction() as cursor:
            cursor.execute("DELETE FROM tally")
            cursor.register("told", pa.Table.from_pylist([self._write(code) for code in self._tallies], TOLD))
            cursor.execute("INSERT INTO tally BY NAME FROM told")
            cursor.unregister("told")
        self._stored = self._until

    def _write(self, code: int) -> dict[str, Any]:
        tally = self._tallies[code]
        days, counts = list(tally.days), list(tally.days.values())
        row = {"until": self._until, "name": code, "first": tally.first, "last": tally.last}
        return row | {"days": days, "counts": counts, "fragments": tally.fragments.serialize()}

    def _count_after(self, instant: int) -> Counter[int]:
        """Events later than an instant, by code."""
        day, (after, rest) = instant // DAY, self._rests[instant]
        if after < self._until:
            newer = self._file.cursor().execute(REST, [instant, (day + 1) * DAY, after, self._until]).fetchall()
            rest = rest + Counter(dict(newer))
            self._rests[instant] = self._until, rest
        return Counter({code: tally.after(day) for code, tally in self._tallies.items()}) + rest
