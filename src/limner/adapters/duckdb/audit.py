"""`ports.audit.Audit`: the log's own rows and nothing that is made of them, not even the promoted columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.adapters.duckdb.closing import tells_of_closing
from limner.adapters.duckdb.extraction import select_extracted
from limner.adapters.duckdb.file import LogFile, read_table, scalar
from limner.adapters.duckdb.observations import DuckDBObservations
from limner.compiled import kernel
from limner.model.timeline import Column
from limner.ports.audit import Tally
from limner.ports.observations import Decision, Observed

READ_ROWS = 1 << 20
ROW = ("seq", "fragment", "time", "received_at", "name", "source", "event_id", "source_name")

Numbers = npt.NDArray[np.int64]


@tells_of_closing
class DuckDBAudit:
    def __init__(self, file: LogFile) -> None:
        self._file = file

    def tally(self) -> Tally:
        cursor = self._file.cursor()
        seq = int(scalar(cursor, "SELECT coalesce(max(seq), 0) FROM event"))
        size = int(scalar(cursor, "SELECT count(*) FROM fragment"))
        events, last = np.zeros(size, np.int64), np.zeros(size, np.int64)
        first = np.full(size, np.iinfo(np.int64).max)
        # Arrays over fragments, since grouping by them takes DuckDB ten times as long.
        query = "SELECT fragment, time, seq FROM event WHERE fragment IS NOT NULL AND fragment < ? AND seq <= ?"
        for batch in cursor.sql(query, params=[size, seq]).to_arrow_reader(READ_ROWS):
            fragment, time, row = (batch.column(name).to_numpy() for name in ("fragment", "time", "seq"))
            count_rows(fragment, time, row, events, first, last)
        return Tally(seq, events, first, last)

    def observed(self) -> Observed:
        return DuckDBObservations(self._file).observed()

    def decisions(self) -> list[Decision]:
        return DuckDBObservations(self._file).decisions()

    def rows(self, fragments: Sequence[int], until: int, columns: Sequence[Column]) -> pa.Table:
        cursor = self._file.cursor()
        cursor.register("asked", pa.table({"fragment": pa.array(fragments, pa.int32())}))
        found = read_table(
            cursor,
            "SELECT e.seq, e.fragment, e.time, e.received_at, e.name, e.source, e.event_id, s.name AS source_name, "
            "e.properties, e.traits FROM event e SEMI JOIN asked ON e.fragment = asked.fragment "
            "JOIN source s ON s.code = e.source WHERE e.seq <= ? ORDER BY e.seq",
            [until],
        )
        cursor.unregister("asked")
        rows = found.select(ROW)
        if not columns:
            return rows
        cursor.register("found", found)
        values = read_table(cursor, select_extracted(columns, "(SELECT seq AS n, time, properties, traits FROM found)"))
        cursor.unregister("found")
        for column in columns:
            rows = rows.append_column(column.name, values.column(column.name))
        return rows


@kernel
def count_rows(
    fragment: npt.NDArray[np.int32], time: Numbers, row: Numbers, events: Numbers, first: Numbers, last: Numbers
) -> None:
    for i in range(len(fragment)):
        place = fragment[i]
        events[place] += 1
        first[place] = min(first[place], time[i])
        last[place] = max(last[place], row[i])
