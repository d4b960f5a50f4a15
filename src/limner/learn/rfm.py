"""RFM: how lately, how often and for how much somebody bought. Scores, and the eight segments that have names.

Plain arrays in and out, a row per customer; NaN = never bought, who has no score and no segment.

>>> cuts = Cuts(recency=(30.0, 90.0), frequency=(1.0, 4.0), money=(100.0, 1000.0))
>>> scores = score(cuts, [3, 200], [9, 2], [5000, 50])
>>> scores.recency.tolist(), scores.frequency.tolist(), scores.money.tolist()
([3, 1], [3, 2], [3, 1])
>>> [SEGMENTS[code].zh for code in name_segments(scores, border=2)]
['重要价值客户', '一般保持客户']
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.errors import DataError
from limner.fold.quantiles import cut

Floats = npt.NDArray[np.float64]
Scored = npt.NDArray[np.int8]
NOBODY = 0
"""The score of who never bought."""


class Segment(NamedTuple):
    zh: str
    en: str


SEGMENTS = (
    Segment("一般挽留客户", "Minor, to win back"),
    Segment("重要挽留客户", "Major, to win back"),
    Segment("一般保持客户", "Minor, to keep"),
    Segment("重要保持客户", "Major, to keep"),
    Segment("一般发展客户", "Minor, to develop"),
    Segment("重要发展客户", "Major, to develop"),
    Segment("一般价值客户", "Minor, valuable"),
    Segment("重要价值客户", "Major, valuable"),
)
"""By code: 4 for who bought lately, 2 for who buys often, 1 for who spends much, added up."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """Ascending bounds between neighbouring scores. What equals a bound belongs to the part below it."""

    recency: tuple[float, ...]
    """Days since the last purchase; fewer are better."""
    frequency: tuple[float, ...]
    money: tuple[float, ...]

    def __post_init__(self) -> None:
        for name in ("recency", "frequency", "money"):
            bounds = getattr(self, name)
            if not bounds or any(low > high for low, high in pairwise(bounds)):
                raise DataError(f"The bounds of {name} must ascend, and be one at least: {list(bounds)}.")


def cut_by_quantiles(recency: npt.ArrayLike, frequency: npt.ArrayLike, money: npt.ArrayLike, parts: int = 5) -> Cuts:
    """Bounds that cut these customers into ``parts`` of one size, as equal values allow. DataError: nobody bought."""
    shares = [part / parts for part in range(1, parts)]
    found = [cut(values, shares) for values in read_columns(recency, frequency, money)]
    if not all(found):
        raise DataError("Nobody has bought anything yet: there are no quantiles to cut at.")
    return Cuts(*found)


@dataclass(frozen=True, slots=True)
class Scores:
    """1, 2, ... per customer, more is better; `NOBODY` for who never bought."""

    recency: Scored
    frequency: Scored
    money: Scored


def score(cuts: Cuts, recency: npt.ArrayLike, frequency: npt.ArrayLike, money: npt.ArrayLike) -> Scores:
    """Of customers by their days since the last purchase, their purchases and what they spent (refunds taken off: it
    may be negative)."""
    days, often, spent = read_columns(recency, frequency, money)
    best = len(cuts.recency) + 1
    known = ~(np.isnan(days) | np.isnan(often) | np.isnan(spent))

    def place(values: Floats, bounds: tuple[float, ...]) -> Scored:
        return np.searchsorted(np.array(bounds), values, side="left").astype(np.int8)

    return Scores(
        np.where(known, best - place(days, cuts.recency), NOBODY).astype(np.int8),
        np.where(known, 1 + place(often, cuts.frequency), NOBODY).astype(np.int8),
        np.where(known, 1 + place(spent, cuts.money), NOBODY).astype(np.int8),
    )


def name_segments(scores: Scores, border: int = 3) -> Scored:
    """The place of each customer's segment in `SEGMENTS`; -1 for who never bought. ``border``: the least score that
    counts as high."""
    high = [(of.astype(np.int8) >= border).astype(np.int8) for of in (scores.recency, scores.frequency, scores.money)]
    return np.where(scores.recency == NOBODY, -1, 4 * high[0] + 2 * high[1] + high[2]).astype(np.int8)


def read_columns(recency: npt.ArrayLike, frequency: npt.ArrayLike, money: npt.ArrayLike) -> tuple[Floats, ...]:
    columns = tuple(np.asarray(values, np.float64) for values in (recency, frequency, money))
    if len({column.shape for column in columns}) != 1 or columns[0].ndim != 1:
        raise DataError("recency, frequency and money must be equally long columns.")
    return columns
