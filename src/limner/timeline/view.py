"""A view: everybody's timelines under one identity graph, whatever moved since the base was built."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.model.stretch import Stretch, whole
from limner.model.timeline import Slice
from limner.timeline.arrange import ANYBODY, NO_SHELVES, Runs, Shelves, deal, find_runs
from limner.timeline.base import SHARD_ROWS, Base
from limner.timeline.chains import Links
from limner.timeline.gather import Picked, ReadKeys
from limner.timeline.gathering import Gathering, Gatherings
from limner.timeline.residence import Residence
from limner.timeline.roster import find_differences, find_places, is_among, list_once
from limner.timeline.shard import Shard
from limner.timeline.tail import Tail

GATHERED = 20_000
"""Customers gathered together at most where everybody is: of most workspaces, some million rows."""

Numbers = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class View:
    """Base + tail under ``placement``: fragment to customer now; -1 hides a fragment (not yet known then)."""

    base: Base | None
    tail: Tail
    newer: Shard
    """The tail's rows as of the view."""
    placement: Numbers
    grains: Mapping[str, str]
    read_keys: ReadKeys
    residence: Residence
    gatherings: Gatherings | None = None
    """Those that were gathered for a view before, where everybody is asked for again and again."""

    @cached_property
    def customers(self) -> Numbers:
        """All customers that have a timeline, ascending."""
        return self.residence.customers_of(self.placement)

    @cached_property
    def old(self) -> Numbers:
        """Placement as of the base, for the fragments it knew."""
        return self.base.placement if self.base is not None else np.zeros(0, np.int32)

    @cached_property
    def moved(self) -> Rows:
        """Of the fragments the base knew, those that are another's now."""
        return find_differences(self.old, self.placement)

    @cached_property
    def touched(self) -> Numbers:
        """Customers, old numbers and new, whose timeline is not as the base has it."""
        numbers = [self.old[self.moved], self.placement[self.moved]]
        if self.newer.rows:
            numbers.append(self.placement[self.newer.columns["fragment"].astype(np.int32)])
        return list_once(np.concatenate(numbers))

    @cached_property
    def touched_beside(self) -> Sequence[Numbers]:
        """Of these, those beside each file of the base, and in the end those who came after all of them. Of those
        between two files it does not matter beside which they are."""
        shards = self.base.shards if self.base is not None else ()
        return np.split(self.touched, [np.searchsorted(self.touched, one.customers[-1], "right") for one in shards])

    def fragments_since(self, seq: int) -> Numbers | None:
        """Those of the rows after ``seq``, in their order; None where the base has taken in some of these."""
        if seq < self.tail.after:
            return None
        columns = self.newer.columns
        first = np.searchsorted(columns["seq"].astype(np.int64, copy=False), seq, "right")
        return columns["fragment"][first:].astype(np.int32, copy=False)

    def slices(self) -> Iterator[Slice]:
        """Every customer once, in slices of about a shard."""
        return chain.from_iterable(stretch.read_all() for stretch in self.stretches())

    def stretches(self) -> Iterator[Stretch]:
        """The same, not read yet, ascending: the mapped files without whoever was touched, and beside each those who
        were, gathered; in the end those who came after all of these."""
        shards = self.base.shards if self.base is not None else ()
        for file, (shard, among) in enumerate(zip(shards, self.touched_beside, strict=False)):
            there, kept = find_places(shard.customers, among), None
            if len(there) == len(shard.customers):
                yield from self._gathered(among)
                continue
            if len(there):
                kept = np.ones(len(shard.customers), np.bool_)
                kept[there] = False
            yield Stretch(partial(shard.to_slice, self.grains), kept, partial(self._read_beside, file, among))
        yield from self._gathered(self.touched_beside[-1])

    def _read_beside(self, file: int, customers: Numbers) -> Iterator[Stretch]:
        """The touched customers beside a file, of whom others may have gathered most before."""
        if self._before is None:
            yield from map(whole, self.slices_of(customers))
            return
        gathering, changed = self._before
        for lot in gathering.lots_beside(file):
            kept = ~is_among(lot.customers, changed)
            if kept.any():
                yield Stretch(partial(lot.to_slice, self.grains), None if kept.all() else kept)
        yield from map(whole, self.slices_of(customers[is_among(customers, changed)]))

    @cached_property
    def _before(self) -> tuple[Gathering, Numbers] | None:
        """What was gathered before, and who has changed since."""
        return None if self.gatherings is None else self.gatherings.find(self)

    def _gathered(self, customers: Numbers) -> Iterator[Stretch]:
        for begin in range(0, len(customers), GATHERED):
            for lot in self.lots_of(customers[begin : begin + GATHERED], SHARD_ROWS):
                yield Stretch(partial(self.slice_of, lot))

    def slices_of(self, customers: Numbers) -> Iterator[Slice]:
        """Ascending customers, as many at once as are gathered together."""
        return (shard.to_slice(self.grains) for shard in self.shards_of(customers))

    def shards_of(self, customers: Numbers) -> Iterator[Shard]:
        """The same in memory."""
        left = list_once(self.old[self.moved])
        for begin in range(0, len(customers), GATHERED):
            found = self._find(customers[begin : begin + GATHERED])
            for first, last in cut_lots(found.runs.counts, SHARD_ROWS):
                yield self._pick(found, first, last, left).to_shard()

    def lots_of(self, customers: Numbers, rows: int) -> Iterator[Numbers]:
        """These ascending customers in lots, for which no more rows than that have to be gathered unless it is one."""
        return (customers[first:last] for first, last in cut_lots(self.count_rows(customers), rows))

    def count_rows(self, customers: Numbers) -> Rows:
        """How many rows have to be gathered for each of these: its own, and those that stand with them in the base."""
        return self._find(customers).runs.counts

    def slice_of(self, customers: Numbers) -> Slice:
        """These customers only."""
        return self.gather(customers).to_slice(self.grains)

    def slice_of_one(self, customer: int) -> Slice:
        """The same of one, quickly: nearly always its rows stand together in one of the base's files."""
        there = self._find_there(customer)
        return (self.gather(np.array([customer], np.int32)) if there is None else there).to_slice(self.grains)

    def _find_there(self, customer: int) -> Shard | None:
        """A customer's rows, where they are as the base has them."""
        fragments = self.residence.fragments_of_one(customer, self.placement)
        if self.base is None or not self.base.files or max(fragments, default=len(self.old)) >= len(self.old):
            return None
        if {int(self.old[fragment]) for fragment in fragments} != {customer}:
            return None
        newer = self.tail.rows_of(np.array(fragments, np.int32)) if self.newer.rows else self.old[:0]
        if len(newer) and int(newer[0]) < self.newer.rows:
            return None
        shard = self.base.shards[max(bisect_right(self.base.files, customer, key=lambda file: file.first) - 1, 0)]
        place = int(shard.customers.searchsorted(np.int32(customer)))
        if place == len(shard.customers) or shard.customers[place] != customer:
            return None
        there = shard.cut(place, place + 1)
        return there if (self.placement[there.columns["fragment"]] == customer).all() else None

    def gather(self, customers: Numbers) -> Shard:
        """An in-memory shard of these ascending customers, with rows from wherever they are."""
        return self.pick(customers).to_shard()

    def pick(self, customers: Numbers) -> Picked:
        """The rows of these ascending customers where they are, sorted by (customer, time, event_id)."""
        return self._pick(self._find(customers), 0, len(customers))

    def _find(self, customers: Numbers) -> Found:
        ends, fragments = self.residence.list_fragments(customers, self.placement)
        links = self.tail.links_of(fragments)
        return Found(customers, ends, links, find_runs(ends, fragments, links, self.old, self._shelves))

    def _pick(self, found: Found, first: int, last: int, left: Numbers = ANYBODY) -> Picked:
        """Of the customers first..last-1 of these. ``left``: see `deal`."""
        times = self.newer.columns["time"].astype(np.int64, copy=False)
        dealt = deal(*found, first, last, times, self.placement, self._shelves, left)
        shards = self.base.shards if self.base is not None else ()
        counting = self.newer if self.newer.rows or not shards else shards[-1]  # a tail without rows has no properties
        picked = Picked(found.customers[first:last], dealt, [counting, *(shards[place] for place in dealt.shards)])
        return picked.settle(self.read_keys) if dealt.is_tied else picked

    @property
    def _shelves(self) -> Shelves:
        return self.base.shelves if self.base is not None else NO_SHELVES


class Found(NamedTuple):
    """Where the rows of some customers are."""

    customers: Numbers
    ends: Rows
    """Where each one's fragments begin, and one end more."""
    links: Links
    """Of these to the tail's rows."""
    runs: Runs


def cut_lots(sizes: Rows, most: int) -> Iterator[tuple[int, int]]:
    """From where to where lots go, which are no larger than that together unless they are one."""
    ends = np.cumsum(sizes)
    first, before = 0, 0
    while first < len(ends):
        last = max(first + 1, int(np.searchsorted(ends, before + most, "right")))
        yield first, last
        first, before = last, int(ends[last - 1])
