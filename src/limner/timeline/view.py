"""A view: everybody's timelines under one identity graph, whatever moved since the base was built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from limner.model.timeline import Slice
from limner.timeline.base import Base
from limner.timeline.gather import Pieces, ReadKeys, gather_pieces
from limner.timeline.shard import Shard

MOST_RUNS = 16
"""A shard whose untouched customers fall into more runs than this is gathered whole: many small folds cost more."""

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class View:
    """Base + tail under ``placement``: fragment to customer now; -1 hides a fragment (not yet known then)."""

    base: Base | None
    tail: Shard
    """Rows newer than the base, as one piece in (time, event_id) order; its own customers mean nothing."""
    placement: Numbers
    grains: Mapping[str, str]
    read_keys: ReadKeys

    @cached_property
    def customers(self) -> Numbers:
        """All customers that have a timeline, ascending."""
        return np.unique(self.placement[self.placement >= 0])

    @cached_property
    def old(self) -> Numbers:
        """Placement as of the base, for the fragments it knew."""
        return self.base.placement if self.base is not None else np.zeros(0, np.int32)

    @cached_property
    def touched(self) -> Numbers:
        """Customers, old numbers and new, whose timeline is not as the base has it."""
        now = self.placement[: len(self.old)]
        moved = self.old != now
        arrived = self.placement[self.tail.columns["fragment"].astype(np.int32)]
        numbers = np.concatenate([self.old[moved], now[moved], arrived])
        return np.unique(numbers[numbers >= 0])

    def slices(self) -> Iterator[Slice]:
        """Every customer once, in slices of about a shard; untouched ones straight from the mapped files."""
        touched = self.touched
        gathered: list[Numbers] = [np.intersect1d(touched, self.customers)]
        for shard in self.base.shards if self.base is not None else ():
            clean = ~np.isin(shard.customers, touched)
            edges = np.flatnonzero(np.diff(np.concatenate([[False], clean, [False]]).astype(np.int8)))
            if len(edges) > 2 * MOST_RUNS:
                gathered.append(shard.customers[clean])
                continue
            for first, last in edges.reshape(-1, 2):
                yield shard.cut(int(first), int(last)).to_slice(self.grains)
        rest = np.concatenate(gathered)
        if len(rest):
            yield self.gather(np.sort(rest)).to_slice(self.grains)

    def slice_of(self, customers: Numbers) -> Slice:
        """These customers only."""
        return self.gather(customers).to_slice(self.grains)

    def gather(self, customers: Numbers) -> Shard:
        """An in-memory shard of these customers, with rows from wherever they are."""
        wanted = np.zeros(int(max(self.placement.max(initial=0), customers.max(initial=0))) + 1, np.bool_)
        wanted[customers] = True
        pieces = list(self._base_pieces(wanted))
        fragment = self.tail.columns["fragment"].astype(np.int64)
        owner = self.placement[fragment]
        rows = np.flatnonzero((owner >= 0) & wanted[owner])
        # The tail is one piece; -1 keeps it apart from the base's, which are numbered by old customer.
        pieces.append(Pieces(self.tail, rows, owner[rows], np.full(len(rows), -1, np.int64)))
        return gather_pieces(pieces, self.read_keys)

    def _base_pieces(self, wanted: npt.NDArray[np.bool_]) -> Iterator[Pieces]:
        if self.base is None:
            return
        now = self.placement[: len(self.old)]
        homes = np.unique(self.old[(now >= 0) & wanted[now]])  # where their rows stood at the build
        for shard in self.base.shards:
            places = np.flatnonzero(np.isin(shard.customers, homes))
            if not len(places):
                continue
            starts, lengths = shard.offsets[places], np.diff(shard.offsets)[places]
            ends = np.cumsum(lengths)
            rows = np.arange(int(ends[-1])) + np.repeat(starts - (ends - lengths), lengths)
            owner = self.placement[shard.columns["fragment"][rows].astype(np.int64)]
            mine = (owner >= 0) & wanted[owner]
            home = np.repeat(shard.customers[places].astype(np.int64), lengths)
            yield Pieces(shard, rows[mine], owner[mine], home[mine])
