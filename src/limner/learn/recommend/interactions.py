"""Interactions: who had to do with which item, how much that says, and when. As a matrix, a row is a history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from limner.errors import DataError

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interactions:
    """One row of each array per interaction."""

    customer: Numbers
    item: npt.NDArray[np.int32]
    """Place in ``items``."""
    weight: Floats
    time: Numbers
    """In any unit; that of the half-life."""
    items: tuple[str, ...]
    customers: Numbers
    """All that occur, ascending: the rows of ``matrix``."""
    matrix: csr_matrix
    """(customers, items), float32: see `weigh_histories`."""

    @classmethod
    def of(
        cls,
        customers: npt.ArrayLike,
        items: Sequence[str],
        weights: npt.ArrayLike | None = None,
        times: npt.ArrayLike | None = None,
        *,
        now: float | None = None,
        half_life: float | None = None,
        least: int = 1,
    ) -> Self:
        """From interactions by item name. ``least``: items of fewer customers are left out.

        DataError when there is nothing to learn from.
        """
        names, codes = np.unique(np.asarray(items, dtype=object).astype(str), return_inverse=True)
        return cls.of_codes(customers, codes, names.tolist(), weights, times, now=now, half_life=half_life, least=least)

    @classmethod
    def of_codes(
        cls,
        customers: npt.ArrayLike,
        codes: npt.ArrayLike,
        names: Sequence[str],
        weights: npt.ArrayLike | None = None,
        times: npt.ArrayLike | None = None,
        *,
        now: float | None = None,
        half_life: float | None = None,
        least: int = 1,
    ) -> Self:
        """The same by places in ``names``; a negative place is no item."""
        who, item = np.asarray(customers, np.int64), np.asarray(codes, np.int64)
        weight = np.ones(len(who)) if weights is None else np.asarray(weights, np.float64)
        time = np.zeros(len(who), np.int64) if times is None else np.asarray(times, np.int64)
        if len({len(who), len(item), len(weight), len(time)}) != 1:
            raise DataError("Customers, items, weights and times must be equally long.")
        if not np.isfinite(weight).all() or (weight < 0).any():
            raise DataError("The weight of an interaction must be a number of 0 or more.")
        kept = (item >= 0) & (weight > 0)
        who, item, weight, time = who[kept], item[kept], weight[kept], time[kept]
        if not len(who):
            raise DataError(
                "There are no interactions: nobody has had to do with any item.",
                hint="Do the events have the names and the item property that are declared?",
            )
        rows, row = np.unique(who, return_inverse=True)
        instant = float(time.max()) if now is None else now
        matrix = weigh_histories(row, item, weight, time, (len(rows), len(names)), instant, half_life)
        found = np.flatnonzero(np.bincount(matrix.indices, minlength=len(names)) >= max(least, 1))
        if not len(found):
            raise DataError(f"No item has interactions of {least} customers: there is nothing to learn from.")
        if len(found) < len(names):
            place = np.full(len(names), -1)
            place[found] = np.arange(len(found))
            item, matrix = place[item], csr_matrix(matrix[:, found])
            kept = item >= 0
            who, item, weight, time = who[kept], item[kept], weight[kept], time[kept]
        return cls(who, item.astype(np.int32), weight, time, tuple(names[one] for one in found.tolist()), rows, matrix)

    def rows(self, customers: npt.ArrayLike) -> csr_matrix:
        """The histories of these customers; an empty one for who has none."""
        wanted = np.asarray(customers, np.int64)
        place = np.minimum(np.searchsorted(self.customers, wanted), len(self.customers) - 1)
        found = csr_matrix(self.matrix[place])
        if not (known := self.customers[place] == wanted).all():
            found = csr_matrix(found.multiply(known[:, None]).tocsr(), dtype=np.float32)
            found.eliminate_zeros()
        return found


def weigh_histories(
    row: Numbers,
    item: Numbers,
    weight: Floats,
    time: Numbers,
    shape: tuple[int, int],
    now: float,
    half_life: float | None,
) -> csr_matrix:
    """Weights of each (row, item) added up, halved with every half-life of age, and damped by log(1 + x): the tenth
    look at an item says less than the first."""
    worth = weight if half_life is None else weight * np.exp2(-np.maximum(now - time, 0) / half_life)
    matrix = csr_matrix((worth, (row, item)), shape=shape, dtype=np.float32)
    matrix.sum_duplicates()
    matrix.data = np.log1p(matrix.data)
    return matrix
