"""The Qini curve: how much is gained by treating those first of whom most uplift is expected.

Radcliffe (2007), Using control groups to target on predicted lift. With the share p treated, the curve is
``q(p) = (Y_t(p) - Y_c(p) * N_t(p) / N_c(p)) / N_t``: outcomes won per customer of the treated arm. The coefficient is
the area between the curve and the straight line to q(1), which is what treating the same share by lot gains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.errors import DataError
from limner.learn.uplift.trial import Flags, Floats, check_arms, read_arm, read_outcome

DRAWS = 500
"""Of the bootstrap."""
LEVEL = 0.9


@dataclass(frozen=True, slots=True)
class Qini:
    coefficient: float
    """In the unit of the outcome, per customer; 0 = no better than by lot."""
    low: float
    """Ends of the interval that holds it with a probability of `level`, by bootstrap."""
    high: float
    level: float
    effect: float
    """q(1): what treating everybody gains, per customer."""
    shares: Floats
    """The curve: shares treated, from 0 to 1,"""
    gains: Floats
    """and q of each."""
    customers: int

    def as_dict(self) -> dict[str, Any]:
        """With the curve at 101 shares."""
        places = np.linspace(0, 1, 101)
        curve = np.interp(places, self.shares, self.gains)
        points = [{"share": round(float(s), 2), "gain": float(g)} for s, g in zip(places, curve, strict=True)]
        numbers = {name: getattr(self, name) for name in ("coefficient", "low", "high", "level", "effect", "customers")}
        return {**numbers, "curve": points}


def qini(
    uplift: npt.ArrayLike,
    treated: npt.ArrayLike,
    outcome: npt.ArrayLike,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = 0,
) -> Qini:
    """Of customers of a randomised trial, by the uplift that was expected of each (not by a model that knew them).

    Customers of equal uplift are treated together, so that their order does not matter. DataError on a trial that
    cannot show an effect.
    """
    expected, arm, result = np.asarray(uplift, np.float64), read_arm(treated), read_outcome(outcome)
    if not len(expected) == len(arm) == len(result):
        raise DataError("Uplift, treatment and outcome must be equally long.")
    if not np.isfinite(expected).all():
        raise DataError("The uplift of some customers is no finite number.")
    check_arms(arm, result)
    order = np.argsort(-expected, kind="stable")
    expected, arm, result = expected[order], arm[order], result[order]
    ends = np.flatnonzero(np.diff(expected, append=-np.inf))  # the last of each group of equal uplift
    shares, gains = draw_curve(arm, result, ends, np.ones(len(arm)))
    chance = np.random.default_rng(seed)
    found = [area(*draw_curve(arm, result, ends, draw_again(chance, arm))) for _ in range(draws)]
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2]) if draws else (np.nan, np.nan)
    return Qini(area(shares, gains), float(low), float(high), level, float(gains[-1]), shares, gains, len(arm))


def draw_again(chance: np.random.Generator, arm: Flags) -> Floats:
    """How often each customer comes up when as many are drawn from either arm, with replacement."""
    times = np.zeros(len(arm))
    for side in (np.flatnonzero(arm), np.flatnonzero(~arm)):
        times[side] = np.bincount(chance.integers(0, len(side), len(side)), minlength=len(side))
    return times


def draw_curve(arm: Flags, result: Floats, ends: npt.NDArray[np.intp], times: Floats) -> tuple[Floats, Floats]:
    """Shares and gains at the ends of groups of rows that stand in order of falling uplift; each counts ``times``."""
    here, there = times * arm, times * ~arm
    treated, alone = np.cumsum(here)[ends], np.cumsum(there)[ends]
    won, had = np.cumsum(here * result)[ends], np.cumsum(there * result)[ends]
    gains = won - np.divide(had * treated, alone, out=np.zeros(len(ends)), where=alone > 0)
    shares = (treated + alone) / times.sum()
    return np.concatenate([[0.0], shares]), np.concatenate([[0.0], gains / treated[-1]])


def area(shares: Floats, gains: Floats) -> float:
    """Between the curve and the straight line to its end."""
    return float(np.trapezoid(gains, shares) - gains[-1] / 2)
