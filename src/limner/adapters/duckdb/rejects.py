"""Rejected rows, kept in the log's file so that they are as durable as what was accepted: `ports.rejects.Rejects`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from limner.adapters.duckdb.closing import tells_of_closing
from limner.adapters.duckdb.codes import insert_table
from limner.adapters.duckdb.file import LogFile, read_table, scalar
from limner.ports.rejects import Reject

SAME = "md5_number_lower(concat_ws(chr(31), file, line, row))"

Erased = Callable[[Sequence[str]], Sequence[bool]]
"""Tells which rows were erased together with a person."""


@tells_of_closing
class DuckDBRejects:
    def __init__(self, file: LogFile, erased: Erased | None = None) -> None:
        self._file = file
        self._erased = erased

    def add(self, rejects: Sequence[Reject]) -> int:
        if self._erased is not None and rejects:
            gone = self._erased([reject.row for reject in rejects])
            rejects = [reject for reject, erased in zip(rejects, gone, strict=True) if not erased]
        if not rejects:
            return 0
        table = pa.table(
            {
                "n": np.arange(len(rejects)),
                "file": pa.array([r.file for r in rejects], pa.string()),
                "line": pa.array([r.line for r in rejects], pa.int64()),
                "reason": pa.array([r.reason for r in rejects], pa.string()),
                "row": pa.array([r.row for r in rejects], pa.string()),
                "mapping": pa.array([r.mapping for r in rejects], pa.string()),
            }
        )
        with self._file.transaction() as cursor:
            cursor.register("refused", table)
            fresh = read_table(
                cursor,
                "SELECT (SELECT coalesce(max(id), 0) FROM reject) + row_number() OVER (ORDER BY n) AS id, "
                f"file, line, reason, row, mapping, key FROM (SELECT *, {SAME} AS key FROM refused) "
                "WHERE key NOT IN (SELECT key FROM reject) QUALIFY row_number() OVER (PARTITION BY key ORDER BY n) = 1",
            )
            cursor.unregister("refused")
            insert_table(cursor, "reject", fresh)
        return int(fresh.num_rows)

    def list(self, file: str | None = None, limit: int | None = None, after: int = 0) -> list[Reject]:
        rows = (
            self._file.cursor()
            .execute(
                "SELECT file, line, reason, row, mapping, id FROM reject "
                "WHERE id > ? AND (?::VARCHAR IS NULL OR file = ?) ORDER BY id LIMIT coalesce(?, 9223372036854775807)",
                [after, file, file, limit],
            )
            .fetchall()
        )
        return [Reject(*row) for row in rows]

    def remove(self, ids: Sequence[int]) -> None:
        with self._file.transaction() as cursor:
            cursor.execute("DELETE FROM reject WHERE list_contains(?::BIGINT[], id)", [list(ids)])

    def count(self) -> int:
        return int(scalar(self._file.cursor(), "SELECT count(*) FROM reject"))
