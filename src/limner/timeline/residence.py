"""Which fragments a customer has, found without looking at everybody's."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]


class Residence:
    """Fragments by customer, of one placement and of those that followed it.

    What moved is only ever added, so it may name fragments that have left a customer: the placement asked about tells.
    """

    def __init__(self, placement: Numbers) -> None:
        self.placement = placement
        self._order = np.argsort(placement, kind="stable").astype(np.int32)
        self._sorted = placement[self._order]
        self._moved: defaultdict[int, list[int]] = defaultdict(list)

    def follow(self, placement: Numbers) -> Numbers:
        """Take in the placement that came after; the customers, old numbers and new, that it changed."""
        known = len(self.placement)
        left = np.flatnonzero(placement[:known] != self.placement)
        arrived = np.arange(known, len(placement))
        touched = np.concatenate([self.placement[left], placement[left], placement[known:]])
        for fragment in np.concatenate([left, arrived]).tolist():
            customer = int(placement[fragment])
            if customer >= 0:
                self._moved[customer].append(fragment)
        self.placement = placement
        return np.unique(touched[touched >= 0])

    def fragments_of_one(self, customer: int, placement: Numbers) -> list[int]:
        """The same of one, quickly, in no order."""
        number = self._sorted.dtype.type(customer)  # of another type, it would have all of them converted
        low, high = self._sorted.searchsorted(number), self._sorted.searchsorted(number, "right")
        found = {*self._order[low:high].tolist(), *self._moved.get(customer, ())}
        return [fragment for fragment in found if fragment < len(placement) and placement[fragment] == customer]

    def fragments_of(self, customers: Numbers, placement: Numbers) -> Numbers:
        """Those of these customers under ``placement``, one that was followed."""
        low, high = np.searchsorted(self._sorted, customers), np.searchsorted(self._sorted, customers, "right")
        lengths = high - low
        ends = np.cumsum(lengths)
        places = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(low - (ends - lengths), lengths)
        moved = [f for c in customers.tolist() if c in self._moved for f in self._moved[c] if f < len(placement)]
        found = np.concatenate([self._order[places], np.array(moved, np.int32)])
        wanted = np.unique(found)
        return wanted[np.isin(placement[wanted], customers)]
