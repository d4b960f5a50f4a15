"""Computed tags as arrays: one typed array per tag, aligned with the customers it was folded for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from limner.model.timeline import NULL_CODE, NULL_NUMBER

__all__ = ["NULL_CODE", "NULL_NUMBER", "Folded", "TagColumn", "ValueType"]


class ValueType(StrEnum):
    INTEGER = "integer"  # int64, NULL_NUMBER = null
    DECIMAL = "decimal"  # int64 times 10**scale, NULL_NUMBER = null
    FLOAT = "float"  # float64, NaN = null
    TEXT = "text"  # int32 code into dictionary, NULL_CODE = null
    BOOL = "bool"  # int8 0, 1, -1 = null
    TIME = "time"  # int64 µs UTC, NULL_NUMBER = null
    TEXTS = "texts"  # list of codes: offsets + int32 values; an empty list is null
    NUMBERS = "numbers"  # list of decimals: offsets + int64 values; an empty list is null
    COUNTS = "counts"  # int32 matrix (customers x 24 hours or 7 weekdays, Monday first); all zero is null


@dataclass(frozen=True, slots=True)
class TagColumn:
    """One tag's values for some customers."""

    type: ValueType
    values: npt.NDArray[np.generic]
    scale: int = 0
    dictionary: tuple[str, ...] = ()
    offsets: npt.NDArray[np.int64] | None = None
    confidence: npt.NDArray[np.float32] | None = None
    """0..1 per customer where the measure knows it (top: share of the weight; trait: reliability); None = certain."""
    since_last: bool = False
    """True: values are the day number of the last match (INTEGER); what is read is as_of's local day minus it.
    Stored so, midnight changes nobody."""

    def take(self, rows: npt.NDArray[np.int64]) -> TagColumn:
        """The values of these places, in this order."""
        confidence = None if self.confidence is None else self.confidence[rows]
        if self.offsets is None:
            return replace(self, values=self.values[rows], confidence=confidence)
        begins = self.offsets[rows]
        lengths = self.offsets[rows + 1] - begins  # a column has many rows, whoever takes some need not look at all
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        places = np.arange(offsets[-1]) + np.repeat(begins - offsets[:-1], lengths)
        return replace(self, values=self.values[places], offsets=offsets, confidence=confidence)


@dataclass(frozen=True, slots=True)
class Folded:
    """The outcome of a fold: columns aligned with ``customers``."""

    customers: npt.NDArray[np.int32]
    columns: Mapping[str, TagColumn]
    as_of: int
    """Microseconds UTC."""
    events: int
    """Rows folded."""

    def take(self, rows: npt.NDArray[np.int64]) -> Folded:
        """The customers of these places, in this order; ``events`` stays."""
        return replace(
            self,
            customers=self.customers[rows],
            columns={name: column.take(rows) for name, column in self.columns.items()},
        )
