"""Files of rows, whatever their format: named columns, and batches of rows with their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.ports.rejects import Reject

NULL_WORDS = ("", "NULL", "\\N", "NaN")
"""What text formats write for no value."""
BATCH_ROWS = 245_760
"""Two of the log's row groups: whole ones are written once, and chunks this small are read while others are stored."""
LINE = "line"
"""The one column of a file whose rows are JSON objects."""


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Consecutive rows."""

    table: pa.Table
    numbers: npt.NDArray[np.int64]
    """Line or row of the file, 1-based, of each row of ``table``."""
    position: int = 0
    """How far into `RowFile.size` it reaches."""
    rejects: list[Reject] = field(default_factory=list)
    """Rows that could not be read at all."""
    texts: pa.Array | None = None
    """Each row as it was; None = to be written from ``table``."""


@dataclass(frozen=True, slots=True)
class RowFile:
    """An opened file of rows. ``batches`` may raise DataError where the file is damaged."""

    name: str
    columns: tuple[str, ...]
    """Unique, upper and lower case not told apart; for JSON objects the keys of the first rows."""
    batches: Iterator[RowBatch]
    size: int = 0
    """Bytes or rows; 0 = unknown."""
    serials: bool = False
    """Bare numbers in a time column are Excel's days."""


def unique_names(heads: Sequence[str | None]) -> tuple[str, ...]:
    """Column names from a header: blank ones are numbered, and so is a name that was there before.

    >>> unique_names(["id", " ID ", "", None])
    ('id', 'ID_2', 'column_3', 'column_4')
    """
    names: list[str] = []
    seen: set[str] = set()
    for position, head in enumerate(heads, 1):
        base = (head or "").strip() or f"column_{position}"
        name, count = base, 1
        while name.casefold() in seen:
            count += 1
            name = f"{base}_{count}"
        seen.add(name.casefold())
        names.append(name)
    return tuple(names)


def text_table(columns: Sequence[str], values: Sequence[Sequence[str | None]]) -> pa.Table:
    """A table of texts from a list per column."""
    arrays = [pa.array(column, pa.string()) for column in values]
    return pa.Table.from_arrays(arrays, names=list(columns))
