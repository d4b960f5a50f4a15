"""How many values of each JSON type a property was seen with: exact, and remembered up to the seq it was last asked at.

The 1 by which a trait is unset is no value of it, and is not seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

import duckdb
import msgspec

from limner.adapters.duckdb.closing import tells_of_closing
from limner.adapters.duckdb.extraction import may_hold, quote_path, read_number, split_document
from limner.adapters.duckdb.file import LogFile, scalar
from limner.collect.violations import is_word
from limner.fold.operations import UNSETS
from limner.govern.masking import is_personal
from limner.model.sighting import NUMBER, Unreadable, types_of
from limner.model.timeline import Column, Kind

TYPES = {
    "VARCHAR": "string",
    "BIGINT": "number",
    "UBIGINT": "number",
    "HUGEINT": "number",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
}
SCALE = Column("", "", Kind.NUMBER).scale
"""DuckDB's json_type to JSON's own words; objects, lists and null say nothing."""
TABLES = {
    "attributes": "item",
    "properties": "event WHERE seq > $after AND seq <= $until",
    "traits": (
        "event WHERE seq > $after AND seq <= $until "
        "AND name NOT IN (SELECT code FROM name WHERE list_contains($unset, name))"
    ),
}
"""What has each document."""


class Known(NamedTuple):
    """How many values of each type a property has in the rows up to ``until``."""

    until: int
    counts: Mapping[str, int]


class Place(NamedTuple):
    """Where properties lie that are read in one pass: a document, a list in it or ``""``, the rows past a seq."""

    document: str
    head: str
    after: int


UNKNOWN = Known(0, {})
OFTEN = 200_000
"""Rows looked at since the file was told, in a transaction that an append may have to wait for; a process that starts
looks at no more of them again, for some tenths of a second."""


@tells_of_closing
class DuckDBSeen:
    """Callable: path to JSON types; and what the data has, for hints. ``declared``: types the tracking plan states."""

    def __init__(self, file: LogFile, declared: Mapping[str, str] | None = None) -> None:
        self._file, self._declared = file, declared or {}
        self._known: dict[str, Known] = {}
        self._stored: dict[str, int] = {}
        """Up to which seq the file remembers a path."""
        self._generation = -1
        self._items = -1
        self._lock = Lock()

    def __call__(self, path: str) -> frozenset[str]:
        return self.look([path])[path]

    def look(self, paths: Iterable[str]) -> dict[str, frozenset[str]]:
        """JSON types of several properties, as `limner.model.sighting.types_of` tells them."""
        return {path: types_of(counts, self._declared.get(path)) for path, counts in self.count(paths).items()}

    def count(self, paths: Iterable[str]) -> dict[str, Mapping[str, int]]:
        """How many values of each type; properties of one document are read in one pass over what is new.

        Others may ask meanwhile: to look through a long log for one property takes a while.
        """
        with self._lock:
            self._recall(self._file.cursor())
            until, since = self._file.counts().seq, (self._generation, self._items)
            asked = {path: self._known.get(path, UNKNOWN) for path in dict.fromkeys(paths)}
        groups: dict[Place, list[str]] = {}
        for path, known in asked.items():
            if path != "time" and known.until < until:
                groups.setdefault(place_of(path, known.until), []).append(path)
        for place, together in groups.items():
            for path, counts in zip(together, self._scan(place, until, together), strict=True):
                before = Counter() if place.document == "attributes" else asked[path].counts
                asked[path] = Known(until, counts + Counter(before))
        if groups:
            self._learn(asked, since)
        return {path: known.counts for path, known in asked.items()}

    def _learn(self, found: Mapping[str, Known], since: tuple[int, int]) -> None:
        """Keep what was found, unless another file or other items have come in between."""
        with self._lock:
            self._recall(self._file.cursor())
            if since == (self._generation, self._items):
                newer = {path for path, known in found.items() if known.until > self._known.get(path, UNKNOWN).until}
                self._known |= {path: found[path] for path in newer}
                self._remember([path for path in newer if found[path].until > self._stored.get(path, 0) + OFTEN])

    def _recall(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Start from what the file remembers; what was seen of items, from nothing whenever items have changed."""
        if self._generation != self._file.generation:
            rows = cursor.execute("SELECT path, until, types, counts FROM seen").fetchall()
            self._known = {path: Known(until, dict(zip(types, counts))) for path, until, types, counts in rows}
            self._stored = {path: known.until for path, known in self._known.items()}
            self._generation, self._items = self._file.generation, -1
        items = self._file.counts().items
        if items != self._items:
            attributes = [path for path in self._known if split_document(path)[0] == "attributes"]
            self._known |= dict.fromkeys(attributes, UNKNOWN)
            self._items = items

    def _scan(self, place: Place, until: int, paths: list[str]) -> list[Counter[str]]:
        """The types of each path in the rows of a place, each row's JSON parsed once."""
        return count_types(self._file.cursor(), rows_of(place, paths=paths), paths, parameters_of(place, until))

    def unreadable(self, paths: Iterable[str]) -> list[Unreadable]:
        """Of properties that are read as numbers: what does not convert. Only those with other values are looked at."""
        mixed = [(path, counts) for path, counts in self.count(paths).items() if set(counts) - {NUMBER}]
        found = []
        for path, counts in mixed:
            json = f"json_extract(json, {quote_inside(path)})"
            query = (
                f"SELECT count(*), min(value) FROM (SELECT {json} ->> '$' AS value, {read_number(json, SCALE)} "
                f"AS number FROM {rows_of(place_of(path))} WHERE json_type({json}) IN {tuple(TYPES)}) "
                "WHERE number IS NULL"
            )
            parameters = parameters_of(place_of(path), self._file.counts().seq)
            ((values, example),) = self._file.cursor().execute(query, parameters).fetchall()
            if values:
                shown = example if is_shown(path, example) else ""
                found.append(Unreadable(path, values, sum(counts.values()), shown))
        return found

    def _remember(self, paths: list[str]) -> None:
        if not paths:
            return
        with self._file.transaction() as cursor:
            cursor.execute("DELETE FROM seen WHERE list_contains(?::VARCHAR[], path)", [paths])
            for path in paths:
                known = self._known.get(path, UNKNOWN)
                row = [path, known.until, list(known.counts), list(known.counts.values())]
                cursor.execute("INSERT INTO seen VALUES (?, ?, ?, ?)", row)
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


def count_types(
    cursor: duckdb.DuckDBPyConnection, rows: str, paths: Sequence[str], parameters: Mapping[str, Any]
) -> list[Counter[str]]:
    """How many values of each type every path has in the relation ``rows`` (json)."""
    wanted = "[" + ", ".join(quote_inside(path) for path in paths) + "]"
    query = f"SELECT json_type(json, {wanted}), count(*) FROM {rows} WHERE json IS NOT NULL GROUP BY 1"
    found: list[Counter[str]] = [Counter() for _ in paths]
    for types, times in cursor.execute(query, parameters).fetchall():
        for met, name in zip(found, types, strict=True):
            if name in TYPES:
                met[TYPES[name]] += times
    return found


def is_shown(path: str, example: str | None) -> bool:
    """May a value be shown to whoever builds a tag? Not if it might be somebody's own."""
    return example is not None and is_word(example) and not is_personal(path)


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


def place_of(path: str, after: int = 0) -> Place:
    """Items are looked at from their beginning always: they are changed in place."""
    document, inside = split_document(path)
    head = inside.partition("[]")[0] if "[]" in inside else ""
    return Place(document, head, 0 if document == "attributes" else after)


def rows_of(place: Place, tables: Mapping[str, str] = TABLES, paths: Sequence[str] = ()) -> str:
    """SQL of the relation (json): a document each, or an element each of a list in it; only documents that may have one
    of these properties."""
    rows = f"(SELECT {place.document} AS json FROM {tables[place.document]})"
    if paths:
        likely = " OR ".join(may_hold("json", split_document(path)[1]) for path in paths)
        rows = f"(SELECT json FROM {rows} WHERE {likely})"
    if not place.head:
        return rows
    return f"(SELECT unnest(json_extract(json, {quote_path(place.head)[:-1]}[*]')) AS json FROM {rows})"


def parameters_of(place: Place, until: int) -> dict[str, int | list[str]]:
    known: dict[str, int | list[str]] = {"after": place.after, "until": until, "unset": list(UNSETS)}
    return {name: value for name, value in known.items() if f"${name}" in TABLES[place.document]}


def quote_inside(path: str) -> str:
    """The path inside the document, or inside an element of its list."""
    inside = split_document(path)[1]
    head, bracket, rest = inside.partition("[]")
    inside = rest.removeprefix(".") if bracket else head
    return quote_path(inside) if inside else "'$'"
