"""Tables of any place: databases by their URL, workbooks by their path."""

from __future__ import annotations

from limner.adapters.excel.tables import ExcelTables
from limner.adapters.sql.tables import SqlTables
from limner.ports.rows import ForeignTable, Tables


class AnyTables:
    """`ports.rows.Tables`, handing each place to the adapter that knows it."""

    def __init__(self) -> None:
        self._databases: Tables = SqlTables()
        self._workbooks: Tables = ExcelTables()

    def open(self, place: str, table: str | None) -> ForeignTable:
        return (self._databases if "://" in place else self._workbooks).open(place, table)
