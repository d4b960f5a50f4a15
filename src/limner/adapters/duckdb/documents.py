"""`ports.events.Documents`: the JSON of a few events, read once, and what properties are in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.adapters.duckdb.extraction import read_number, select_extracted
from limner.adapters.duckdb.file import LogFile, read_table
from limner.adapters.duckdb.places import read_rows
from limner.adapters.duckdb.seen import SCALE, count_types, is_shown, place_of, quote_inside, rows_of
from limner.fold.operations import UNSETS
from limner.model.sighting import Unreadable
from limner.model.timeline import Column

COLUMNS = "time, properties, traits, n.name AS event"
EMPTY = pa.table(
    {"n": pa.array([], pa.int64()), "time": pa.array([], pa.int64())}
    | {name: pa.array([], pa.string()) for name in ("properties", "traits", "event")}
)
KEPT = "documents"
MOST_KEPT = 16 << 20
"""Bytes of documents that are kept: who tries a draft again and again waits for them once."""
TABLES = {
    "attributes": "item",
    "properties": "documents",
    "traits": "documents WHERE NOT list_contains($unset, event)",
}
"""What has each document."""


class DuckDBDocuments:
    def __init__(self, file: LogFile) -> None:
        self._file, self._cursor = file, file.cursor()
        self._read = EMPTY
        self._cursor.register("documents", EMPTY)

    def read(self, seqs: Sequence[int]) -> int:
        kept: pa.Table = self._file.kept.get(KEPT, EMPTY)
        asked = np.setdiff1d(np.asarray(seqs, np.int64), self._read.column("n").to_numpy())
        known = kept.filter(pc.is_in(kept.column("n"), value_set=pa.array(asked)))
        fresh = self._read_rows(np.setdiff1d(asked, known.column("n").to_numpy()))
        self._read = pa.concat_tables([self._read, known, fresh]).sort_by("n")
        together = pa.concat_tables([kept, fresh])
        self._file.kept[KEPT] = together if together.nbytes <= MOST_KEPT else fresh
        self._cursor.register("documents", self._read)
        return int(fresh.num_rows)

    def _read_rows(self, seqs: npt.NDArray[np.int64]) -> pa.Table:
        return read_rows(self._file, seqs, COLUMNS).rename_columns(EMPTY.column_names) if len(seqs) else EMPTY

    def latest_first(self) -> list[tuple[str | None, str | None]]:
        """Properties and traits of all that was read."""
        columns = (self._read.column(name).to_pylist() for name in ("properties", "traits"))
        return list(zip(*columns, strict=True))[::-1]

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
