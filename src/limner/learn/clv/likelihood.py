"""Maximum likelihood over positive parameters: one way for every value model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from limner.errors import DataError

Floats = npt.NDArray[np.float64]
Likelihood = Callable[[Floats], tuple[float, Floats]]
"""Parameters (k,) to the total log-likelihood and its gradient (k,)."""
FEWEST = 50
"""Customers below which a fit says nothing about anybody."""
LOWEST, HIGHEST = -12.0, 12.0
"""Of a parameter's logarithm: beyond that the data does not tell one customer from another."""
NEAR = 1.5
"""The way to a bound is so flat that the search ends before it, where rounding has it."""


def maximise(likelihood: Likelihood, customers: float, starts: Floats, who: str = "") -> tuple[Floats, float]:
    """The parameters under which what was seen is likeliest, and its log-likelihood.

    Works on their logarithms, so that they stay positive, by L-BFGS on the mean over customers, from each start.
    DataError when customers are too few, or the likelihood has no maximum inside the bounds: then the data does not
    determine the parameters.
    """
    if customers < FEWEST:
        raise DataError(f"A fit needs at least {FEWEST} customers{who}; there are {customers:.0f}.")

    def loss(logs: Floats) -> tuple[float, Floats]:
        params = np.exp(logs)
        value, gradient = likelihood(params)
        return -value / customers, -gradient * params / customers

    found = [
        minimize(
            loss,
            np.log(start),
            jac=True,
            method="L-BFGS-B",
            bounds=[(LOWEST, HIGHEST)] * starts.shape[1],
            options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7},
        )
        for start in starts
    ]
    best = min(found, key=lambda one: float(one.fun))
    if not np.isfinite(best.fun) or np.any(best.x <= LOWEST + NEAR) or np.any(best.x >= HIGHEST - NEAR):
        raise DataError(
            "These purchase histories do not determine the model: one of its parameters grows without bound.",
            hint="Customers must differ in how often they buy, and some must have stopped.",
        )
    return np.exp(best.x), float(-best.fun * customers)


def curvature(likelihood: Likelihood, params: Floats) -> Floats:
    """The covariance (k, k) of the logarithms of the parameters: minus the inverse Hessian, by central differences
    of the gradient."""
    logs, step = np.log(params), 1e-4
    rows = []
    for k in range(len(logs)):
        ends = []
        for side in (step, -step):
            moved = logs.copy()
            moved[k] += side
            values = np.exp(moved)
            ends.append(likelihood(values)[1] * values)
        rows.append((ends[0] - ends[1]) / (2 * step))
    hessian = np.array(rows)
    return np.asarray(np.linalg.pinv(-(hessian + hessian.T) / 2, hermitian=True), np.float64)
