"""Gamma-gamma: what a purchase is worth, given what a customer's purchases were worth so far.

Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value (brucehardie.com/notes/025). A purchase is worth
gamma(p, nu) around a customer's own mean, and nu is gamma(q, v) over customers; independent of how often they buy.
"""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln

from limner.errors import DataError
from limner.learn.clv.fitted import Fitted
from limner.learn.clv.histories import Floats, as_floats, refuse

STARTS = np.array([[2.0, 2.0, 0.5], [6.0, 4.0, 0.5]])
"""v in multiples of the mean value."""


class GammaGamma(Fitted):
    """Parameters p, q, v; v has the unit of the money."""

    names: ClassVar[tuple[str, ...]] = ("p", "q", "v")

    def fit(self, frequency: npt.ArrayLike, value: npt.ArrayLike) -> Self:
        """Fit to one row per customer: repeat purchases and their mean value. Rows without a repeat say nothing.

        DataError where a mean value is not positive: leave out who got back more than they paid.
        """
        x, mean = read_values(frequency, value)
        refuse((x > 0) & (mean <= 0), "value", "is not positive", mean)
        x, mean = x[x > 0], mean[x > 0]
        scale = float(mean.mean()) if len(x) else 1.0  # so that the starts suit any currency
        levels, per_level = np.unique(x, return_counts=True)
        units = np.array([1, 1, scale])

        def likelihood(params: Floats) -> tuple[float, Floats]:
            total, gradient = weigh(params / units, x, x * mean / scale, levels, per_level.astype(np.float64))
            return total - len(x) * np.log(scale), gradient / units

        return self.fit_to(likelihood, float(len(x)), STARTS * units, " who bought again")

    def expected(self, frequency: npt.ArrayLike, value: npt.ArrayLike) -> Floats:
        """The mean value to expect of each customer's purchases (5): between their own mean and everybody's.

        NaN where it has no finite mean: of customers without a repeat purchase when q is at most 1.
        """
        p, q, v = self.values
        x, mean = read_values(frequency, value)
        below = p * x + q - 1
        return np.where(below > 0, p * (v + x * mean) / np.where(below > 0, below, 1), np.nan)


def read_values(frequency: npt.ArrayLike, value: npt.ArrayLike) -> tuple[Floats, Floats]:
    x, mean = as_floats(frequency, "frequency"), as_floats(value, "value")
    if len(x) != len(mean):
        raise DataError(f"frequency and value must be equally long; they have {len(x)} and {len(mean)} rows.")
    refuse(x < 0, "frequency", "is negative", x)
    return x, mean


def weigh(params: Floats, x: Floats, spent: Floats, levels: Floats, per_level: Floats) -> tuple[float, Floats]:
    """The log-likelihood (1a) of mean values, with its gradient. ``spent``: frequency times mean value."""
    p, q, v = params
    shape = p * levels
    room = np.log(v + spent)
    total = per_level @ (gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(v))
    logs = np.log(spent)
    total += (p * x) @ logs - (p * x + q) @ room - np.log(spent / x).sum()
    return float(total), np.array(
        [
            (per_level * levels) @ (digamma(shape + q) - digamma(shape)) + x @ (logs - room),
            per_level @ (digamma(shape + q) - digamma(q) + np.log(v)) - room.sum(),
            per_level.sum() * q / v - (p * x + q) @ (1 / (v + spent)),
        ]
    )
