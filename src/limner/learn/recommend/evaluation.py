"""How good recommendations are: fitted to what was known at an instant, held against what was taken up after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from limner.errors import DataError
from limner.learn.recommend.interactions import Interactions, weigh_histories
from limner.learn.recommend.popularity import Popularity
from limner.learn.recommend.recommender import Ranked, Recommender

LEAST_CUSTOMERS = 20
"""With a history before and something new after."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Of the first k items, mean over the customers that are asked about."""

    name: str
    k: int
    recall: float
    """Share of what they took up (at most k of it) that was in the list."""
    ndcg: float
    """The same, where early places count more: gains 1 / log2(place + 1), 1 = all of it first."""
    coverage: float
    """Share of the items that was recommended to anybody."""
    customers: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def evaluate(
    interactions: Interactions,
    at: int,
    models: Sequence[Recommender],
    k: int = 10,
    half_life: float | None = None,
    repeats: bool = False,
) -> list[Quality]:
    """Each model (popularity is added, last) fitted to what came before ``at``, held against what came from then on.

    Without ``repeats``, what a customer had before is neither recommended nor asked for. DataError on too little data.
    """
    before, after = split(interactions, at, half_life)
    known = before.getnnz(axis=0) > 0
    truth = csr_matrix(after.multiply(known.astype(np.float32)[None, :]))
    if not repeats:
        truth = csr_matrix(truth - truth.multiply(before > 0))
        truth.eliminate_zeros()
    asked = np.flatnonzero((before.getnnz(axis=1) > 0) & (truth.getnnz(axis=1) > 0))
    if len(asked) < LEAST_CUSTOMERS:
        raise DataError(
            f"{len(asked)} customers have a history before the split and took up something new after it; at least "
            f"{LEAST_CUSTOMERS} are needed.",
            hint="Choose an earlier split, or wait for more events.",
        )
    histories, wanted = before[asked], truth[asked]
    exclude = None if repeats else histories
    found = []
    for model in [*models, Popularity()]:
        ranked = model.fit(before).top(histories, k, exclude)
        found.append(measure(model.name, ranked, wanted, k))
    return found


def split(interactions: Interactions, at: int, half_life: float | None) -> tuple[csr_matrix, csr_matrix]:
    """Histories of all customers before the instant, and 1 for what they had to do with from then on."""
    early, shape = interactions.time < at, interactions.matrix.shape
    if not early.any() or early.all():
        raise DataError("All interactions are on one side of the split: there is nothing to hold against.")
    row, item = np.searchsorted(interactions.customers, interactions.customer), interactions.item.astype(np.int64)
    weight, time = interactions.weight[early], interactions.time[early]
    before = weigh_histories(row[early], item[early], weight, time, shape, at, half_life)
    after = csr_matrix((np.ones(int((~early).sum()), np.float32), (row[~early], item[~early])), shape=shape)
    after.sum_duplicates()
    after.data[:] = 1
    return before, after


def measure(name: str, ranked: Ranked, wanted: csr_matrix, k: int) -> Quality:
    """``wanted``: 1 where the customer of the row took the item up."""
    rows = np.arange(len(ranked.items))[:, None]
    there = ranked.items >= 0
    hit = np.asarray(wanted[rows, np.where(there, ranked.items, 0)].todense() > 0) & there
    gains = 1 / np.log2(np.arange(k) + 2)
    most = np.minimum(wanted.getnnz(axis=1), k)
    ideal = np.cumsum(gains)[most - 1]
    return Quality(
        name,
        k,
        recall=float((hit.sum(axis=1) / most).mean()),
        ndcg=float((hit @ gains[: hit.shape[1]] / ideal).mean()),
        coverage=len(np.unique(ranked.items[there])) / wanted.shape[1],
        customers=len(most),
    )
