"""Sheets of workbooks: xlsx, xlsm, xlsb, xls, ods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from limner.errors import DataError, did_you_mean
from limner.ports.rows import ForeignTable

FETCH_ROWS = 10_000


class ExcelTables:
    """`ports.rows.Tables` for workbooks. The first row that is not blank holds the heads."""

    def open(self, place: str, table: str | None) -> ForeignTable:
        try:
            workbook = CalamineWorkbook.from_path(place)
            names = list(workbook.sheet_names)
            if table is not None and table not in names:
                raise DataError(f"{place} has no sheet {table!r}.", hint=did_you_mean(table, names))
            sheet = workbook.get_sheet_by_name(table or names[0])
            rows = sheet.to_python(skip_empty_area=False)
        except (CalamineError, OSError) as error:
            raise DataError(
                f"{place} cannot be read as a workbook: {error}.", hint="Save it again as .xlsx."
            ) from error
        head = next((number for number, row in enumerate(rows) if any(map(_filled, row))), None)
        if head is None:
            raise DataError(f"The sheet {table or names[0]!r} of {place} is empty.")
        columns = tuple(_text(cell) for cell in rows[head])
        return ForeignTable(columns, _batches(rows[head + 1 :]), head + 2, len(rows) - head - 1, serials=True)


def _filled(cell: Any) -> bool:
    return cell is not None and cell != ""


def _text(cell: Any) -> str | None:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell) if _filled(cell) else None


def _batches(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    source = iter(rows)
    while batch := list(islice(source, FETCH_ROWS)):
        yield batch
