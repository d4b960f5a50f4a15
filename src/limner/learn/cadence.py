"""How regularly somebody buys: their own interval, as far as it is known, and when they are due again.

One gap says little, twenty say much: a customer's mean gap is drawn towards the population's, as much as `STRENGTH`
gaps would (the posterior mean of a gamma rate, written for its inverse).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from limner.errors import DataError

Floats = npt.NDArray[np.float64]
STRENGTH = 2.0
"""Gaps that the population's interval counts for."""
FEWEST = 3
"""Purchases from which on somebody's interval tells of the population's."""
USUAL = 60.0
"""Days, where nobody has bought that often yet."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """The rhythm of a population."""

    typical: float
    """Days between two purchases, the median over customers who bought `FEWEST` times."""

    def interval(self, purchases: npt.ArrayLike, gap: npt.ArrayLike) -> Floats:
        """Days between two purchases of each customer. ``gap``: their mean so far, NaN under two purchases."""
        count, mean = np.asarray(purchases, np.float64), np.asarray(gap, np.float64)
        gaps = np.where(np.isnan(mean), 0.0, np.maximum(count - 1, 0))
        return (gaps * np.nan_to_num(mean) + STRENGTH * self.typical) / (gaps + STRENGTH)

    def overdue(self, purchases: npt.ArrayLike, gap: npt.ArrayLike, since: npt.ArrayLike) -> Floats:
        """Days since the last purchase in multiples of the interval: over 1 is late. NaN for who never bought."""
        return np.asarray(since, np.float64) / self.interval(purchases, gap)


def find_cadence(purchases: npt.ArrayLike, gap: npt.ArrayLike) -> Cadence:
    """From customers' numbers of purchases and mean days between them."""
    count, mean = np.asarray(purchases, np.float64), np.asarray(gap, np.float64)
    if count.shape != mean.shape:
        raise DataError(f"purchases and gap must be equally long; they have {len(count)} and {len(mean)} rows.")
    known = mean[(count >= FEWEST) & ~np.isnan(mean)]
    typical = float(np.median(known)) if len(known) else USUAL
    return Cadence(max(typical, 1.0))
