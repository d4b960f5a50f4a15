"""Item to item: what those who had to do with this had to do with besides. The nearest neighbours of each item, by the
cosine between the columns of the histories."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from implicit.nearest_neighbours import ItemItemRecommender, NearestNeighboursScorer
from scipy.sparse import csr_matrix, diags

from limner.learn.recommend.recommender import NOTHING, Arrays, Flags, Ranked, Scores, fitted, shares

NEIGHBOURS = 50


class ItemToItem:
    name: ClassVar[str] = "item_to_item"

    def __init__(self, neighbours: int = NEIGHBOURS) -> None:
        self.neighbours = neighbours
        self.similarity: csr_matrix | None = None
        """(items, items): row i has the neighbours of item i."""

    def fit(self, histories: csr_matrix) -> Self:
        norms = np.sqrt(np.asarray(histories.power(2).sum(axis=0), np.float64).ravel())
        scaled = csr_matrix(histories.astype(np.float64) @ diags(1 / np.maximum(norms, np.finfo(np.float64).tiny)))
        model = ItemItemRecommender(K=self.neighbours + 1)  # an item is its own nearest neighbour
        model.fit(scaled, show_progress=False)
        similarity = csr_matrix(model.similarity - diags(model.similarity.diagonal()))
        similarity.eliminate_zeros()
        similarity.sort_indices()
        self.similarity = similarity
        return self

    def score(self, histories: csr_matrix) -> Scores:
        similarity = fitted(self.similarity, self)
        return np.asarray((histories.astype(np.float64) @ similarity).toarray(), np.float32)

    def top(
        self, histories: csr_matrix, n: int, exclude: csr_matrix | None = None, allowed: Flags | None = None
    ) -> Ranked:
        """Only what is near is looked at: dense scores of many items would be nearly all zero."""
        similarity = fitted(self.similarity, self)
        if allowed is not None:
            similarity = csr_matrix(similarity @ diags(allowed.astype(np.float64)))
            similarity.eliminate_zeros()
        scorer, n = NearestNeighboursScorer(similarity), min(n, similarity.shape[1])
        weights = histories.data.astype(np.float64)
        out = np.full((histories.shape[0], n), NOTHING, np.int32)
        best = np.zeros((histories.shape[0], n), np.float32)
        excluded = np.zeros(similarity.shape[1], np.bool_)
        for row in range(histories.shape[0]):
            first, last = histories.indptr[row], histories.indptr[row + 1]
            own = histories.indices[first:last]
            left = exclude.indices[exclude.indptr[row] : exclude.indptr[row + 1]] if exclude is not None else own[:0]
            place = np.array([0, last - first], np.int32)
            # One more than asked for, so that which of two equal ones is the last does not hang on their order.
            items, scores = scorer.recommend(place, own, weights[first:last], n + len(left) + 1, False)
            excluded[left] = True
            kept = (scores > 0) & ~excluded[items]
            excluded[left] = False
            items, scores = items[kept], scores[kept].astype(np.float32)
            order = np.lexsort((items, -scores))[:n]
            out[row, : len(order)], best[row, : len(order)] = items[order], scores[order]
        return Ranked(out, best)

    def reasons(self, history: csr_matrix, item: int) -> list[tuple[int, float]]:
        toward = fitted(self.similarity, self)[history.indices, item].toarray().ravel()
        return shares(zip(history.indices.tolist(), (history.data * toward).tolist(), strict=True))

    def arrays(self) -> Arrays:
        one = fitted(self.similarity, self)
        return {"data": one.data, "indices": one.indices, "indptr": one.indptr}

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> Self:
        model, items = cls(), len(arrays["indptr"]) - 1
        model.similarity = csr_matrix((arrays["data"], arrays["indices"], arrays["indptr"]), shape=(items, items))
        return model
