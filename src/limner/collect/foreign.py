"""Database tables and sheets as batches of texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

import numpy as np

from limner.collect.rowfile import BATCH_ROWS, RowBatch, RowFile, text_table, unique_names
from limner.ports.rows import ForeignTable


def open_foreign(name: str, table: ForeignTable) -> RowFile:
    """``name`` is what rejects call the file."""
    columns = unique_names(table.columns)
    return RowFile(name, columns, _batches(table, columns), table.size, serials=table.serials)


def _batches(table: ForeignTable, columns: tuple[str, ...]) -> Iterator[RowBatch]:
    number, done = table.first, 0
    waiting: list[Sequence[Any]] = []
    numbers: list[int] = []
    for batch in table.batches:
        for row in batch:
            if any(cell is not None and cell != "" for cell in row):
                waiting.append(row)
                numbers.append(number)
            number += 1
        done += len(batch)
        if len(waiting) >= BATCH_ROWS:
            yield _batch(columns, waiting, numbers, done)
            waiting, numbers = [], []
    if waiting or not done:
        yield _batch(columns, waiting, numbers, done)


def _batch(columns: tuple[str, ...], rows: list[Sequence[Any]], numbers: list[int], done: int) -> RowBatch:
    values = [[cell_text(row[i]) for row in rows] for i in range(len(columns))]
    return RowBatch(text_table(columns, values), np.array(numbers, np.int64), done)


def cell_text(value: Any) -> str | None:
    """A value as the text a CSV file would have; whole numbers without a point, times in ISO form.

    >>> cell_text(17850.0), cell_text(datetime(2026, 11, 22, 10)), cell_text("NULL")
    ('17850', '2026-11-22 10:00:00', None)
    """
    match value:
        case None | "" | "NULL" | "\\N" | "NaN":
            text = None
        case bool():
            text = "true" if value else "false"
        case float() if not isfinite(value):
            text = None
        case float():
            text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case Decimal():
            text = f"{value:f}" if value.is_finite() else None
        case datetime():
            text = value.isoformat(" ")
        case date() | time():
            text = value.isoformat()
        case bytes() | bytearray() | memoryview():
            text = _bytes_text(bytes(value))
        case timedelta():
            text = str(value.total_seconds())
        case _:
            text = str(value)
    return text


def _bytes_text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()
