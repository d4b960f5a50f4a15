"""How likely 0, 1, 2 ... purchases are of somebody who goes on buying at a rate that is gamma: a negative binomial
distribution, which both laws of purchases are made of."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from limner.learn.clv.histories import Floats

FAR = 14.0
"""Logarithm of how much less likely purchases must be before they are out of the question."""


def log_chances(shape: Floats, rate: Floats, periods: Floats | float, most: int) -> Floats:
    """(..., most + 1): logarithms. The rate of buying is gamma(shape, rate)."""
    n = np.arange(most + 1)
    share = np.asarray(periods / (rate + periods), np.float64)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        powers = np.where(n > 0, n * np.log(share), 0.0)
    ways = gammaln(shape[..., None] + n) - gammaln(shape)[..., None] - gammaln(n + 1)
    return np.asarray(ways + shape[..., None] * np.log1p(-share) + powers)


def count_most(shape: Floats, rate: Floats, periods: float) -> Floats:
    """More than so many purchases are out of the question: six deviations above the mean, and the tail beyond."""
    mean = shape * periods / rate
    tail = FAR / np.log1p(rate / periods)
    return np.asarray(np.ceil(mean + 6 * np.sqrt(mean * (1 + periods / rate)) + tail))
