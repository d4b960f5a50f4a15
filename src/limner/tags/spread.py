"""How a tag's values are spread over a few cells, so that two days, two tags, or a tag and a goal can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.model.column import NULL_NUMBER, TagColumn, ValueType

TENTHS = np.arange(1, 10) / 10
WORDS = 20
"""Texts with a cell of their own, at most; all others share one."""
SMALLEST = 10
"""Customers with a text that has a cell of its own: what is kept points at nobody."""

Codes = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Where values are cut. The last cell is null; of texts the one before is all other words."""

    edges: tuple[float, ...] = ()
    """Of numbers, ascending: a value on an edge is above it."""
    words: tuple[str, ...] | None = None
    """Of texts, those with most customers first; None = numbers."""

    @property
    def size(self) -> int:
        return (len(self.edges) if self.words is None else len(self.words)) + 2

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def of(document: Mapping[str, Any]) -> Cells:
        words = document["words"]
        return Cells(tuple(document["edges"]), None if words is None else tuple(words))


def read_values(column: TagColumn, today: int) -> Values:
    """One number per customer, NaN = null: numbers as they are, codes of texts, the sum of a list of hours or days, the
    length of any other list. ``today``: local day of as_of, for tags that count days since."""
    values: npt.NDArray[Any] = column.values
    if column.offsets is not None:
        lengths = np.diff(column.offsets).astype(np.float64)
        return np.where(lengths > 0, lengths, np.nan)
    if values.ndim == 2:
        sums = values.sum(axis=1).astype(np.float64)
        return np.where(sums > 0, sums, np.nan)
    if column.type is ValueType.FLOAT:
        return values.astype(np.float64)
    if column.type in (ValueType.TEXT, ValueType.BOOL):
        return np.where(values < 0, np.nan, values.astype(np.float64))
    null = values == NULL_NUMBER
    numbers = today - values.astype(np.float64) if column.since_last else values / 10.0**column.scale
    return np.where(null, np.nan, numbers)


def cut(column: TagColumn, values: Values) -> Cells:
    """Numbers at their tenths, texts by their most frequent words."""
    known = values[~np.isnan(values)]
    if column.type is ValueType.TEXT:
        counts = np.bincount(known.astype(np.int64), minlength=len(column.dictionary))
        often = sorted(np.flatnonzero(counts >= SMALLEST), key=lambda code: (-counts[code], column.dictionary[code]))[
            :WORDS
        ]
        return Cells(words=tuple(column.dictionary[code] for code in often))
    if not len(known):
        return Cells()
    return Cells(tuple(np.unique(np.quantile(known, TENTHS, method="inverted_cdf")).tolist()))


def encode(column: TagColumn, values: Values, cells: Cells) -> Codes:
    """The cell of every customer's value."""
    null = np.isnan(values)
    if cells.words is None:
        codes = np.searchsorted(np.array(cells.edges, np.float64), values, side="right").astype(np.int64)
    else:
        place = {word: index for index, word in enumerate(cells.words)}
        table = np.array([place.get(word, len(place)) for word in column.dictionary] or [len(place)], np.int64)
        codes = table[np.where(null, 0, values).astype(np.int64)]
    return np.where(null, cells.size - 1, codes)


def count(codes: Codes, cells: Cells) -> list[int]:
    """Customers per cell."""
    found: list[int] = np.bincount(codes, minlength=cells.size).tolist()
    return found
