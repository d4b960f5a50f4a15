"""What events there are and what they carry, for those who build tags: counts of all, properties of a sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

import msgspec

from limner.adapters.duckdb.documents import DuckDBDocuments
from limner.adapters.duckdb.file import LogFile
from limner.ports.events import Documents, SeenEvent, SeenProperty

GROWN = 1.01
"""The log is looked through again when it has grown by so much: until then the counts stand as they are."""
SAMPLE = 2_000
"""Events whose JSON is read."""
WEEK = 7 * 86_400_000_000
MOST_VALUES = 10
COUNTS = """
SELECT n.name, count(*), min(e.time), max(e.time), approx_count_distinct(e.fragment),
       count(*) FILTER (e.time > $now - $week), count(*) FILTER (e.time BETWEEN $now - 2 * $week AND $now - $week)
FROM event e JOIN name n ON n.code = e.name WHERE e.fragment IS NOT NULL GROUP BY n.name ORDER BY 2 DESC
"""
LATEST = """
SELECT properties, traits FROM event WHERE name IN (SELECT code FROM name WHERE name = $name)
AND fragment IS NOT NULL ORDER BY seq DESC LIMIT $most
"""
TYPES: dict[type, str] = {str: "string", bool: "boolean", int: "number", float: "number", list: "list", dict: "object"}


class DuckDBEvents:
    """`ports.events.Events`."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._lock = Lock()
        self._looked = (-1, -1)
        self._events: list[SeenEvent] = []

    def events(self, now: int) -> list[SeenEvent]:
        with self._lock:
            generation, seq = self._file.generation, self._file.counts().seq
            if self._looked[0] != generation or seq > self._looked[1] * GROWN:
                rows = self._file.cursor().execute(COUNTS, {"now": now, "week": WEEK}).fetchall()
                self._events = [SeenEvent(*row) for row in rows]
                self._looked = (generation, seq)
            return list(self._events)

    def properties(self, name: str) -> list[SeenProperty]:
        rows = self._file.cursor().execute(LATEST, {"name": name, "most": SAMPLE}).fetchall()
        found: dict[str, list[Any]] = {}
        for properties, traits in rows:
            for prefix, text in (("", properties), ("traits.", traits)):
                for path, value in spread(msgspec.json.decode(text) if text else {}, prefix):
                    found.setdefault(path, []).append(value)
        return [describe(path, values, len(rows)) for path, values in sorted(found.items())]

    def documents(self, seqs: Sequence[int]) -> Documents:
        return DuckDBDocuments(self._file, seqs)


def spread(document: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """Every value of a JSON object by its path, as definitions write it; nulls are absent.

    >>> list(spread({"page": {"path": "/a"}, "products": [{"sku": 1}]}, ""))
    [('page.path', '/a'), ('products[].sku', 1)]
    """
    for key, value in document.items() if isinstance(document, dict) else ():
        path = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from spread(value, f"{path}.")
        elif isinstance(value, list):
            for item in value:
                yield from spread(item, f"{path}[].") if isinstance(item, dict) else ((f"{path}[]", item),)
        elif value is not None:
            yield path, value


def describe(path: str, values: list[Any], events: int) -> SeenProperty:
    types = Counter(TYPES[type(value)] for value in values if type(value) in TYPES)
    counted = Counter(value for value in values if isinstance(value, str | int | float))
    shares = {name: round(count / len(values), 4) for name, count in types.most_common()}
    return SeenProperty(path, shares, len(values), events, len(counted), counted.most_common(MOST_VALUES))
