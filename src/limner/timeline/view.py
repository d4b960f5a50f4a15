"""A view: everybody's timelines under one identity graph, whatever moved since the base was built."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from limner.model.stretch import Stretch
from limner.model.timeline import Slice
from limner.timeline.base import SHARD_ROWS, Base
from limner.timeline.gather import Pieces, ReadKeys, gather_pieces
from limner.timeline.residence import Residence
from limner.timeline.roster import find_places, is_among, list_once, sort_once
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

    @cached_property
    def customers(self) -> Numbers:
        """All customers that have a timeline, ascending."""
        return self.residence.customers_of(self.placement)

    @cached_property
    def old(self) -> Numbers:
        """Placement as of the base, for the fragments it knew."""
        return self.base.placement if self.base is not None else np.zeros(0, np.int32)

    @cached_property
    def touched(self) -> Numbers:
        """Customers, old numbers and new, whose timeline is not as the base has it."""
        now = self.placement[: len(self.old)]
        moved = np.flatnonzero(self.old != now)  # few, most often
        numbers = [self.old[moved], now[moved]]
        if self.newer.rows:
            numbers.append(self.placement[self.newer.columns["fragment"].astype(np.int32)])
        return list_once(np.concatenate(numbers))

    def fragments_since(self, seq: int) -> Numbers | None:
        """Those of the rows after ``seq``, in their order; None where the base has taken in some of these."""
        if seq < self.tail.after:
            return None
        columns = self.newer.columns
        first = np.searchsorted(columns["seq"].astype(np.int64, copy=False), seq, "right")
        return columns["fragment"][first:].astype(np.int32, copy=False)

    def slices(self) -> Iterator[Slice]:
        """Every customer once, in slices of about a shard."""
        return (stretch.read_kept() for stretch in self.stretches())

    def stretches(self) -> Iterator[Stretch]:
        """The same, not read yet: the mapped files without whoever was touched, then those, gathered."""
        touched = self.touched
        for shard in self.base.shards if self.base is not None else ():
            there, kept = find_places(shard.customers, touched), None
            if len(there):
                kept = np.ones(len(shard.customers), np.bool_)
                kept[there] = False
            if len(there) < len(shard.customers):
                yield Stretch(partial(shard.to_slice, self.grains), kept)
        rest = self.customers[find_places(self.customers, touched)]
        for begin in range(0, len(rest), GATHERED):
            for lot in self.lots_of(rest[begin : begin + GATHERED], SHARD_ROWS):
                yield Stretch(partial(self.slice_of, lot))

    def lots_of(self, customers: Numbers, rows: int) -> Iterator[Numbers]:
        """These ascending customers in lots, for which no more rows than that have to be gathered unless it is one."""
        ends = np.cumsum(self.count_rows(customers))
        first, before = 0, 0
        while first < len(customers):
            last = max(first + 1, int(np.searchsorted(ends, before + rows, "right")))
            yield customers[first:last]
            first, before = last, int(ends[last - 1])

    def count_rows(self, customers: Numbers) -> Rows:
        """How many rows have to be gathered for each of these: its own, and those that stand with them in the base."""
        fragments = self.fragments_of(customers)
        owners = np.searchsorted(customers, self.placement[fragments])
        homes, shards = self._homes_of(fragments)
        sizes = np.zeros(len(homes), np.int64)
        for shard, own in shards:
            there, _, sizes_there = find_stretches(shard, homes[own])
            sizes[np.searchsorted(homes, there)] = sizes_there
        old = self.old[fragments[fragments < len(self.old)]]
        standing = owners[: len(old)][old >= 0] * len(homes) + np.searchsorted(homes, old[old >= 0])
        owner, home = np.divmod(sort_once(standing), max(len(homes), 1))  # rows are looked at once for all fragments
        counts = np.bincount(owners, self.tail.count_of(fragments), len(customers))
        return np.asarray(counts + np.bincount(owner, sizes[home], len(customers)), np.int64)

    def fragments_of(self, customers: Numbers) -> Numbers:
        """What the timelines of these customers are made of."""
        return self.residence.fragments_of(customers, self.placement)

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
        """An in-memory shard of these customers, with rows from wherever they are."""
        return gather_pieces(self.pieces_of(customers), customers, self.read_keys)

    def pieces_of(self, customers: Numbers) -> list[Pieces]:
        """The rows of these customers where they are; the last piece is the tail's."""
        fragments = self.fragments_of(customers)
        pieces = list(self._base_pieces(fragments, customers))
        if self.newer.rows or not pieces:
            rows = self.tail.rows_of(fragments)
            rows = rows[: np.searchsorted(rows, self.newer.rows)]
            # No two rows of the tail are in order already; below zero they are apart from the base's old customers.
            pieces.append(Pieces(self.newer, rows, self._owner(self.newer, rows), -1 - rows))
        return pieces

    def _owner(self, shard: Shard, rows: npt.NDArray[np.int64]) -> Numbers:
        """The customer each row belongs to now."""
        if not shard.rows:
            return np.zeros(0, np.int32)
        return self.placement[shard.columns["fragment"][rows].astype(np.int64)]

    def _base_pieces(self, fragments: Numbers, customers: Numbers) -> Iterator[Pieces]:
        homes, shards = self._homes_of(fragments)
        asked = is_among(homes, customers)
        for shard, own in shards:
            yield self._pick(shard, homes[own], customers, bool(asked[own].all()))

    def _homes_of(self, fragments: Numbers) -> tuple[Numbers, list[tuple[Shard, slice]]]:
        """The customers with whom these fragments stood at the build, ascending; and which of them each shard has."""
        homes = sort_once(self.old[fragments[fragments < len(self.old)]])
        homes = homes[homes >= 0]
        if self.base is None or not self.base.files:
            return homes, []
        edges = [0, *np.searchsorted(homes, [file.first for file in self.base.files[1:]]).tolist(), len(homes)]
        spans = (slice(begin, end) for begin, end in pairwise(edges))
        return homes, [(shard, own) for shard, own in zip(self.base.shards, spans, strict=True) if own.start < own.stop]

    def _pick(self, shard: Shard, homes: Numbers, customers: Numbers, are_asked: bool) -> Pieces:
        """Rows of one shard that stood with these customers at the build and belong to ``customers`` now.
        ``are_asked``: all of these are among those."""
        homes, starts, lengths = find_stretches(shard, homes)
        ends = np.cumsum(lengths)
        rows = np.arange(int(lengths.sum())) + np.repeat(starts - (ends - lengths), lengths)
        owner = self._owner(shard, rows)
        home = np.repeat(homes.astype(np.int64), lengths)
        if not (are_asked and np.array_equal(owner, home)):
            mine = is_among(owner, customers)
            rows, owner, home = rows[mine], owner[mine], home[mine]
        return Pieces(shard, rows, owner, home)


def find_stretches(shard: Shard, customers: Numbers) -> tuple[Numbers, Rows, Rows]:
    """Those of these customers who are there, ascending; where their rows begin, and how many they are."""
    # A customer whose fragments were known at the build, while their first rows came after it, is not there.
    places = np.searchsorted(shard.customers, customers)
    there = shard.customers[np.minimum(places, len(shard.customers) - 1)] == customers
    places = places[there]
    return customers[there], shard.offsets[places], shard.offsets[places + 1] - shard.offsets[places]
