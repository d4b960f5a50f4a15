"""Whether what was said of likings shows in what customers choose later."""

from __future__ import annotations

from typing import Any

import numpy as np

from limner.learn.contract import Dates
from limner.learn.dates import shift_days
from limner.learn.declaration import Declaration
from limner.learn.preference.signals import Floats, Places
from limner.learn.taste import NONE


def look_ahead(declaration: Declaration, first: int, last: int, zone: str) -> Dates:
    """Nothing is learned from outcomes; tested on the last horizon."""
    test = shift_days(last, -declaration.horizon.length, zone)
    return Dates((), test if test > first else None)


def pick(values: Any, customers: Any, whose: Any, nothing: float = NONE) -> Any:
    """The values of ascending customers, for each row its owner's; of others ``nothing``."""
    if not len(customers):
        return np.full(len(whose), nothing)
    places = np.minimum(np.searchsorted(customers, whose), len(customers) - 1)
    return np.where(customers[places] == whose, values[places], nothing)


def measure_later(customers: Places, liked: Floats, whole: Floats, usual: Floats) -> float:
    """How much more of what they were said to like customers choose later than everybody did: the mean of their shares
    over the mean of the population's. A row per later signal: whose, how much of it is liked, its weight, and the
    population's share of what this customer was said to like (NaN: nothing was said). NaN when nothing was chosen."""
    kept = ~np.isnan(usual)
    if not kept.any():
        return float("nan")
    _, first, whose = np.unique(customers[kept], return_index=True, return_inverse=True)
    share = np.bincount(whose, liked[kept]) / np.bincount(whose, whole[kept])
    return float(share.mean() / max(usual[kept][first].mean(), 1e-12))
