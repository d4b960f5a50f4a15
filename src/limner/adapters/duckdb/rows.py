"""`ports.rows.Rows` on an in-memory DuckDB of its own, which can reach no file and no setting."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import duckdb
import pyarrow as pa

from limner.adapters.duckdb.closing import close_used, tells_of_closing
from limner.adapters.duckdb.expression import parse_expression
from limner.errors import DataError
from limner.ports.rows import Expression, quote

BATCH_ROWS = 8_192
"""DuckDB hands out Arrow rows to its threads by the record batch."""
FEW_ROWS = 50_000
"""Fewer are copied once more rather than keep the process's other threads waiting."""


@tells_of_closing
class DuckDBRows:
    """Not for several threads at once."""

    def __init__(self, threads: int | None = None) -> None:
        self._connection = duckdb.connect(":memory:")
        self._connection.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")
        # It would work out for every row what stands twice in the branches of a CASE or COALESCE that few rows take.
        self._connection.execute("SET disabled_optimizers = 'common_subexpressions'")
        if threads:
            self._connection.execute("SET threads = $threads", {"threads": threads})
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def close(self) -> None:
        close_used(self._connection, self._connection.interrupt)

    @cached_property
    def _functions(self) -> frozenset[str]:
        """Scalar functions whose result depends on their arguments alone."""
        found = self._connection.sql(
            """SELECT DISTINCT function_name FROM duckdb_functions()
               WHERE function_type = 'scalar' AND stability = 'CONSISTENT'
                 AND NOT starts_with(function_name, '__') AND NOT starts_with(function_name, 'current_')"""
        ).fetchall()
        return frozenset(name for (name,) in found)

    def _read(self, query: str, parameters: dict[str, Any], few: bool) -> pa.Table:
        if not few:
            return self._connection.sql(query, params=parameters).to_arrow_table()
        # Planning these queries takes longer than running them, and `sql` plans with Python's lock held.
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE answer AS {query}", parameters)
        return self._connection.sql("FROM answer").to_arrow_table()

    def parse(self, text: str) -> Expression:
        return parse_expression(self._connection, text, self._functions)

    def select(
        self, rows: pa.Table, *stages: Mapping[str, str], parameters: Mapping[str, Any] | None = None
    ) -> pa.Table:
        query = "input"
        for number, stage in enumerate(stages):
            columns = ", ".join(f"{sql} AS {quote(name)}" for name, sql in stage.items())
            query = f"(SELECT {columns} FROM {query}) AS stage{number}"
        batches = pa.Table.from_batches(rows.to_batches(max_chunksize=BATCH_ROWS), rows.schema)
        self._connection.register("input", batches)
        try:
            return self._read(f"SELECT * FROM {query}", dict(parameters or {}), few=rows.num_rows < FEW_ROWS)
        except duckdb.Error as error:
            raise DataError(str(error).splitlines()[0]) from error
        finally:
            self._connection.unregister("input")
