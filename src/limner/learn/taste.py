"""What somebody likes: of many events that carry a value (a category, a brand, an hour), the one that stands out.

An event counts half as much after each half-life, so that tastes follow people. A value must have been seen often
enough, have its part of the weight, and more of it than in the population: what everybody buys is nobody's taste.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from limner.errors import DataError

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
NONE = -1
PRIOR = 3.0
"""So many events like the population's are taken to have come before the customer's own: few events say little."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a value must show to be believed."""

    times: int = 3
    share: float = 0.3
    """Of the decayed weight, 0..1."""
    lift: float = 1.2
    """The share against the population's."""


@dataclass(frozen=True, slots=True)
class Tastes:
    """Per customer, the value that stands out and why; `NONE` and NaN where none is believed."""

    value: Places
    share: Floats
    lift: Floats
    times: Places
    confidence: Floats
    """The chance that no other value has a larger part of the customer's choices."""


def find_tastes(
    customers: npt.ArrayLike,
    values: npt.ArrayLike,
    ages: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    size: int,
    kinds: int,
    half_life: float = 90,
    evidence: Evidence | None = None,
    common: npt.ArrayLike | None = None,
) -> Tastes:
    """From a row per event: whose (0 .. size), which value (0 .. kinds), how many days ago, and its weight (1).
    ``common``: the population's share of each value, as was learned of it; None = that of these rows.

    Rows without a value (negative), and those that weigh nothing or less (refunds), are left out.
    """
    asked = evidence or Evidence()
    who, what = np.asarray(customers, np.int64), np.asarray(values, np.int64)
    days = np.asarray(ages, np.float64)
    heavy = np.ones(len(who)) if weights is None else np.asarray(weights, np.float64)
    if not len(who) == len(what) == len(days) == len(heavy):
        raise DataError("customers, values, ages and weights must be equally long.")
    if half_life <= 0:
        raise DataError(f"A half-life is over 0 days; this is {half_life:g}.")
    kept = (what >= 0) & (heavy > 0) & (days >= 0)
    who, what, decayed = who[kept], what[kept], heavy[kept] * np.exp2(-days[kept] / half_life)
    empty = np.full(size, np.nan)
    nobody = Tastes(np.full(size, NONE), empty, empty.copy(), np.zeros(size, np.int64), empty.copy())
    if not len(who):
        return nobody
    pairs, place = np.unique(who * kinds + what, return_inverse=True)
    mass: Floats = np.bincount(place, decayed).astype(np.float64)
    squares = np.bincount(place, decayed**2)
    times = np.bincount(place)
    owner, value = pairs // kinds, pairs % kinds
    whole = np.bincount(owner, mass, size)
    usual = np.bincount(value, mass, kinds) / mass.sum() if common is None else np.asarray(common, np.float64)
    share = mass / whole[owner]
    known = usual[value] > 0  # of what the population did not have there is no lift
    lift = np.divide(share, usual[value], out=np.zeros(len(share)), where=known)
    believed = known & (times >= asked.times) & (share >= asked.share) & (lift >= asked.lift)
    chosen, _ = first_two(owner[believed], mass[believed], size)
    chosen = np.where(chosen >= 0, np.flatnonzero(believed)[chosen], NONE) if believed.any() else np.full(size, NONE)
    there = chosen >= 0
    rows = chosen[there]
    nobody.value[there], nobody.share[there], nobody.lift[there] = value[rows], share[rows], lift[rows]
    nobody.times[there] = times[rows]
    # Decayed weights are as good as so many equal events (Kish).
    events = whole**2 / np.maximum(np.bincount(owner, squares, size), 1e-300)
    nobody.confidence[there] = be_sure(Shares(owner, value, share, events, usual), rows)
    return nobody


@dataclass(frozen=True, slots=True)
class Shares:
    """A row per customer and value that the customer chose, in this order."""

    owner: Places
    value: Places
    share: Floats
    events: Floats
    """By customer: as so many events all theirs are."""
    usual: Floats
    """By value, the population's share."""

    def believe(self, share: Floats, owner: Places, value: Places) -> Floats:
        """Shares, with `PRIOR` events like the population's before the customer's own."""
        events = self.events[owner]
        return np.asarray((events * share + PRIOR * self.usual[value]) / (events + PRIOR), np.float64)


def be_sure(shares: Shares, rows: Places) -> Floats:
    """The chance that no other value has a larger part of the customer's choices than the one of the row: from how far
    it is ahead of the likeliest other one, which may be one that the customer never chose."""
    owner, kinds = shares.owner, len(shares.usual)
    believed = shares.believe(shares.share, owner, shares.value)
    best, second = first_two(owner, believed, len(shares.events))
    mine = owner[rows]
    rival = np.where(best[mine] == rows, second[mine], best[mine])
    behind = np.where(rival >= 0, believed[rival], 0.0)
    for common in np.argsort(-shares.usual, kind="stable")[:2].tolist():
        place = np.minimum(np.searchsorted(owner * kinds + shares.value, mine * kinds + common), len(owner) - 1)
        never = (owner[place] != mine) | (shares.value[place] != common)
        unseen = shares.believe(np.zeros(len(rows)), mine, np.full(len(rows), common))
        behind = np.where(never, np.maximum(behind, unseen), behind)
    ahead, both = believed[rows] - behind, believed[rows] + behind
    error = np.sqrt(np.maximum(both - ahead**2, 1e-9) / (shares.events[mine] + PRIOR))
    return np.asarray(ndtr(ahead / error), np.float64)


def first_two(owner: Places, mass: Floats, size: int) -> tuple[Places, Places]:
    """Per customer, the rows with the most and the second most mass; -1 where there is none."""
    order = np.lexsort((-mass, owner))
    ranked = owner[order]
    begins = np.flatnonzero(np.diff(ranked, prepend=-1)) if len(ranked) else np.zeros(0, np.int64)
    best, second = np.full(size, NONE), np.full(size, NONE)
    best[ranked[begins]] = order[begins]
    following = begins[np.append(np.diff(begins), len(ranked) - begins[-1]) > 1] + 1 if len(begins) else begins
    second[ranked[following]] = order[following]
    return best, second
