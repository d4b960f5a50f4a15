"""What everybody takes: the fall-back where a history says nothing, and what every recommender is held against."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from scipy.sparse import csr_matrix

from limner.learn.recommend.recommender import Arrays, Scored, Scores, fitted


class Popularity(Scored):
    name: ClassVar[str] = "popularity"

    def __init__(self) -> None:
        self.weight: Scores | None = None
        """(items,): the mean over all histories."""

    def fit(self, histories: csr_matrix) -> Self:
        self.weight = np.asarray(histories.mean(axis=0), np.float32).ravel()
        return self

    def score(self, histories: csr_matrix) -> Scores:
        return np.tile(fitted(self.weight, self), (histories.shape[0], 1))

    def reasons(self, history: csr_matrix, item: int) -> list[tuple[int, float]]:
        return []

    def arrays(self) -> Arrays:
        return {"weight": fitted(self.weight, self)}

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> Self:
        model = cls()
        model.weight = arrays["weight"]
        return model
