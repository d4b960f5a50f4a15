"""Customer lifetime value: purchases to expect, period by period, discounted, times what one is worth."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from limner.errors import DataError
from limner.learn.clv.gamma_gamma import GammaGamma
from limner.learn.clv.histories import Floats


class Purchases(Protocol):
    """`BetaGeo` or `ParetoNBD`, fitted."""

    def expected(
        self, periods: float, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
    ) -> Floats: ...


def lifetime_value(
    purchases: Purchases,
    values: GammaGamma,
    frequency: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    value: npt.ArrayLike,
    *,
    periods: int = 52,
    discount: float = 0.0,
    steps: int = 12,
) -> Floats:
    """What each customer will spend in the next ``periods``, in today's money.

    ``value``: their mean so far (ignored without a repeat purchase). ``discount``: the rate per period, paid at the end
    of each of ``steps`` equal parts of the whole.
    """
    if periods <= 0 or steps <= 0:
        raise DataError("periods and steps must be at least 1.")
    if discount <= -1:
        raise DataError("discount must be above -1.")
    x = np.asarray(frequency, np.float64)
    worth = values.expected(x, np.where(x > 0, np.nan_to_num(np.asarray(value, np.float64)), 0.0))
    ends = np.linspace(0, periods, steps + 1)[1:]
    total, before = np.zeros(len(x)), np.zeros(len(x))
    for end in ends.tolist():
        until = purchases.expected(end, frequency, recency, age)
        total += (until - before) / (1 + discount) ** end
        before = until
    return total * worth
