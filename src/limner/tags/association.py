"""Figures that compare two spreads or two tags. Each has an obvious twin in ``tests/parity``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
FLOOR = 1e-4
"""Least share of a cell: an empty one would make the index infinite."""


def stability_index(before: Sequence[int], after: Sequence[int]) -> float | None:
    """Population stability index: the sum over cells of (a - b) ln(a / b), a and b shares. None where nobody is.

    Siddiqi, Credit Risk Scorecards (2006), ch. 6: below 0.1 stable, from 0.25 on another population.
    """
    if not sum(before) or not sum(after):
        return None
    old = np.maximum(np.array(before, float) / sum(before), FLOOR)
    new = np.maximum(np.array(after, float) / sum(after), FLOOR)
    return float(np.sum((new - old) * np.log(new / old)))


def mutual_information(x: Codes, y: Codes) -> float:
    """In bits: the sum over cells of p(x, y) log2(p(x, y) / (p(x) p(y))). Cover and Thomas, Elements of Information
    Theory (2006), 2.28."""
    if not len(x):
        return 0.0
    table = _cross(x, y) / len(x)
    expected = np.outer(table.sum(1), table.sum(0))
    there = table > 0
    return max(0.0, float(np.sum(table[there] * np.log2(table[there] / expected[there]))))


def entropy(x: Codes) -> float:
    """In bits: minus the sum of p log2 p. Cover and Thomas 2.1."""
    shares = np.bincount(x) / max(len(x), 1)
    there = shares[shares > 0]
    return max(0.0, float(-np.sum(there * np.log2(there))))


def cramers_v(x: Codes, y: Codes) -> float | None:
    """sqrt(chi² / (n (min(r, c) - 1))) over the cells that are used; None where one side has one cell only.

    Cramér, Mathematical Methods of Statistics (1946), 21.9.
    """
    table = _cross(x, y)
    table = table[table.sum(1) > 0][:, table.sum(0) > 0]
    least = int(min(table.shape)) - 1
    if least < 1:
        return None
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    chi2 = float(np.sum((table - expected) ** 2 / expected))
    return min(1.0, float(np.sqrt(chi2 / (table.sum() * least))))


def correlation(x: Values, y: Values) -> float | None:
    """Pearson's, over those who have both; None for fewer than three of them, or where one does not vary."""
    both = ~(np.isnan(x) | np.isnan(y))
    a, b = x[both], y[both]
    if len(a) < 3 or a.min() == a.max() or b.min() == b.max():
        return None
    return float(np.clip(np.corrcoef(a, b)[0, 1], -1.0, 1.0))


def equal_share(x: Values, y: Values) -> float | None:
    """Share with the same value among those who have either; None where nobody has."""
    either = ~(np.isnan(x) & np.isnan(y))
    return float(np.mean(x[either] == y[either])) if either.any() else None


def _cross(x: Codes, y: Codes) -> npt.NDArray[np.float64]:
    width = int(y.max(initial=0)) + 1
    height = int(x.max(initial=0)) + 1
    return np.bincount(x * width + y, minlength=height * width).reshape(height, width).astype(np.float64)
