"""BG/NBD: customers buy at a rate of their own and may stop after any purchase.

Fader, Hardie and Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2). Numbers in parentheses
are its equations. Rates are gamma(r, alpha) over customers, the chance to stop after a purchase is beta(a, b).
"""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, digamma, expit, gammaln, hyp2f1

from limner.learn.clv.counting import Purchases, log_chances
from limner.learn.clv.histories import Floats, Histories, read_histories, read_to_fit

STARTS = np.array([[0.5, 0.2, 0.8, 2.0], [1.0, 0.1, 1.0, 1.0]])
"""alpha in multiples of the mean age."""
NEAR_ONE = 1e-6
"""How near to 1 the parameter a may come: the formulas have a removable gap there."""


class BetaGeo(Purchases):
    """Parameters r, alpha, a, b; alpha has the unit of the times it was fitted on."""

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")

    def fit(self, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Self:
        """Fit to one row per customer: repeat purchases, time from the first to the last, time since the first.

        DataError when rows cannot be, or do not determine the parameters.
        """
        alike = read_to_fit(frequency, recency, age)
        levels, codes = np.unique(alike.frequency, return_inverse=True)

        def likelihood(params: Floats) -> tuple[float, Floats]:
            return weigh(params, alike, levels, codes)

        return self.fit_to(likelihood, float(alike.counts.sum()), STARTS * [1, alike.unit(), 1, 1])

    def alive(self, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Floats:
        """The probability that each customer has not stopped. (1 for one without a repeat purchase: by this model
        nobody stops before one.)"""
        r, alpha, a, b = self.values
        one = read_histories(frequency, recency, age)
        x = np.maximum(one.frequency, 1)
        odds = np.log(a) - np.log(b + x - 1) + (r + x) * (np.log(alpha + one.age) - np.log(alpha + one.recency))
        return np.where(one.frequency > 0, expit(-odds), 1.0)

    def expected(self, periods: float, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Floats:
        """Purchases to expect of each customer in the next ``periods`` (10)."""
        r, alpha, a, b = self.values
        one = read_histories(frequency, recency, age)
        x, a = one.frequency, shun_one(a)
        z = periods / (alpha + one.age + periods)
        # Euler's transformation of (10): without it the terms overflow where somebody has bought very often.
        series: Floats = np.exp((a - 1) * np.log1p(-z)) * hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, z)
        return (a + b + x - 1) / (a - 1) * (1 - series) * self.alive(x, one.recency, one.age)

    def counts(
        self, periods: float, most: int, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
    ) -> Floats:
        """(customers, most + 1): how likely 0, 1, 2 ... purchases are of each in the next ``periods``.

        Who is still there buys n times by staying after each, or by stopping at the nth of as many or more; given the
        history its rate is gamma(r + x, alpha + T), its chance to stop beta(a, b + x), independent of each other.
        """
        r, alpha, a, b = self.values
        one = read_histories(frequency, recency, age)
        stay = b + one.frequency[:, None]
        n = np.arange(most + 1)
        bought = np.exp(log_chances(r + one.frequency, alpha + one.age, periods, most))
        or_more = np.clip(1 - np.cumsum(bought, axis=1) + bought, 0, 1)
        after_all = np.exp(betaln(a, stay + n) - betaln(a, stay))
        at_last = np.exp(betaln(a + 1, stay + np.maximum(n, 1) - 1) - betaln(a, stay))
        return self.or_nothing(bought * after_all + np.where(n > 0, or_more * at_last, 0.0), one)

    def expected_new(self, periods: npt.ArrayLike) -> Floats:
        """Repeat purchases to expect of a new customer until so long after the first purchase (9)."""
        r, alpha, a, b = self.values
        a, t = shun_one(a), np.asarray(periods, np.float64)
        z = t / (alpha + t)
        series = np.exp((a - 1) * np.log1p(-z)) * hyp2f1(a + b - 1 - r, a - 1, a + b - 1, z)
        return np.asarray((a + b - 1) / (a - 1) * (1 - series))


def shun_one(a: float) -> float:
    return a if abs(a - 1) > NEAR_ONE else 1 + NEAR_ONE


def weigh(params: Floats, histories: Histories, levels: Floats, codes: npt.NDArray[np.intp]) -> tuple[float, Floats]:
    """The log-likelihood (6) and its gradient. ``levels``, ``codes``: the different frequencies, and whose is which."""
    r, alpha, a, b = params
    x, counts = histories.frequency, histories.counts
    bought, steady = levels > 0, np.maximum(levels, 1)
    by_level = gammaln(r + levels) - gammaln(r) + r * np.log(alpha)
    by_level += gammaln(a + b) + gammaln(b + levels) - gammaln(b) - gammaln(a + b + levels)
    whole, last = alpha + histories.age, alpha + histories.recency
    lives = -(r + x) * np.log(whole)
    stopped = np.where(bought, np.log(a) - np.log(b + steady - 1), -np.inf)[codes] - (r + x) * np.log(last)
    share = expit(stopped - lives)  # of the likelihood that comes from having stopped
    total = by_level[codes] + np.logaddexp(lives, stopped)

    per_level = np.bincount(codes, counts, len(levels))
    gone = np.bincount(codes, counts * share, len(levels))
    spread = counts * (1 - share) @ np.log(whole) + counts * share @ np.log(last)
    late = (counts * (r + x)) @ ((1 - share) / whole + share / last)
    both = digamma(a + b) - digamma(a + b + levels)
    return float(counts @ total), np.array(
        [
            per_level @ (digamma(r + levels) - digamma(r) + np.log(alpha)) - spread,
            counts.sum() * r / alpha - late,
            per_level @ both + gone.sum() / a,
            per_level @ (both + digamma(b + levels) - digamma(b)) - gone @ np.where(bought, 1 / (b + steady - 1), 0),
        ]
    )
