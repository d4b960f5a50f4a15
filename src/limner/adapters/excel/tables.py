"""Sheets of workbooks: xlsx, xlsm, xlsb, xls, ods.

The library holds the whole sheet before it gives the first row, in some 30 bytes a cell and its text; what is held here
besides are the rows of one batch. It makes room for all cells between the first and the last one, filled or not, and a
process that asks for more memory than there is dies: so sheets are measured first.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from limner.errors import DataError, did_you_mean
from limner.ports.rows import ForeignTable

FETCH_ROWS = 10_000
MOST_CELLS = 50_000_000
"""Of a sheet, those that are empty included: a million rows of 47 columns."""
MOST_UNPACKED = 4 << 30
"""Bytes of a workbook's parts."""
_CELL = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_READ = 1 << 20
_LONGEST_PLACE = 16
"""Bytes of what says where a cell is: it may stand across two pieces."""


class ExcelTables:
    """`ports.rows.Tables` for workbooks. The first row that is not blank holds the heads."""

    def open(self, place: str, table: str | None) -> ForeignTable:
        try:
            measure_workbook(place)
            workbook = CalamineWorkbook.from_path(place)
            names = list(workbook.sheet_names)
            if table is not None and table not in names:
                raise DataError(f"{place} has no sheet {table!r}.", hint=did_you_mean(table, names))
            sheet = workbook.get_sheet_by_name(table or names[0])
        except (CalamineError, OSError, zipfile.BadZipFile) as error:
            raise DataError(
                f"{place} cannot be read as a workbook: {error}.", hint="Save it again as .xlsx."
            ) from error
        rows = read_rows(sheet)
        for number, row in enumerate(rows, 1):
            if any(map(_filled, row)):
                columns = tuple(map(_text, row))
                return ForeignTable(columns, _batches(rows), number + 1, sheet.total_height - number, serials=True)
        raise DataError(f"The sheet {table or names[0]!r} of {place} is empty.")


def read_rows(sheet: CalamineSheet) -> Iterator[Sequence[Any]]:
    """From the sheet's first row and column on, whether there is something or not."""
    if sheet.start is None:
        return iter(())
    blank = [""] * sheet.start[1]
    return ([*blank, *row] for row in sheet.iter_rows()) if blank else iter(sheet.iter_rows())


def measure_workbook(place: str) -> None:
    """DataError when it is one that cannot be held. The older form, xls, has no room for so many cells."""
    if not zipfile.is_zipfile(place):
        return
    with zipfile.ZipFile(place) as parts:
        if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
            raise DataError(f"{place} has over {MOST_UNPACKED >> 30} GB unpacked.", hint=SPLIT)
        for part in parts.namelist():
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part):
                with parts.open(part) as sheet:
                    rows, columns = measure_sheet(sheet)
                if rows * columns > MOST_CELLS:
                    size = f"{rows:,} rows and {columns:,} columns, empty ones included"
                    raise DataError(f"A sheet of {place} has {size}: over {MOST_CELLS:,} cells.", hint=SPLIT)


SPLIT = "Remove cells far from the others, or save it as CSV, which may be of any size."


def measure_sheet(sheet: IO[bytes]) -> tuple[int, int]:
    """Rows and columns up to the last cell. (Cells that do not say where they are follow each other closely.)"""
    rows, columns, rest = 0, {b"A"}, b""
    while piece := sheet.read(_READ):
        piece = rest + piece
        for column, row in _CELL.findall(piece):
            columns.add(column)
            rows = max(rows, int(row))
        rest = piece[-_LONGEST_PLACE:]
    return rows, max(map(number_of_column, columns))


def number_of_column(letters: bytes) -> int:
    """
    >>> [number_of_column(letters) for letters in (b"A", b"Z", b"AA", b"XFD")]
    [1, 26, 27, 16384]
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _filled(cell: Any) -> bool:
    return cell is not None and cell != ""


def _text(cell: Any) -> str | None:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell) if _filled(cell) else None


def _batches(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    while batch := list(islice(rows, FETCH_ROWS)):
        yield batch
