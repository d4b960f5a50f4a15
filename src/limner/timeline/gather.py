"""Gathering: the timelines of some customers, put together from their pieces in the base and in the tail.

A customer untouched since the base was built needs no gathering. One that got events, was merged or was split has its
rows in several places; each place is sorted already, so only equal instants across places need the event keys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from limner.model.on_demand import Made
from limner.timeline.arrange import arrange, pick
from limner.timeline.shard import Array, Lists, Shard

ReadKeys = Callable[[Sequence[int]], list[tuple[str, str]]]
"""(event id, source) of seqs: `ports.log.Log.event_keys`."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Rows picked from one shard (or from the tail), in its order."""

    shard: Shard
    rows: npt.NDArray[np.int64]
    customer: npt.NDArray[np.int32]
    """The customer each row belongs to now."""
    piece: npt.NDArray[np.int64]
    """Rows with one piece number are in (time, event_id) order among themselves."""


def gather_pieces(pieces: Sequence[Pieces], customers: npt.NDArray[np.int32], read_keys: ReadKeys) -> Shard:
    """One in-memory shard with the picked rows of these ascending customers, sorted by (customer, time, event_id). A
    column is picked when it is asked for: folds read few.

    The last piece is the tail: it has the columns that count now; older shards may hold forgotten ones.
    """
    names, list_names = pieces[-1].shard.columns, pieces[-1].shard.lists
    rows = np.concatenate([p.rows for p in pieces])
    parts = np.repeat(np.arange(len(pieces)), [len(p.rows) for p in pieces])

    def read(name: str, parts: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> Array:
        return pick([p.shard.columns[name] for p in pieces], parts, rows)

    customer, piece = np.concatenate([p.customer for p in pieces]), np.concatenate([p.piece for p in pieces])
    time = read("time", parts, rows).astype(np.int64, copy=False)
    order, offsets, is_tied = arrange(customers, customer, time, piece)  # rows of one piece keep their order
    if is_tied:
        tied = find_ties(customer[order], time[order], piece[order])
        crossing = order[tied > 0]
        order = settle_ties(order, tied, read("seq", parts[crossing], rows[crossing]).tolist(), read_keys)
    there = np.diff(offsets) > 0
    lists = {name: join_lists([take_lists(p.shard.lists[name], p.rows) for p in pieces]) for name in list_names}
    parts, rows = parts[order], rows[order]
    return Shard(
        customers[there],
        np.append(offsets[:-1][there], offsets[-1]),
        Made(list(names), lambda name: read(name, parts, rows)),
        {name: take_lists(column, order) for name, column in lists.items()},
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


def join_lists(parts: Sequence[Lists]) -> Lists:
    values: Array = np.concatenate([part.values for part in parts])
    shifts = np.cumsum([0, *(int(part.offsets[-1]) for part in parts[:-1])])
    tails = [part.offsets[1:] + np.int32(shift) for part, shift in zip(parts, shifts, strict=True)]
    return Lists(np.concatenate([np.zeros(1, np.int32), *tails]).astype(np.int32), values)
