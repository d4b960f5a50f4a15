"""Which fragments a customer has, found without looking at everybody's."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.growing import Growing
from limner.timeline.chains import Chains
from limner.timeline.roster import list_once

Numbers = npt.NDArray[np.int32]


class Residence:
    """Fragments by customer, of one placement and of those that followed it.

    What moved is only ever added, so it may name fragments that have left a customer: the placement asked about tells.
    """

    def __init__(self, placement: Numbers) -> None:
        self.placement = placement
        self._order = np.argsort(placement, kind="stable").astype(np.int32)
        self._sorted = placement[self._order]
        self._moved = Growing(np.int32)
        """Fragments that came, or left a customer for another."""
        self._owners = Chains()
        """Those that came to each customer, as places in `_moved`."""
        self._listed: tuple[Numbers, Numbers] | None = None
        """The customers of a placement, asked for last."""

    def follow(self, placement: Numbers) -> Numbers:
        """Take in the placement that came after; the customers, old numbers and new, that it changed."""
        left, changed = find_moves(self.placement, placement)
        moved = np.concatenate([left, np.arange(len(self.placement), len(placement))])
        moved = moved[placement[moved] >= 0]
        if len(moved):
            self._moved.extend(moved)  # first: who finds an owner's places finds what stands there
            self._owners.extend(placement[moved])
        self.placement = placement
        return list_once(changed)

    def customers_of(self, placement: Numbers) -> Numbers:
        """All customers of a placement, ascending."""
        listed = self._listed
        if listed is None or listed[0] is not placement:
            listed = self._listed = placement, list_once(placement)
        return listed[1]

    def fragments_of_one(self, customer: int, placement: Numbers) -> list[int]:
        """The same of one, quickly, in no order."""
        number = self._sorted.dtype.type(customer)  # of another type, it would have all of them converted
        low = high = int(self._sorted.searchsorted(number))
        if low + 1 < len(self._sorted) and self._sorted.item(low + 1) == customer:
            high = int(self._sorted.searchsorted(number, "right"))
        found = set(self._order[low : max(low + 1, high)].tolist())  # who has none finds another's
        if self._owners.has(customer):
            found.update(self._moved_to(np.array([customer], np.int32)).tolist())
        return [one for one in found if one < len(placement) and placement.item(one) == customer]

    def fragments_of(self, customers: Numbers, placement: Numbers) -> Numbers:
        """Those of these customers under ``placement``, one that was followed."""
        low, high = np.searchsorted(self._sorted, customers), np.searchsorted(self._sorted, customers, "right")
        lengths = high - low
        ends = np.cumsum(lengths)
        places = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(low - (ends - lengths), lengths)
        moved = self._moved_to(customers)
        wanted = np.unique(np.concatenate([self._order[places], moved[moved < len(placement)]]))
        return wanted[np.isin(placement[wanted], customers)]

    def _moved_to(self, customers: Numbers) -> Numbers:
        places = self._owners.entries_of(customers)
        return np.asarray(self._moved.values[places], np.int32)


def find_moves(before: Numbers, after: Numbers) -> tuple[npt.NDArray[np.int64], Numbers]:
    """Fragments that another customer has in the placement that came after; and the customers, old numbers and new, who
    lost or gained any, in no order, nobody (below zero) among them."""
    left = np.flatnonzero(after[: len(before)] != before)
    return left, np.concatenate([before[left], after[left], after[len(before) :]])
