"""Entries by their owner, without an order and without a list each: every entry tells the one before of its owner."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.compiled import kernel
from limner.growing import Growing, Written

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]


class Chains:
    """It only grows: entries are numbered as they come. Some eight bytes each."""

    def __init__(self) -> None:
        self._latest = Written(np.int32)
        """Per owner: its last entry, -1 = none."""
        self._before = Growing(np.int32)
        """Per entry: the one before of its owner."""

    def extend(self, owners: Codes) -> None:
        """Add an entry for each of these, at least one."""
        missing = int(owners.max()) + 1 - len(self._latest.values)
        if missing > 0:
            self._latest.extend(np.full(missing, -1, np.int32))
        first = len(self._before.values)
        self._before.extend(np.full(len(owners), -1, np.int32))
        link(self._latest.values, self._before.values, owners, first)

    def entries_of(self, owners: Codes) -> Rows:
        """Those of these owners, the last of each first. More may be added by another thread meanwhile."""
        known = self._latest.values
        last = known[owners[owners < len(known)]]  # first, for `_before` has every entry that is in `_latest`
        return chase(last, self._before.values)

    def count_of(self, owners: Codes) -> Rows:
        """How many each of these owners has."""
        known = self._latest.values
        counts = np.zeros(len(owners), np.int64)
        counts[owners < len(known)] = count_back(known[owners[owners < len(known)]], self._before.values)
        return counts

    def has(self, owner: int) -> bool:
        known = self._latest.values
        return owner < len(known) and bool(known[owner] >= 0)


@kernel
def link(latest: Codes, before: Codes, owners: Codes, first: int) -> None:
    """Note per new entry, from the ``first`` on, the one before of its owner, and per owner its last one."""
    for i in range(len(owners)):
        before[first + i] = latest[owners[i]]
        latest[owners[i]] = first + i


@kernel
def count_back(last: Codes, before: Codes) -> Rows:
    """How many entries each of some owners has, from its last backwards."""
    counts = np.zeros(len(last), np.int64)
    for place in range(len(last)):
        row = last[place]
        while row >= 0:
            counts[place] += 1
            row = before[row]
    return counts


@kernel
def chase(last: Codes, before: Codes) -> Rows:
    """All entries of some owners, from the last of each backwards."""
    found = np.empty(count_back(last, before).sum(), np.int64)
    total = 0
    for begin in last:
        row = begin
        while row >= 0:
            found[total] = row
            total += 1
            row = before[row]
    return found
