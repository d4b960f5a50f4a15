"""Which JSON types a property was seen with: exact, and remembered up to the seq it was last asked at.

The 1 by which a trait is unset is no value of it, and is not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Lock
from typing import NamedTuple

import duckdb
import msgspec

from limner.adapters.duckdb.extraction import quote_path
from limner.adapters.duckdb.file import LogFile, scalar
from limner.fold.operations import UNSETS

TYPES = {
    "VARCHAR": "string",
    "BIGINT": "number",
    "UBIGINT": "number",
    "HUGEINT": "number",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
}
"""DuckDB's json_type to JSON's own words; objects, lists and null say nothing."""
TABLES = {
    "attributes": "item",
    "properties": "event WHERE seq > $after",
    "traits": "event WHERE seq > $after AND name NOT IN (SELECT code FROM name WHERE list_contains($unset, name))",
}
"""What has each document."""


class Known(NamedTuple):
    """The types a property was seen with in the rows up to ``until``."""

    until: int
    types: frozenset[str]


UNKNOWN = Known(0, frozenset())
OFTEN = 20_000
"""Rows looked at since the file was told; a process that starts looks at no more of them again."""


class DuckDBSeen:
    """Callable: path to JSON types; and what the data has, for hints."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._known: dict[str, Known] = {}
        self._stored: dict[str, int] = {}
        """Up to which seq the file remembers a path."""
        self._generation = -1
        self._items = -1
        self._lock = Lock()

    def __call__(self, path: str) -> frozenset[str]:
        return self.look([path])[path]

    def look(self, paths: Iterable[str]) -> dict[str, frozenset[str]]:
        """JSON types of several properties; those that lie in one document are read in one pass over what is new."""
        with self._lock:
            cursor = self._file.cursor()
            self._recall(cursor)
            until = self._file.counts().seq
            asked = {path: self._known.get(path, UNKNOWN) for path in dict.fromkeys(paths)}
            groups: dict[tuple[str, str, int], list[str]] = {}
            for path, known in asked.items():
                if path != "time" and known.until < until:
                    document, inside = split_document(path)
                    head = inside.partition("[]")[0] if "[]" in inside else ""
                    after = 0 if document == "attributes" else known.until
                    groups.setdefault((document, head, after), []).append(path)
            for (document, head, after), together in groups.items():
                for path, types in zip(together, self._scan(document, head, after, together), strict=True):
                    asked[path] = self._known[path] = Known(until, asked[path].types | types)
            self._remember([path for path in asked if asked[path].until > self._stored.get(path, 0) + OFTEN])
            return {path: known.types for path, known in asked.items()}

    def _recall(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Start from what the file remembers; what was seen of items, from nothing whenever items have changed."""
        if self._generation != self._file.generation:
            rows = cursor.execute("SELECT path, until, types FROM seen").fetchall()
            self._known = {path: Known(until, frozenset(types)) for path, until, types in rows}
            self._stored = {path: known.until for path, known in self._known.items()}
            self._generation, self._items = self._file.generation, -1
        items = self._file.counts().items
        if items != self._items:
            attributes = [path for path in self._known if split_document(path)[0] == "attributes"]
            self._known |= {path: Known(0, self._known[path].types) for path in attributes}
            self._items = items

    def _scan(self, document: str, head: str, after: int, paths: list[str]) -> list[set[str]]:
        """The types of each path in the rows past ``after``, each row's JSON parsed once."""
        inside = [split_document(path)[1].removeprefix(f"{head}[]").removeprefix(".") for path in paths]
        wanted = "[" + ", ".join(quote_path(path) if path else "'$'" for path in inside) + "]"
        table = TABLES[document]
        parameters = {name: value for name, value in (("after", after), ("unset", list(UNSETS))) if f"${name}" in table}
        rows = f"(SELECT {document} AS json FROM {table})"
        if head:
            rows = f"(SELECT unnest(json_extract(json, {quote_path(head)[:-1]}[*]')) AS json FROM {rows})"
        query = f"SELECT DISTINCT json_type(json, {wanted}) FROM {rows} WHERE json IS NOT NULL"
        combinations = self._file.cursor().execute(query, parameters).fetchall()
        found: list[set[str]] = [set() for _ in paths]
        for (types,) in combinations:
            for met, name in zip(found, types, strict=True):
                if name in TYPES:
                    met.add(TYPES[name])
        return found

    def _remember(self, paths: list[str]) -> None:
        if not paths:
            return
        with self._file.transaction() as cursor:
            cursor.execute("DELETE FROM seen WHERE list_contains(?::VARCHAR[], path)", [paths])
            for path in paths:
                known = self._known.get(path, UNKNOWN)
                cursor.execute("INSERT INTO seen VALUES (?, ?, ?)", [path, known.until, sorted(known.types)])
                self._stored[path] = known.until

    def events(self) -> list[str]:
        """Names of events in the log."""
        rows = self._file.cursor().execute("SELECT name FROM name WHERE NOT starts_with(name, 'limner.')").fetchall()
        return [row[0] for row in rows]

    def properties(self, sample: int = 50_000) -> list[str]:
        """Paths of properties, traits and items in the newest ``sample`` rows that have any, for did-you-mean hints."""
        found: set[str] = set()
        for document, table, order, prefix in (
            ("properties", "event", "seq", ""),
            ("traits", "event", "seq", "traits."),
            ("attributes", "item", "valid_from", "item."),
        ):
            query = (
                f"SELECT json_group_structure(json) FROM (SELECT {document}::JSON AS json FROM {table} "
                f"WHERE {document} IS NOT NULL ORDER BY {order} DESC LIMIT ?)"
            )
            structure = scalar(self._file.cursor(), query, [sample])
            if structure is not None:
                found |= {prefix + path for path in paths_in(msgspec.json.decode(structure))}
        return sorted(found)


def paths_in(structure: object, path: str = "") -> Iterator[str]:
    """Dotted paths of a JSON structure: objects in objects (``page.path``), objects in lists (``products[].sku``).

    >>> list(paths_in({"amount": "DOUBLE", "products": [{"sku": "VARCHAR"}]}))
    ['amount', 'products', 'products[].sku']
    """
    if isinstance(structure, list):
        for inside in structure:
            yield from paths_in(inside, f"{path}[]")
    elif isinstance(structure, dict):
        for key, inside in structure.items():
            name = f"{path}.{key}" if path else key
            yield name
            yield from paths_in(inside, name)


def split_document(path: str) -> tuple[str, str]:
    """The column of JSON a path lies in, and the path inside it."""
    for prefix, document in (("traits.", "traits"), ("item.", "attributes")):
        if path.startswith(prefix):
            return document, path.removeprefix(prefix)
    return "properties", path
