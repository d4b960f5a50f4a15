"""Pareto/NBD: customers buy at a rate of their own, for a lifetime of their own that nobody sees the end of.

Schmittlein, Morrison and Colombo (1987); formulas as in Fader and Hardie (2005), A Note on Deriving the Pareto/NBD
Model (brucehardie.com/notes/009). Rates are gamma(r, alpha) over customers, the rate of stopping is gamma(s, beta).

The likelihood is usually written with two hypergeometric functions whose difference loses all digits for customers who
bought often. Here the integral they stand for, over the time at which somebody stopped, is taken as it is: on a
logarithmic scale its integrand is flat, and a Gauss-Legendre rule of 32 points has 12 digits.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, expit, gammaln

from limner.learn.clv.counting import Purchases, log_chances
from limner.learn.clv.histories import Floats, Histories, read_histories, read_to_fit

STARTS = np.array([[0.5, 0.3, 0.6, 0.3], [1.0, 0.1, 1.0, 0.5]])
"""alpha and beta in multiples of the mean age."""
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(32)
STEEP = 50.0
"""Of the integrand's logarithm; what has fallen by more adds nothing to sixteen digits."""
HALVINGS = 12


class ParetoNBD(Purchases):
    """Parameters r, alpha, s, beta; alpha and beta have the unit of the times it was fitted on."""

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    def fit(self, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Self:
        """Fit to one row per customer, as `BetaGeo.fit`."""
        alike = read_to_fit(frequency, recency, age)

        def likelihood(params: Floats) -> tuple[float, Floats]:
            return weigh(params, alike)

        unit = alike.unit()
        return self.fit_to(likelihood, float(alike.counts.sum()), STARTS * [1, unit, 1, unit])

    def alive(self, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Floats:
        """The probability that each customer's lifetime has not ended."""
        r, alpha, s, beta = self.values
        one = read_histories(frequency, recency, age)
        lives, stopped = compare(r, alpha, s, beta, one)
        return np.asarray(expit(lives - stopped.total))

    def expected(self, periods: float, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Floats:
        """Purchases to expect of each customer in the next ``periods`` (41)."""
        r, alpha, s, beta = self.values
        one = read_histories(frequency, recency, age)
        rate = (r + one.frequency) / (alpha + one.age)
        time = (beta + one.age) * shrink(s, np.log1p(periods / (beta + one.age)))
        return rate * time * self.alive(one.frequency, one.recency, one.age)

    def counts(
        self, periods: float, most: int, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
    ) -> Floats:
        """(customers, most + 1): how likely 0, 1, 2 ... purchases are of each in the next ``periods``.

        Who is still there buys at a gamma(r + x, alpha + T) rate until the end, or until it stops after a time y with
        ((beta + T) / (beta + T + y))^s; over that time, on a logarithmic scale, the mean is taken.
        """
        r, alpha, s, beta = self.values
        one = read_histories(frequency, recency, age)
        shape, rate = r + one.frequency, alpha + one.age
        reach = np.log1p(periods / (beta + one.age))
        chances = np.exp(log_chances(shape, rate, periods, most) - s * reach[:, None])
        for point, weight in zip(POINTS, WEIGHTS, strict=True):
            u = reach / 2 * (1 + point)
            stopped = s * np.exp(-s * u) * reach / 2 * weight
            chances += stopped[:, None] * np.exp(log_chances(shape, rate, (beta + one.age) * np.expm1(u), most))
        return self.or_nothing(chances, one)

    def expected_new(self, periods: npt.ArrayLike) -> Floats:
        """Repeat purchases to expect of a new customer until so long after the first purchase (27)."""
        r, alpha, s, beta = self.values
        return r / alpha * beta * shrink(s, np.log1p(np.asarray(periods, np.float64) / beta))


def shrink(s: float, logs: Floats) -> Floats:
    """(1 − exp(−(s−1)·logs)) / (s−1), also where s is 1."""
    return np.asarray(logs if abs(s - 1) < 1e-9 else -np.expm1(-(s - 1) * logs) / (s - 1))


class Stopped(NamedTuple):
    """What is left of having stopped before the end, by when: the integral, and means under its integrand."""

    total: Floats
    """Its logarithm, with the factor s."""
    log_alpha: Floats
    """Mean of log(alpha + y)."""
    log_beta: Floats
    per_alpha: Floats
    """Mean of 1 / (alpha + y)."""
    per_beta: Floats


def compare(r: float, alpha: float, s: float, beta: float, one: Histories) -> tuple[Floats, Stopped]:
    """Logarithms of the two ways to have come to this history: still there at the end, or stopped after the last
    purchase; without the factors both have."""
    x = one.frequency
    lives = -(r + x) * np.log(alpha + one.age) - s * np.log(beta + one.age)
    # u = log((m + y) / (m + last)) with m the smaller of alpha and beta: there the integrand is steepest.
    least = min(alpha, beta)
    reach = find_reach(r + x, alpha, s, beta, one)
    u = reach[:, None] / 2 * (1 + POINTS)
    y = (least + one.recency)[:, None] * np.exp(u) - least
    from_alpha, from_beta = np.log(alpha + y), np.log(beta + y)
    heights = -(r + x)[:, None] * from_alpha - (s + 1) * from_beta + np.log(least + y)
    peak = heights.max(axis=1, keepdims=True)
    parts = np.exp(heights - peak) * WEIGHTS
    mass = parts.sum(axis=1)
    with np.errstate(divide="ignore"):  # who bought on the last day has had no time to stop
        total = np.log(s) + peak[:, 0] + np.log(mass * reach / 2)
    return lives, Stopped(
        total,
        (parts * from_alpha).sum(axis=1) / mass,
        (parts * from_beta).sum(axis=1) / mass,
        (parts / (alpha + y)).sum(axis=1) / mass,
        (parts / (beta + y)).sum(axis=1) / mass,
    )


def find_reach(counts: Floats, alpha: float, s: float, beta: float, one: Histories) -> Floats:
    """How far in u the integrand counts: to the end, or to where it has fallen by STEEP. By halving: it falls slowly
    while y is below the larger of alpha and beta, and quickly beyond."""
    start = min(alpha, beta) + one.recency
    low = np.zeros(len(counts))
    high = np.log((min(alpha, beta) + one.age) / start)
    end = high
    for _ in range(HALVINGS):
        u = (low + high) / 2
        more = start * np.expm1(u)
        fall = counts * np.log1p(more / (alpha + one.recency)) + (s + 1) * np.log1p(more / (beta + one.recency)) - u
        low, high = np.where(fall < STEEP, u, low), np.where(fall < STEEP, high, u)
    return np.minimum(high, end)


def weigh(params: Floats, histories: Histories) -> tuple[float, Floats]:
    """The log-likelihood (18) and its gradient."""
    r, alpha, s, beta = (float(value) for value in params)
    x, counts = histories.frequency, histories.counts
    lives, stopped = compare(r, alpha, s, beta, histories)
    share: Floats = expit(stopped.total - lives)
    total = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.logaddexp(lives, stopped.total)
    whole_alpha, whole_beta = alpha + histories.age, beta + histories.age

    def mean(living: Floats, gone: Floats) -> Floats:
        return (1 - share) * living + share * gone

    gradient = [
        digamma(r + x) - digamma(r) + np.log(alpha) - mean(np.log(whole_alpha), stopped.log_alpha),
        r / alpha - (r + x) * mean(1 / whole_alpha, stopped.per_alpha),
        np.log(beta) - mean(np.log(whole_beta), stopped.log_beta - 1 / s),
        s / beta - mean(s / whole_beta, (s + 1) * stopped.per_beta),
    ]
    return float(counts @ total), np.array([float(counts @ part) for part in gradient])
