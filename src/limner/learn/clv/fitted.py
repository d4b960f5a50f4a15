"""What the fitted value models share: parameters by name, how sure they are, and intervals that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np

from limner.errors import Conflict
from limner.learn.clv.likelihood import Floats, Likelihood, curvature, maximise

DRAWS = 200
"""Draws of the parameters for an interval."""


class Fitted:
    """Parameters, and what they were fitted on. Subclasses say their names."""

    names: ClassVar[tuple[str, ...]]

    def __init__(self, **params: float) -> None:
        """With parameters: as if fitted with that outcome, without a covariance."""
        if params and set(params) != set(self.names):
            raise TypeError(f"{type(self).__name__} has the parameters {', '.join(self.names)}.")
        self.params: dict[str, float] = {name: float(params[name]) for name in self.names} if params else {}
        self.log_likelihood = float("nan")
        """Total over the customers it was fitted on, natural logarithm."""
        self.customers = 0
        self.covariance: Floats | None = None
        """(k, k), of the logarithms of the parameters in the order of ``names``."""

    def fit_to(self, likelihood: Likelihood, customers: float, starts: Floats, who: str = "") -> Self:
        """``starts``: (n, k) parameters to begin from. ``who``: what besides being customers they must have done."""
        values, self.log_likelihood = maximise(likelihood, customers, starts, who)
        self.params = dict(zip(self.names, values.tolist(), strict=True))
        self.customers, self.covariance = round(customers), curvature(likelihood, values)
        return self

    @property
    def values(self) -> tuple[float, ...]:
        """In the order of ``names``. Conflict when it is not fitted."""
        if not self.params:
            raise Conflict(f"{type(self).__name__} is not fitted yet.", hint="Call fit first.")
        return tuple(self.params[name] for name in self.names)

    def interval(self, ask: Callable[[Self], Floats], level: float = 0.9, seed: int = 0) -> tuple[Floats, Floats]:
        """Low and high ends of what ``ask`` works out from this model, as its parameters are not known exactly.

        Draws them from the normal distribution around the estimate (of their logarithms) that the likelihood's
        curvature gives; ends are quantiles of the answers. ``level``: the share of draws between the ends.
        """
        centre = np.log(self.values)
        if self.covariance is None:
            raise Conflict(f"{type(self).__name__} was given its parameters: nothing says how sure they are.")
        chance = np.random.default_rng(seed)
        draws = np.exp(chance.multivariate_normal(centre, self.covariance, DRAWS, method="eigh"))
        answers = np.array([ask(type(self)(**dict(zip(self.names, draw.tolist(), strict=True)))) for draw in draws])
        low, high = np.nanquantile(answers, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return low, high

    def as_dict(self) -> dict[str, Any]:
        return {"params": self.params, "log_likelihood": self.log_likelihood, "customers": self.customers}
