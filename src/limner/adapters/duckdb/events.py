"""What events there are and what they carry, for those who build tags: counts of all, properties of a sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from limner.adapters.duckdb.closing import tells_of_closing
from limner.adapters.duckdb.documents import DuckDBDocuments
from limner.adapters.duckdb.file import LogFile
from limner.adapters.duckdb.tallies import Tallies
from limner.ports.events import Documents, SeenEvent, SeenProperty

SAMPLE = 2_000
"""Events whose JSON is read."""
MOST_VALUES = 10
LATEST = """
SELECT seq FROM event WHERE name IN (SELECT code FROM name WHERE name = $name)
AND fragment IS NOT NULL AND seq > $after ORDER BY seq DESC LIMIT $most
"""
NEWEST = 500_000
"""Rows at the log's end, in which all but rare events have some."""
TYPES: dict[type, str] = {str: "string", bool: "boolean", int: "number", float: "number", list: "list", dict: "object"}


@tells_of_closing
class DuckDBEvents:
    """`ports.events.Events`."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._tallies = Tallies(file)

    def events(self, now: int) -> list[SeenEvent]:
        return self._tallies.show(now)

    def properties(self, name: str) -> list[SeenProperty]:
        rows = self._latest(name)
        found: dict[str, list[Any]] = {}
        for properties, traits in rows:
            for prefix, text in (("", properties), ("traits.", traits)):
                for path, value in spread(msgspec.json.decode(text) if text else {}, prefix):
                    found.setdefault(path, []).append(value)
        return [describe(path, values, len(rows)) for path, values in sorted(found.items())]

    def _latest(self, name: str) -> list[tuple[str | None, str | None]]:
        """Properties and traits of the latest events of that name. Of all rows only the numbers are looked at."""
        cursor, seqs = self._file.cursor(), list[int]()
        for after in dict.fromkeys((max(self._file.counts().seq - NEWEST, 0), 0)):
            if len(seqs) < SAMPLE:
                rows = cursor.execute(LATEST, {"name": name, "most": SAMPLE, "after": after}).fetchall()
                seqs = [seq for (seq,) in rows]
        documents = DuckDBDocuments(self._file)
        documents.read(seqs)
        return documents.latest_first()

    def documents(self) -> Documents:
        return DuckDBDocuments(self._file)


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
