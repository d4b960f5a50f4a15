"""Which JSON types a property was seen with: exact, and remembered up to the seq it was last asked at."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from limner.adapters.duckdb.extraction import quote_path
from limner.adapters.duckdb.file import LogFile, scalar

TYPES = {
    "VARCHAR": "string",
    "BIGINT": "number",
    "UBIGINT": "number",
    "HUGEINT": "number",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
}
"""DuckDB's json_type to JSON's own words; objects, lists and null say nothing."""


class DuckDBSeen:
    """Callable: path to JSON types; and what the data has, for hints."""

    def __init__(self, file: LogFile) -> None:
        self._file = file

    def __call__(self, path: str) -> frozenset[str]:
        if path == "time":
            return frozenset()
        cursor = self._file.cursor()
        until = int(scalar(cursor, "SELECT coalesce(max(seq), 0) FROM event"))
        known = cursor.execute("SELECT until, types FROM seen WHERE path = ?", [path]).fetchall()
        after, types = known[0] if known and not path.startswith("item.") else (0, [])
        if after < until:
            types = sorted({*types, *self._scan(path, after)})
            with self._file.transaction() as writing:
                writing.execute("DELETE FROM seen WHERE path = ?", [path])
                writing.execute("INSERT INTO seen VALUES (?, ?, ?)", [path, until, types])
        return frozenset(types)

    def _scan(self, path: str, after: int) -> set[str]:
        if path.startswith("item."):
            query = f"SELECT DISTINCT json_type(attributes, {quote_path(path.removeprefix('item.'))}) FROM item"
            rows = self._file.cursor().execute(query).fetchall()
        else:
            document = "traits" if path.startswith("traits.") else "properties"
            query = f"SELECT DISTINCT {type_of(document, path.removeprefix('traits.'))} FROM event WHERE seq > ?"
            rows = self._file.cursor().execute(query, [after]).fetchall()
        return {TYPES[row[0]] for row in rows if row[0] in TYPES}

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


def type_of(document: str, path: str) -> str:
    """SQL for the JSON type of a path; of a list grain, the types of its elements, a row each."""
    head, bracket, rest = path.partition("[]")
    if not bracket:
        return f"json_type({document}, {quote_path(path)})"
    inside = quote_path(head)[:-1] + "[*]" + quote_path(rest.removeprefix("."))[2:] if rest else f"{quote_path(head)[:-1]}[*]'"
    return f"unnest(json_type({document}, {inside}))"
