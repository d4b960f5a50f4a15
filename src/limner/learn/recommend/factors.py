"""Alternating least squares: customers and items as points whose product tells what goes together.

Hu, Koren and Volinsky (2008), Collaborative filtering for implicit feedback datasets. A history that goes on needs no
new fit: its point follows from those of its items.
"""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import scipy.linalg
from implicit.cpu.als import AlternatingLeastSquares
from implicit.cpu.topk import topk
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from limner.learn.recommend.recommender import NOTHING, Arrays, Flags, Ranked, Scores, fitted, shares

FACTORS = 64
ROUNDS = 15
REGULARISATION = 0.05
PER_FACTOR = 8
"""Items, and customers, for each factor at least: more factors learn small catalogues by heart."""
CONFIDENCE = 10.0
"""How much more an interaction counts than its absence, times its weight."""


class Factors:
    name: ClassVar[str] = "als"

    def __init__(self, factors: int = FACTORS, rounds: int = ROUNDS, seed: int = 0) -> None:
        self.factors, self.rounds, self.seed = factors, rounds, seed
        self.items: Scores | None = None
        """(items, factors)."""

    def fit(self, histories: csr_matrix) -> Self:
        factors = min(self.factors, max(min(histories.shape) // PER_FACTOR, 1))
        with threadpool_limits(1, "blas"):  # its own threads and those of the algebra get into each other's way
            model = AlternatingLeastSquares(
                factors, REGULARISATION, CONFIDENCE, iterations=self.rounds, random_state=self.seed
            )
            model.fit(histories, show_progress=False)
        self.items = np.ascontiguousarray(model.item_factors, np.float32)
        return self

    def locate(self, histories: csr_matrix) -> Scores:
        """(histories, factors): their points."""
        items = fitted(self.items, self)
        with threadpool_limits(1, "blas"):
            model = AlternatingLeastSquares(items.shape[1], REGULARISATION, CONFIDENCE)
            model.item_factors = items
            points = model.recalculate_user(np.arange(histories.shape[0]), histories.astype(np.float32))
        return np.asarray(points, np.float32)

    def score(self, histories: csr_matrix) -> Scores:
        return np.asarray(np.maximum(self.locate(histories) @ fitted(self.items, self).T, 0), np.float32)

    def top(
        self, histories: csr_matrix, n: int, exclude: csr_matrix | None = None, allowed: Flags | None = None
    ) -> Ranked:
        factors = fitted(self.items, self)
        n = min(n, len(factors))
        hidden = None if allowed is None or allowed.all() else np.flatnonzero(~allowed).astype(np.int32)
        with threadpool_limits(1, "blas"):
            items, scores = topk(
                factors, self.locate(histories), n, filter_query_items=exclude, filter_items=hidden, num_threads=0
            )
        order = np.lexsort((items, -scores), axis=1)
        items, scores = np.take_along_axis(items, order, 1), np.take_along_axis(scores, order, 1)
        return Ranked(np.where(scores > 0, items, NOTHING).astype(np.int32), np.maximum(scores, 0))

    def reasons(self, history: csr_matrix, item: int) -> list[tuple[int, float]]:
        """Section 5 of the paper: the score is a sum over the history."""
        factors = fitted(self.items, self).astype(np.float64)
        own, weight = factors[history.indices], CONFIDENCE * history.data.astype(np.float64)
        system = factors.T @ factors + (own * (weight - 1)[:, None]).T @ own + REGULARISATION * np.eye(factors.shape[1])
        toward = scipy.linalg.solve(system, factors[item], assume_a="pos")
        return shares(zip(history.indices.tolist(), (weight * (own @ toward)).tolist(), strict=True))

    def arrays(self) -> Arrays:
        return {"items": fitted(self.items, self)}

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> Self:
        model = cls()
        model.items = arrays["items"]
        return model
