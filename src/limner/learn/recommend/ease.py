"""EASE: each item's weight explained by those of all others, in closed form. For catalogues of some thousand items.

Steck (2019), Embarrassingly shallow autoencoders for sparse data.
"""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from limner.errors import DataError
from limner.learn.recommend.recommender import Arrays, Scored, Scores, fitted, shares

REGULARISATION = 300.0
MOST_ITEMS = 10_000
"""An inverse of that many rows takes a minute, and what is learned as many bytes as four times their square."""


class Ease(Scored):
    name: ClassVar[str] = "ease"

    def __init__(self, regularisation: float = REGULARISATION) -> None:
        self.regularisation = regularisation
        self.weights: npt.NDArray[np.float32] | None = None
        """(items, items): what item i says for item j."""

    def fit(self, histories: csr_matrix) -> Self:
        items = histories.shape[1]
        if items > MOST_ITEMS:
            raise DataError(
                f"EASE is for up to {MOST_ITEMS:,} items; there are {items:,}.", hint="Use item_to_item or als."
            )
        gram = np.asarray((histories.T @ histories).toarray(), np.float64)
        gram[np.diag_indices(items)] += self.regularisation
        inverse = np.linalg.inv(gram)
        weights = inverse / -np.diag(inverse)
        weights[np.diag_indices(items)] = 0
        self.weights = weights.astype(np.float32)
        return self

    def score(self, histories: csr_matrix) -> Scores:
        return np.maximum(np.asarray(histories @ fitted(self.weights, self), np.float32), 0)

    def reasons(self, history: csr_matrix, item: int) -> list[tuple[int, float]]:
        toward = fitted(self.weights, self)[history.indices, item]
        return shares(zip(history.indices.tolist(), (history.data * toward).tolist(), strict=True))

    def arrays(self) -> Arrays:
        return {"weights": fitted(self.weights, self)}

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> Self:
        model = cls()
        model.weights = arrays["weights"]
        return model
