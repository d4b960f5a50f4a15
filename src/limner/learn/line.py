"""A logistic line beside the trees: what simply adds up, trees need many splits for, and small data has few.

Numbers are read by their rank among those it was fitted on (0..1), words by a column each, and what is missing by one
more. Fitted by penalised likelihood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from limner.learn.table import Table

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]
KNOTS = 100
PENALTY = 3.0
"""Of the squared weights, against the likelihood of all rows: a column's weight is believed when rows bear it out."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How the columns of a table become columns of a line."""

    knots: tuple[tuple[float, ...] | int, ...]
    """Per feature: its quantiles, or of a word how many there are (one more for all others)."""

    @classmethod
    def of(cls, table: Table) -> Scale:
        knots: list[tuple[float, ...] | int] = []
        for place, feature in enumerate(table.features):
            column = table.matrix[:, place]
            known = column[~np.isnan(column)].astype(np.float64)
            if feature.words is not None:
                knots.append(len(feature.words))
            else:
                found = np.unique(np.quantile(known, np.linspace(0, 1, KNOTS + 1))) if len(known) else np.zeros(1)
                knots.append(tuple(found.tolist()))
        return cls(tuple(knots))

    def spread(self, matrix: Array) -> tuple[Floats, list[int]]:
        """(rows, columns), and the feature each column is of."""
        columns: list[Array] = []
        owners: list[int] = []
        for place, knots in enumerate(self.knots):
            column = matrix[:, place].astype(np.float64)
            missing = np.isnan(column)
            if isinstance(knots, int):
                codes = np.where(missing, -1, column).astype(np.int64)
                made: list[Array] = [codes == code for code in range(knots + 1)]
            else:
                ranks = np.linspace(0, 1, len(knots)) if len(knots) > 1 else np.zeros(1)
                made = [np.where(missing, 0.5, np.interp(np.where(missing, 0, column), knots, ranks)) - 0.5]
            columns += [*made, missing]
            owners += [place] * (len(made) + 1)
        return np.stack(columns, axis=1).astype(np.float64), owners


@dataclass(frozen=True, slots=True)
class Line:
    scale: Scale
    weights: tuple[float, ...]
    """Of the columns, and last the shift."""
    usual: tuple[float, ...]
    """The mean of each column."""

    def raw(self, table: Table) -> Floats:
        spread, _ = self.scale.spread(table.matrix)
        return np.asarray(spread @ np.array(self.weights[:-1]) + self.weights[-1], np.float64)

    def contributions(self, table: Table) -> Floats:
        """(rows, features): how much each moves the raw score from what is usual."""
        spread, owners = self.scale.spread(table.matrix)
        moved = (spread - np.array(self.usual)) * np.array(self.weights[:-1])
        found = np.zeros((len(table), len(self.scale.knots)))
        np.add.at(found.T, owners, moved.T)
        return found

    def as_json(self) -> list[Any]:
        return [self.scale.knots, self.weights, self.usual]

    @classmethod
    def of_json(cls, data: Sequence[Any]) -> Line:
        knots = tuple(one if isinstance(one, int) else tuple(one) for one in data[0])
        return cls(Scale(knots), tuple(data[1]), tuple(data[2]))


def draw_lines(table: Table, label: Array, asides: Sequence[Array]) -> tuple[Line, Floats]:
    """The mean of lines, each fitted without the rows one set aside; and raw scores of rows by the line that had not
    seen them."""
    scale = Scale.of(table)
    spread, _ = scale.spread(table.matrix)
    raws, drawn = np.full(len(label), np.nan), []
    for aside in asides:
        weights = fit_weights(spread[~aside], label[~aside])
        raws[aside] = spread[aside] @ weights[:-1] + weights[-1]
        drawn.append(weights)
    mean = np.mean(drawn, axis=0)
    return Line(scale, tuple(mean.tolist()), tuple(spread.mean(axis=0).tolist())), raws


def fit_weights(spread: Floats, label: Array) -> Floats:
    """The weights of the columns and the shift, which is not penalised."""
    columns = spread.shape[1]
    share = float(np.clip(label.mean(), 1e-6, 1 - 1e-6))

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin = spread @ weights[:-1] + weights[-1]
        off = expit(margin) - label
        penalty = 0.5 * PENALTY * float(weights[:-1] @ weights[:-1])
        total = float(np.sum(np.logaddexp(0, margin) - label * margin)) + penalty
        return total, np.append(spread.T @ off + PENALTY * weights[:-1], off.sum())

    start = np.append(np.zeros(columns), np.log(share / (1 - share)))
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x, np.float64)
