"""Rows of the log by their seqs.

They lie in the order of these, which have no gaps unless somebody was erased: so a row is looked for in its place
first. To read the seqs of all rows would be half of the work over fifty million.
"""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.adapters.duckdb.file import read_table

QUERY = """
SELECT a.seq AS asked, e.seq, {columns} FROM event e JOIN asked a ON {joined}
JOIN name n ON n.code = e.name JOIN source s ON s.code = e.source
"""
WAYS = ("e.rowid = a.seq - 1", "e.seq = a.seq")


def read_rows(cursor: duckdb.DuckDBPyConnection, seqs: npt.ArrayLike, columns: str) -> pa.Table:
    """``seq`` and these columns of an event e, its name n and its source s: in no order, without rows that are not
    there."""
    missing, found = np.unique(np.asarray(seqs, np.int64)), []
    for joined in WAYS:
        cursor.register("asked", pa.table({"seq": missing}))
        rows = read_table(cursor, QUERY.format(columns=columns, joined=joined))
        cursor.unregister("asked")
        found.append(rows.filter(pc.equal(rows.column("asked"), rows.column("seq"))).drop_columns("asked"))
        missing = np.setdiff1d(missing, found[-1].column("seq").to_numpy())
        if not len(missing):
            break
    return pa.concat_tables(found)
