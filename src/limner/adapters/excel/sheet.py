"""Excel files, row by row: nothing but a row is in memory."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import xlsxwriter

from limner.errors import DataError
from limner.fold.formats import unfinished

MOST_ROWS = 1_048_576
"""Of a sheet, its head among them."""
MOST_LETTERS = 32_767


def write_sheet(pieces: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path, made_at: int) -> None:
    """Texts are texts, whatever they look like. The same rows give the same bytes: ``made_at`` (µs UTC) is in them."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    fresh = unfinished(path, os.getpid())
    book = xlsxwriter.Workbook(str(fresh), options)
    try:
        book.set_properties({"created": datetime.fromtimestamp(made_at // 1_000_000, UTC).replace(tzinfo=None)})
        sheet = book.add_worksheet()
        for column, name in enumerate(schema.names):
            sheet.write_string(0, column, name)
        row = 0
        for piece in pieces:
            if row + len(piece) >= MOST_ROWS:
                raise DataError(f"Excel holds {MOST_ROWS - 1:,} rows, and there are more.", hint="Take csv or parquet.")
            for values in zip(*(column.to_pylist() for column in piece.columns), strict=True):
                row += 1
                for column, value in enumerate(values):
                    if isinstance(value, str):
                        sheet.write_string(row, column, value[:MOST_LETTERS])
                    elif value is not None:
                        sheet.write(row, column, value)
    finally:
        book.close()
    fresh.replace(path)
