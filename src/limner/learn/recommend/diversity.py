"""Diversity: a list whose items go with the customer and are not all alike.

Maximal marginal relevance (Carbonell and Goldstein, 1998): the next item is the one with the highest
``balance * score - (1 - balance) * likeness``, likeness being that to the most alike of those chosen already.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from limner.errors import DataError

Floats = npt.NDArray[np.float64]


def diversify(scores: npt.ArrayLike, likeness: npt.ArrayLike, n: int, balance: float) -> list[int]:
    """Places of up to n items in the order of choice. ``scores`` are taken relative to their highest, ``likeness``
    (items, items) is 0..1; ``balance`` 1 = by score alone. Of equal ones the first."""
    if not 0 <= balance <= 1:
        raise DataError(f"The balance of scores and diversity is 0 to 1, not {balance:g}.")
    relevance, alike = np.asarray(scores, np.float64), np.asarray(likeness, np.float64)
    top = relevance.max(initial=0)
    worth = balance * (relevance / top if top > 0 else relevance)
    nearest, left = np.zeros(len(worth)), np.ones(len(worth), np.bool_)
    chosen: list[int] = []
    while left.any() and len(chosen) < n:
        gain = np.where(left, worth - (1 - balance) * nearest, -np.inf)
        one = int(np.argmax(gain))
        chosen.append(one)
        left[one] = False
        nearest = np.maximum(nearest, alike[one])
    return chosen


def likeness_of(attributes: Sequence[Sequence[object]]) -> Floats:
    """(items, items): of the attributes (one row an item) the share that is equal; a missing one equals no other."""
    if not attributes or not attributes[0]:
        return np.zeros((len(attributes), len(attributes)))
    total = np.zeros((len(attributes), len(attributes)))
    for column in zip(*attributes, strict=True):
        codes: dict[object, int] = {}
        values = np.array(
            [-1 - i if one is None else codes.setdefault(one, len(codes)) for i, one in enumerate(column)]
        )
        total += values[:, None] == values[None, :]
    return total / len(attributes[0])
