"""`ports.events.Documents`: the JSON of a few events, read once, and what properties are in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from limner.adapters.duckdb.extraction import read_number, select_extracted
from limner.adapters.duckdb.file import LogFile, read_table
from limner.adapters.duckdb.seen import SCALE, count_types, is_shown, place_of, quote_inside, rows_of
from limner.fold.operations import UNSETS
from limner.model.sighting import Unreadable
from limner.model.timeline import Column

READ = """
SELECT e.seq AS n, e.time, e.properties, e.traits, n.name AS event FROM event e JOIN asked USING (seq)
JOIN name n ON n.code = e.name ORDER BY n
"""
TABLES = {
    "attributes": "item",
    "properties": "documents",
    "traits": "documents WHERE NOT list_contains($unset, event)",
}
"""What has each document."""


class DuckDBDocuments:
    def __init__(self, file: LogFile, seqs: Sequence[int]) -> None:
        self._cursor = file.cursor()
        self._cursor.register("asked", pa.table({"seq": pa.array(seqs, pa.int64())}))
        self._cursor.register("documents", read_table(self._cursor, READ))
        self._cursor.unregister("asked")

    def count(self, paths: Iterable[str]) -> dict[str, Mapping[str, int]]:
        return {path: self._count(path) for path in paths}

    def _count(self, path: str) -> Mapping[str, int]:
        rows = rows_of(place_of(path), TABLES)
        (found,) = count_types(self._cursor, rows, [path], self._parameters(path))
        return found

    def values(self, columns: Sequence[Column]) -> pa.Table:
        return read_table(self._cursor, select_extracted(columns, "documents"))

    def unreadable(self, path: str) -> Unreadable | None:
        rows, json = rows_of(place_of(path), TABLES), f"json_extract(json, {quote_inside(path)})"
        query = (
            f"SELECT count(*), count(*) FILTER (number IS NULL), min(value) FILTER (number IS NULL) "
            f"FROM (SELECT {json} ->> '$' AS value, {read_number(json, SCALE)} AS number FROM {rows}) "
            "WHERE value IS NOT NULL"
        )
        ((of, values, example),) = self._cursor.execute(query, self._parameters(path)).fetchall()
        return Unreadable(path, values, of, example if is_shown(path, example) else "") if values else None

    def _parameters(self, path: str) -> dict[str, list[str]]:
        return {"unset": list(UNSETS)} if place_of(path).document == "traits" else {}
