"""Which fragments a customer has, found without looking at everybody's."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.growing import Growing
from limner.timeline.arrange import list_fragments
from limner.timeline.chains import Chains
from limner.timeline.roster import find_differences, list_once

Numbers = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]


class Residence:
    """Fragments by customer, of one placement and of those that followed it.

    What moved is only ever added, so it may name fragments that have left a customer: the placement asked about tells.
    """

    def __init__(self, placement: Numbers) -> None:
        self.placement = placement
        self._order = np.argsort(placement, kind="stable").astype(np.int32)
        self._begins = find_begins(placement)
        """Per customer, and one more: where its fragments begin in `_order`."""
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
        known = customer < len(self._begins) - 1
        low, high = (self._begins.item(customer), self._begins.item(customer + 1)) if known else (0, 0)
        found = set(self._order[low:high].tolist())
        if self._owners.has(customer):
            found.update(self._moved_to(np.array([customer], np.int32)).tolist())
        return [one for one in found if one < len(placement) and placement.item(one) == customer]

    def fragments_of(self, customers: Numbers, placement: Numbers) -> Numbers:
        """Those of these customers under ``placement``, one that was followed; ascending."""
        return np.sort(self.list_fragments(customers, placement)[1])

    def list_fragments(self, customers: Numbers, placement: Numbers) -> tuple[Rows, Numbers]:
        """The same by customer: where each one's begin, and one end more; and the fragments, of each ascending."""
        links = self._owners.links_of(customers)
        return list_fragments(customers, placement, self._begins, self._order, self._moved.values, links)

    def _moved_to(self, customers: Numbers) -> Numbers:
        places = self._owners.entries_of(customers)
        return np.asarray(self._moved.values[places], np.int32)


def find_begins(placement: Numbers) -> Numbers:
    """Per customer, and one more: how many fragments are nobody's or of customers before."""
    counts = np.bincount(placement + 1) if len(placement) else np.zeros(1, np.int64)
    return np.cumsum(counts, dtype=np.int32)


def find_moves(before: Numbers, after: Numbers) -> tuple[npt.NDArray[np.int64], Numbers]:
    """Fragments that another customer has in the placement that came after; and the customers, old numbers and new, who
    lost or gained any, in no order, nobody (below zero) among them."""
    left = find_differences(before, after) if after is not before else np.zeros(0, np.int64)
    return left, np.concatenate([before[left], after[left], after[len(before) :]])
