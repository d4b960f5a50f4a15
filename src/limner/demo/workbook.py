"""A minimal Excel workbook: one sheet of texts, numbers and dates, written with the standard library alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

Cell = str | int | float | datetime | None

EPOCH = datetime(1899, 12, 30)
"""Excel's day 0."""
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

FIXED_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{MIME}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{MIME}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{MIME}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{SHEET}"><fonts count="1"><font/></fonts><fills count="1">'
    "<fill><patternFill/></fill></fills>"
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2">'
    '<xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
"""Number format 22 is a date with hours and minutes."""


def write_workbook(path: Path, sheet: str, rows: Iterable[Sequence[Cell]]) -> None:
    """Write rows (the first one the header) as the only sheet. The same rows make the same bytes."""
    parts = dict(FIXED_PARTS)
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>'
        f'<sheet name="{escape(sheet)}" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    lines = "".join(_row(number, row) for number, row in enumerate(rows, 1))
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{SHEET}"><sheetData>{lines}</sheetData></worksheet>'
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(ZipInfo(name), HEAD + text, ZIP_DEFLATED)


def _row(number: int, row: Sequence[Cell]) -> str:
    cells = "".join(_cell(f"{_letters(column)}{number}", value) for column, value in enumerate(row))
    return f'<row r="{number}">{cells}</row>'


def _letters(column: int) -> str:
    """Name of a column counted from 0.

    >>> _letters(0), _letters(26)
    ('A', 'AA')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cell(place: str, value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f'<c r="{place}" s="1"><v>{(value - EPOCH).total_seconds() / 86_400:.8f}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'
