"""The port Times: two columns of the log, a piece at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from limner.adapters.duckdb.closing import tells_of_closing
from limner.adapters.duckdb.file import LogFile, read_table
from limner.ports.times import Passed

ROWS = 500_000
QUERY = "SELECT time, fragment FROM event WHERE seq > ? AND seq <= ? AND fragment IS NOT NULL"


@tells_of_closing
class DuckDBTimes:
    def __init__(self, file: LogFile) -> None:
        self._file = file

    def generation(self) -> int:
        return self._file.generation

    def passed(self, after: int, until: int) -> Iterator[Passed]:
        for begin in range(after, until, ROWS):
            found = read_table(self._file.cursor(), QUERY, [begin, min(begin + ROWS, until)])
            yield Passed(
                np.asarray(found.column("time").to_numpy(), np.int64),
                np.asarray(found.column("fragment").to_numpy(), np.int32),
            )
