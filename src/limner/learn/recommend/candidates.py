"""Candidates that somebody gives (which room, which flight), in the order in which they go with a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from limner.learn.recommend.offering import Offer, Shelf, explain_item
from limner.learn.recommend.telling import say_nothing, say_taste


def rank(
    shelf: Shelf,
    history: csr_matrix,
    candidates: Sequence[tuple[str, Mapping[str, Any]]],
    lifts: npt.NDArray[np.float64] | None = None,
) -> list[Offer]:
    """Candidates (an id, and attributes in place of the item table's) in the order in which they go with the history.

    Half of a score is what the recommender says of the item, half how much of the history has its attributes; an item
    the recommender has never seen has the second half alone. Popularity decides between equals.
    """
    place_of = {item: place for place, item in enumerate(shelf.items)}
    scores = shelf.recommender.score(history)[0].astype(np.float64)
    popular = shelf.popularity.score(history)[0].astype(np.float64)
    places = [place_of.get(item) for item, _ in candidates]
    said = np.array([0.0 if place is None else float(scores[place]) for place in places])
    known = said / (scores.max(initial=0) or 1)
    taste = [taste_for(shelf, history, attributes or shelf.attributes.get(item, {})) for item, attributes in candidates]
    liked = np.array([0.0 if place is None else float(popular[place]) for place in places])
    factors = np.array([1.0 if place is None or lifts is None else float(lifts[place]) for place in places])
    total = (known + [share for share, _ in taste]) / 2 + 1e-6 * liked / (liked.max(initial=0) or 1)
    total = total * factors
    found = []
    for one in np.argsort(-total, kind="stable").tolist():
        (item, _), (share, words), place = candidates[one], taste[one], places[one]
        offered = Offer(item, float(total[one]), (), words if share > 0 else say_nothing())
        if place is not None and said[one] > 0 and known[one] >= share:
            offered = explain_item(shelf, history, place, float(total[one]))
        found.append(offered)
    return found


def taste_for(shelf: Shelf, history: csr_matrix, attributes: Mapping[str, Any]) -> tuple[float, Mapping[str, str]]:
    """The share of the history that has the attributes (mean over `Shelf.by`), and the strongest of them in words."""
    total = float(history.data.sum())
    if not shelf.by or not total:
        return 0.0, say_nothing()
    shares = []
    for name in shelf.by:
        value = attributes.get(name)
        mine = sum(
            float(weight)
            for place, weight in zip(history.indices.tolist(), history.data.tolist(), strict=True)
            if value is not None and shelf.attributes.get(shelf.items[place], {}).get(name) == value
        )
        shares.append((mine / total, value))
    strongest = max(shares, key=lambda each: each[0])
    return sum(share for share, _ in shares) / len(shares), say_taste(strongest[1], strongest[0])
