"""An offer: items for one customer now, each with its reason, by a fitted recommender and the rules of the shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from limner.learn.recommend.diversity import diversify, likeness_of
from limner.learn.recommend.popularity import Popularity
from limner.learn.recommend.qualifying import passes
from limner.learn.recommend.recommender import Flags, Recommender
from limner.learn.recommend.telling import Attributes, say_because, say_popular, title_of
from limner.model.fold import PropertyTest

POOL = 5
"""Items looked at for each that is wanted: what diversity chooses from."""
REASONS = 3


@dataclass(frozen=True, slots=True)
class Offer:
    item: str
    score: float
    """Relative to the best: 1 = the best of the list before diversity."""
    because: tuple[tuple[str, float], ...] = ()
    """What of the history speaks for it, and its share."""
    words: Mapping[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        because = [{"item": item, "share": round(share, 4)} for item, share in self.because]
        return {"item": self.item, "score": round(self.score, 6), "because": because, "reason": dict(self.words or {})}


@dataclass(frozen=True, slots=True)
class Shelf:
    """What can be offered."""

    items: tuple[str, ...]
    recommender: Recommender
    popularity: Popularity
    attributes: Attributes
    """Of the item table, at the instant asked about."""
    by: tuple[str, ...] = ()
    balance: float = 1.0

    def allowed(self, tests: Sequence[PropertyTest]) -> Flags:
        """Which items pass all the tests; one without attributes passes none."""
        if not tests:
            return np.ones(len(self.items), np.bool_)
        return np.array([passes(self.attributes.get(item, {}), tests) for item in self.items], np.bool_)


def offer(
    shelf: Shelf,
    history: csr_matrix,
    n: int,
    exclude: csr_matrix,
    allowed: Flags,
    lifts: npt.NDArray[np.float64] | None = None,
) -> list[Offer]:
    """The n best for one history; where it speaks for fewer, what everybody takes fills the list up."""
    wanted = n * POOL
    ranked = shelf.recommender.top(history, wanted, exclude, allowed)
    places, scores = order_pool(ranked.items[0], ranked.scores[0], lifts)
    chosen = [places[one] for one in vary(shelf, places, scores, n)]
    best = float(scores.max(initial=0)) or 1.0
    score_of = dict(zip(places, (scores / best).tolist(), strict=True))
    found = [explain_item(shelf, history, place, score_of[place]) for place in chosen]
    if len(found) < n:
        taken = csr_matrix(exclude + csr_matrix((np.ones(len(places)), ([0] * len(places), places)), exclude.shape))
        popular = shelf.popularity.top(history, wanted, taken, allowed)
        more, weights = order_pool(popular.items[0], popular.scores[0], lifts)
        found += [
            Offer(shelf.items[more[one]], 0.0, (), say_popular()) for one in vary(shelf, more, weights, n - len(found))
        ]
    return found


def order_pool(
    items: npt.NDArray[np.int32], scores: npt.NDArray[np.float32], lifts: npt.NDArray[np.float64] | None
) -> tuple[list[int], npt.NDArray[np.float64]]:
    kept = items >= 0
    places, worth = items[kept], scores[kept].astype(np.float64)
    if lifts is not None:
        worth = worth * lifts[places]
        order = np.argsort(-worth, kind="stable")
        places, worth = places[order], worth[order]
    return places.tolist(), worth


def vary(shelf: Shelf, places: Sequence[int], scores: npt.NDArray[np.float64], n: int) -> list[int]:
    if not shelf.by or shelf.balance >= 1:
        return list(range(min(n, len(places))))
    rows = [[shelf.attributes.get(shelf.items[place], {}).get(name) for name in shelf.by] for place in places]
    return diversify(scores, likeness_of(rows), n, shelf.balance)


def explain_item(shelf: Shelf, history: csr_matrix, place: int, score: float) -> Offer:
    reasons = shelf.recommender.reasons(history, place)[:REASONS]
    because = tuple((shelf.items[item], share) for item, share in reasons)
    titles = [title_of(shelf.attributes, item) for item, _ in because]
    return Offer(shelf.items[place], score, because, say_because(titles) if because else say_popular())
