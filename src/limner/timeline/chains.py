"""Entries by their owner, without an order and without a list each: every entry tells the one before of its owner."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.compiled import kernel
from limner.growing import Growing, Written

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]


class Links(NamedTuple):
    """Those of some owners, to be followed by a kernel; -1 = there is none, or none before."""

    last: Codes
    """Of each owner."""
    before: Codes
    """Per entry: the one before of its owner."""


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

    def links_of(self, owners: Codes) -> Links:
        """Of these owners. More may be added by another thread meanwhile."""
        known, inside = self._latest.values, owners < len(self._latest.values)
        if inside.all():
            last = known[owners]
        else:
            last = np.full(len(owners), -1, np.int32)
            last[inside] = known[owners[inside]]
        return Links(last, self._before.values)  # read last, for it has every entry that is in `_latest`

    def entries_of(self, owners: Codes) -> Rows:
        """Those of these owners, the last of each first."""
        return chase(*self.links_of(owners))

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
def chase(last: Codes, before: Codes) -> Rows:
    """All entries of some owners, from the last of each backwards."""
    total = 0
    for begin in last:
        row = begin
        while row >= 0:
            total += 1
            row = before[row]
    found = np.empty(total, np.int64)
    total = 0
    for begin in last:
        row = begin
        while row >= 0:
            found[total] = row
            total += 1
            row = before[row]
    return found
