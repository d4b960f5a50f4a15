"""The item table in the log's file: `ports.items.Items`."""

from __future__ import annotations

import pyarrow as pa

from limner.adapters.duckdb.file import LogFile, scalar
from limner.adapters.duckdb.promotion import forget_columns, read_promoted

ALWAYS = -(2**63)
"""``valid_from`` of a version without a beginning."""


class DuckDBItems:
    def __init__(self, file: LogFile) -> None:
        self._file = file

    def add(self, items: pa.Table) -> int:
        with self._file.transaction() as cursor:
            cursor.register("versions", items)
            before = int(scalar(cursor, "SELECT count(*) FROM item"))
            cursor.execute(
                "INSERT INTO item SELECT DISTINCT id, coalesce(epoch_us(valid_from), ?), attributes FROM versions "
                "EXCEPT SELECT id, valid_from, attributes FROM item",
                [ALWAYS],
            )
            cursor.unregister("versions")
            added = int(scalar(cursor, "SELECT count(*) FROM item")) - before
            if added:
                # What was looked up before may have changed: such columns are made anew under new names.
                forget_columns(cursor, [c for c in read_promoted(cursor) if c.path.startswith("item.")])
        return added
