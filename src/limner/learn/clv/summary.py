"""From purchases to the histories value models learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from limner.errors import DataError
from limner.learn.clv.histories import Floats, as_floats


@dataclass(frozen=True, slots=True)
class Summary:
    """One row per customer, ascending by number."""

    customers: npt.NDArray[np.int64]
    frequency: Floats
    """Days with a purchase after the first such day."""
    recency: Floats
    """Periods from the first day with a purchase to the last."""
    age: Floats
    """Periods from the first day with a purchase to the end."""
    value: Floats
    """Mean spent per repeat day; NaN where there is none."""


def summarise(
    customers: npt.ArrayLike, days: npt.ArrayLike, amounts: npt.ArrayLike | None = None, *, end: int, period: float = 7
) -> Summary:
    """Purchases (customer numbers, whole days, and what they cost) up to and including day ``end``.

    All purchases of a day are one: that is how the published fits count. ``period``: days in the unit of time.
    """
    who, day = np.asarray(customers, np.int64), np.asarray(days, np.int64)
    spent = np.zeros(len(who)) if amounts is None else as_floats(amounts, "amounts")
    if not len(who) == len(day) == len(spent):
        raise DataError(
            f"customers, days and amounts must be equally long; they have {len(who)}, {len(day)}, {len(spent)} rows."
        )
    kept = day <= end
    who, day, spent = who[kept], day[kept], spent[kept]
    order = np.lexsort((day, who))
    who, day, spent = who[order], day[order], spent[order]
    begins = np.flatnonzero(np.diff(who, prepend=-1) | np.diff(day, prepend=-1)) if len(who) else np.zeros(0, np.int64)
    who, day = who[begins], day[begins]
    spent = np.add.reduceat(spent, begins) if len(begins) else spent
    first = np.flatnonzero(np.diff(who, prepend=who[0] - 1)) if len(who) else np.zeros(0, np.int64)
    last = np.append(first[1:], len(who)) - 1 if len(first) else first
    frequency = (last - first).astype(np.float64)
    whole = np.add.reduceat(spent, first) if len(first) else spent
    repeat = np.where(frequency > 0, (whole - spent[first]) / np.maximum(frequency, 1), np.nan)
    return Summary(who[first], frequency, (day[last] - day[first]) / period, (end - day[first]) / period, repeat)
