"""The item table in the log's file: `ports.items.Items`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from limner.adapters.duckdb.closing import tells_of_closing
from limner.adapters.duckdb.codes import insert_table
from limner.adapters.duckdb.file import LogFile, read_table
from limner.adapters.duckdb.promotion import forget_columns, read_promoted

ALWAYS = -(2**63)
"""``valid_from`` of a version without a beginning."""


@tells_of_closing
class DuckDBItems:
    def __init__(self, file: LogFile) -> None:
        self._file = file

    def add(self, items: pa.Table) -> int:
        """Of two versions of one id from one instant, the one that came last holds."""
        rows = items.append_column("n", pa.array(range(items.num_rows), pa.int64()))
        with self._file.transaction() as cursor:
            cursor.register("versions", rows)
            fresh = read_table(
                cursor,
                "SELECT v.* FROM (SELECT id, coalesce(epoch_us(valid_from), ?) AS valid_from, "
                "arg_max(attributes, n) AS attributes FROM versions GROUP BY ALL) v "
                "LEFT JOIN item i ON i.id = v.id AND i.valid_from = v.valid_from "
                "WHERE i.attributes IS DISTINCT FROM v.attributes",
                [ALWAYS],
            )
            cursor.unregister("versions")
            if fresh.num_rows:
                cursor.register("fresh", fresh)
                cursor.execute("DELETE FROM item WHERE (id, valid_from) IN (SELECT (id, valid_from) FROM fresh)")
                cursor.unregister("fresh")
                insert_table(cursor, "item", fresh)
                cursor.execute(
                    "INSERT INTO meta VALUES ('items', '1') ON CONFLICT DO UPDATE SET value = value::INTEGER + 1"
                )
                # What was looked up before may have changed: such columns are made anew under new names.
                forget_columns(cursor, [c for c in read_promoted(cursor) if c.path.startswith("item.")])
        return int(fresh.num_rows)

    def revision(self) -> int:
        return self._file.counts().items

    def known(self, instant: int) -> Mapping[str, Mapping[str, Any]]:
        query = "SELECT id, arg_max(attributes, valid_from) AS attributes FROM item WHERE valid_from <= ? GROUP BY id"
        found = read_table(self._file.cursor(), query, [instant])
        ids, texts = (found.column(name).to_pylist() for name in ("id", "attributes"))
        return {id: json.loads(text) for id, text in zip(ids, texts, strict=True) if text is not None}
