"""What one customer will do and spend: not what is to be expected, but between which ends it will lie.

Purchases are random, and so is what each costs, even where all parameters are known. Purchases in a horizon have
probabilities p(n) (`counts` of `BetaGeo` and `ParetoNBD`). By gamma-gamma n purchases cost gamma(p n, nu), and nu of a
customer with x repeat purchases of mean value z is gamma(p x + q, v + x z): together they cost s with
s / (s + v + x z) beta(p n, p x + q). The mixture over n is inverted on a grid. Nothing is drawn by lot: equal histories
have equal intervals. How sure the parameters are is left out (`Fitted.interval` tells): from some hundred customers on
it is little beside.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, expit

from limner.errors import DataError
from limner.learn.clv.counting import Purchases
from limner.learn.clv.gamma_gamma import GammaGamma
from limner.learn.clv.histories import Floats, read_histories

AT_ONCE = 4_000
"""Customers of one frequency that are worked out together."""
GRID = np.linspace(-12, 12, 801)
"""Logarithms of s / (v + x z). Between two points probabilities are a straight line, right to a thousandth."""
TINY = 1e-12
Rows = npt.NDArray[np.int64]


def spending_interval(
    purchases: Purchases,
    values: GammaGamma | None,
    frequency: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    value: npt.ArrayLike,
    *,
    periods: float,
    level: float = 0.9,
) -> tuple[Floats, Floats]:
    """Between which ends each customer's spending in the next ``periods`` lies, with a probability of ``level``.

    Where spending nothing is likelier than half of what is left out, the low end is 0 and all that is left out lies
    above the high one; where it is likelier than ``level``, both are 0. ``value``: mean of the repeat purchases,
    ignored without one or where it is not positive. ``values``: None = every purchase costs ``value``.
    """
    if not 0 < level < 1:
        raise DataError("level is between 0 and 1.")
    one, worth = read_histories(frequency, recency, age), np.asarray(value, np.float64)
    low, high = np.zeros(len(worth)), np.zeros(len(worth))
    most = purchases.most(periods, one.frequency, one.age)
    known = np.where(worth > 0, one.frequency, 0.0)
    order = np.lexsort((most, known))
    starts = np.flatnonzero(np.diff(known[order], prepend=-1))
    for rows in (group for whole in np.split(order, starts[1:]) for group in cut(whole)):
        part = one.frequency[rows], one.recency[rows], one.age[rows]
        chances = purchases.counts(periods, int(most[rows].max()), *part)
        low[rows], high[rows] = Spent(chances, values, float(known[rows[0]]), worth[rows]).between(level)
    return low, high


def cut(rows: Rows) -> list[Rows]:
    return [rows[begin : begin + AT_ONCE] for begin in range(0, len(rows), AT_ONCE)]


class Spent:
    """The distribution of what each of some customers who bought equally often will spend."""

    def __init__(self, chances: Floats, values: GammaGamma | None, frequency: float, value: Floats) -> None:
        """``chances``: a row per customer, of 0, 1, 2 ... purchases."""
        self.chances = chances
        if values is None:
            self.amounts, self.scale = np.arange(chances.shape[1]), value
            self.below = np.cumsum(chances, axis=1)
        else:
            p, q, v = values.values
            costs = betainc(p * np.arange(1, chances.shape[1])[:, None], p * frequency + q, expit(GRID))
            self.amounts, self.scale = np.exp(GRID), v + frequency * value if frequency else np.full(len(value), v)
            self.below = chances[:, :1] + chances[:, 1:] @ costs
        self.stepwise = values is None

    def between(self, level: float) -> tuple[Floats, Floats]:
        none, tail = self.chances[:, 0], (1 - level) / 2
        two_sided = none < tail
        low = self.quantile(np.where(two_sided, tail, 0.0))
        return low, self.quantile(np.where(two_sided, 1 - tail, level))

    def quantile(self, share: Floats) -> Floats:
        """The least amount that each spends no more than with such a probability."""
        rows = np.arange(len(share))
        last = self.below.shape[1] - 1
        place = np.minimum(np.sum(self.below < share[:, None] - TINY, axis=1), last)
        amount = self.amounts[place].astype(np.float64)
        if not self.stepwise:
            before = np.maximum(place - 1, 0)
            low, high = self.below[rows, before], self.below[rows, place]
            part = np.divide(share - low, high - low, out=np.ones(len(rows)), where=high > low)
            amount = self.amounts[before] * (self.amounts[place] / self.amounts[before]) ** np.clip(part, 0, 1)
        return np.where(share > self.chances[:, 0] + TINY, amount * self.scale, 0.0)
