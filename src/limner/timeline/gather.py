"""Gathering: the timelines of some customers, put together from their pieces in the base and in the tail.

A customer untouched since the base was built needs no gathering. One that got events, was merged or was split has its
rows in several places; each place is sorted already, so only equal instants across places need the event keys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from limner.model.on_demand import Made
from limner.timeline.arrange import Dealt, Numbers, pick
from limner.timeline.shard import Array, Lists, Shard

ReadKeys = Callable[[Sequence[int]], list[tuple[str, str]]]
"""(event id, source) of seqs: `ports.log.Log.event_keys`."""


@dataclass(frozen=True, slots=True)
class Picked:
    """Rows of some ascending customers, where they are."""

    customers: Numbers
    dealt: Dealt
    shards: Sequence[Shard]
    """What the parts are. The first has the columns that count now; older shards may hold forgotten ones."""

    def read(self, name: str) -> Array:
        """A column of these rows."""
        return pick([shard.columns[name] for shard in self.shards], self.dealt.parts, self.dealt.rows)

    def read_lists(self, name: str) -> Lists:
        """The same of a list column."""
        parts, rows = self.dealt.parts, self.dealt.rows
        lists = [shard.lists[name] for shard in self.shards]
        begins, ends = (pick([one.offsets for one in lists], parts, each) for each in (rows, rows + 1))
        lengths = ends - begins
        offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)])
        places = np.arange(int(offsets[-1])) + np.repeat(begins - offsets[:-1], lengths)
        return Lists(offsets, pick([one.values for one in lists], np.repeat(parts, lengths), places))

    def settle(self, read_keys: ReadKeys) -> Picked:
        """The same with rows of several pieces that share an instant in the order of their keys."""
        dealt = self.dealt
        tied = find_ties(np.repeat(self.customers, np.diff(dealt.offsets)), dealt.times, dealt.pieces)
        seqs = self.read("seq")[tied > 0].tolist()
        order = settle_ties(np.arange(len(dealt.rows)), tied, seqs, read_keys)
        return replace(self, dealt=dealt._replace(parts=dealt.parts[order], rows=dealt.rows[order]))

    def to_shard(self) -> Shard:
        """In memory. A column is picked when it is asked for: folds read few."""
        offsets, first = self.dealt.offsets, self.shards[0]
        there = np.diff(offsets) > 0
        return Shard(
            self.customers[there],
            np.append(offsets[:-1][there], offsets[-1]),
            Made([*first.columns], lambda name: self.dealt.times if name == "time" else self.read(name)),
            Made([*first.lists], self.read_lists),
        )


def find_ties(
    customer: npt.NDArray[np.int32], time: npt.NDArray[np.int64], piece: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Of sorted rows: the number of the group of one customer and instant, where it holds rows of several pieces; else
    0. Empty when there is no such group."""
    same = (np.diff(customer) == 0) & (np.diff(time) == 0)
    group = np.concatenate([[1], 1 + np.cumsum(~same)]) if len(customer) else np.zeros(0, np.int64)
    crossing = np.unique(group[1:][same & (np.diff(piece) != 0)])
    if not len(crossing):
        return np.zeros(0, np.int64)
    tied: npt.NDArray[np.int64] = np.where(np.isin(group, crossing), group, 0)
    return tied


def settle_shard(shard: Shard, read_keys: ReadKeys) -> Shard:
    """A shard sorted by (customer, time) only, with rows of one instant put in the order of their keys."""
    customer = np.repeat(shard.customers, np.diff(shard.offsets))
    seq = shard.columns["seq"].astype(np.int64, copy=False)
    tied = find_ties(customer, shard.columns["time"].astype(np.int64, copy=False), seq)  # every row its own piece
    if not len(tied):
        return shard
    order = settle_ties(np.arange(shard.rows), tied, seq[tied > 0].tolist(), read_keys)
    return Shard(
        shard.customers,
        shard.offsets,
        {name: array[order] for name, array in shard.columns.items()},
        {name: take_lists(column, order) for name, column in shard.lists.items()},
    )


def settle_ties(
    order: npt.NDArray[np.int64], tied: npt.NDArray[np.int64], seqs: Sequence[int], read_keys: ReadKeys
) -> npt.NDArray[np.int64]:
    """The order with the rows of every tied group by event id, then source: two sources may use one id. ``seqs`` are
    those of the tied rows."""
    places = np.flatnonzero(tied)
    ranked = sorted(zip(tied[places].tolist(), read_keys(seqs), places.tolist(), strict=True))
    settled = order.copy()
    settled[places] = order[[place for _, _, place in ranked]]
    return settled


def take_lists(lists: Lists, rows: npt.NDArray[np.int64]) -> Lists:
    lengths = lists.offsets[rows + 1] - lists.offsets[rows]  # a shard has many rows, a customer few
    offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)])
    inside = np.arange(int(offsets[-1])) - np.repeat(offsets[:-1], lengths)
    return Lists(offsets, lists.values[np.repeat(lists.offsets[:-1][rows], lengths) + inside])
