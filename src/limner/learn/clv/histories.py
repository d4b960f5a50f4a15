"""What value models learn from: a purchase history per customer in three numbers, checked, and alike ones counted.

Likelihoods depend on a customer through these numbers only, and many customers share them: a fit looks at each
different history once, with the number of customers that have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.errors import DataError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Histories:
    """One row per customer, or per different history with its count."""

    frequency: Floats
    """Repeat purchases: those after the first."""
    recency: Floats
    """From the first purchase to the last; 0 where there is no repeat."""
    age: Floats
    """From the first purchase to the end of observation, in the same unit."""
    counts: Floats
    """Customers with this history."""

    def unit(self) -> float:
        """The mean age: what times are measured against where a fit begins."""
        return float(np.average(self.age, weights=self.counts)) or 1.0


def read_histories(frequency: object, recency: object, age: object) -> Histories:
    """Three columns of equal length. DataError says which rows cannot be."""
    columns = [
        as_floats(values, name) for values, name in ((frequency, "frequency"), (recency, "recency"), (age, "age"))
    ]
    if len({len(column) for column in columns}) != 1:
        lengths = ", ".join(str(len(column)) for column in columns)
        raise DataError(f"frequency, recency and age must be equally long; they have {lengths} rows.")
    x, last, whole = columns
    refuse(x < 0, "frequency", "is negative", x)
    refuse(x != np.floor(x), "frequency", "is no whole number", x)
    refuse(last < 0, "recency", "is negative", last)
    refuse(last > whole, "recency", "is larger than age", last)
    refuse((x == 0) & (last > 0), "recency", "must be 0 where frequency is 0", last)
    return Histories(x, last, whole, np.ones(len(x)))


def as_floats(values: object, name: str) -> Floats:
    """One column as doubles. DataError where a value is no finite number."""
    try:
        column = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise DataError(f"{name} must be numbers.") from None
    if column.ndim != 1:
        raise DataError(f"{name} must be one column; it has {column.ndim} dimensions.")
    refuse(~np.isfinite(column), name, "is no finite number", column)
    return column


def refuse(wrong: npt.NDArray[np.bool_], name: str, what: str, values: Floats) -> None:
    """DataError naming the first of the rows that are wrong."""
    if wrong.any():
        first = int(np.argmax(wrong))
        raise DataError(f"{name} {what} in {int(wrong.sum())} rows, first in row {first}: {values[first]:g}.")


def read_to_fit(frequency: object, recency: object, age: object) -> Histories:
    """The same to learn from: each different one once. DataError when nothing can be learnt from them."""
    histories = read_histories(frequency, recency, age)
    if not histories.frequency.any():
        raise DataError("frequency is 0 in all rows: nobody has bought again, and there is nothing to fit.")
    return count_alike(histories)


def count_alike(histories: Histories) -> Histories:
    """Each different history once, with how many have it."""
    places: Any = np.zeros(len(histories.frequency), np.int64)
    for column in (histories.frequency, histories.recency, histories.age):
        encoded = pc.dictionary_encode(pa.array(column))
        places = places * len(encoded.dictionary) + encoded.indices.to_numpy()
    _, first, counts = np.unique(places, return_index=True, return_counts=True)
    return Histories(
        histories.frequency[first], histories.recency[first], histories.age[first], counts.astype(np.float64)
    )
