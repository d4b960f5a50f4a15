"""How likely 0, 1, 2 ... purchases are of somebody who goes on buying at a rate that is gamma: a negative binomial
distribution, which both laws of purchases are made of."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from limner.learn.clv.fitted import Fitted
from limner.learn.clv.histories import Floats, Histories

FAR = 14.0
"""Logarithm of how much less likely purchases must be before they are out of the question."""


class Purchases(Fitted, ABC):
    """A law of purchases: its first parameters are r and alpha, of the rates of buying."""

    @abstractmethod
    def alive(self, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Floats:
        """The probability that each customer has not stopped."""

    @abstractmethod
    def counts(
        self, periods: float, most: int, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
    ) -> Floats:
        """(customers, most + 1): how likely 0, 1, 2 ... purchases are of each in the next ``periods``."""

    def most(self, periods: float, frequency: npt.ArrayLike, age: npt.ArrayLike) -> Floats:
        """More purchases than these of each are out of the question: six deviations above the mean, and the tail
        beyond."""
        r, alpha = self.values[:2]
        shape, rate = r + np.asarray(frequency, np.float64), alpha + np.asarray(age, np.float64)
        mean = shape * periods / rate
        tail = FAR / np.log1p(rate / periods)
        return np.asarray(np.ceil(mean + 6 * np.sqrt(mean * (1 + periods / rate)) + tail))

    def or_nothing(self, chances: Floats, one: Histories) -> Floats:
        """Of who has not stopped so many purchases are so likely; of the others, none is certain."""
        alive = self.alive(one.frequency, one.recency, one.age)[:, None]
        return np.asarray(alive * chances + (1 - alive) * (np.arange(chances.shape[1]) == 0))


def log_chances(shape: Floats, rate: Floats, periods: Floats | float, most: int) -> Floats:
    """(..., most + 1): logarithms. The rate of buying is gamma(shape, rate)."""
    n = np.arange(most + 1)
    share = np.asarray(periods / (rate + periods), np.float64)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        powers = np.where(n > 0, n * np.log(share), 0.0)
    ways = gammaln(shape[..., None] + n) - gammaln(shape)[..., None] - gammaln(n + 1)
    return np.asarray(ways + shape[..., None] * np.log1p(-share) + powers)
