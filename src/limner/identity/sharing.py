"""Which identifiers are shared: seen with more distinct others of one type than the rules allow.

Those that are even with aliases counted as one; *crowded* is what is over a cap when each is counted.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.compiled import kernel
from limner.identity.aliases import NOBODY
from limner.identity.links import Links
from limner.identity.rules import Rules
from limner.ports.observations import Observed

FEW = 24
"""Up to this many neighbours are compared pairwise, which touches no other memory; more go through stamps."""


def find_shared(
    observed: Observed,
    rules: Rules,
    degrees: npt.NDArray[np.int32],
    among: npt.NDArray[np.int32] | None = None,
    same: npt.NDArray[np.int32] = NOBODY,
) -> npt.NDArray[np.bool_]:
    """Per node: is it over one of its caps? ``degrees``: see `count_degrees`; with ``among`` the other nodes are not
    looked at: False. ``same``: see `join_aliases`."""
    shared = np.zeros(len(observed.node_types), np.bool_)
    if not observed.types:
        return shared
    caps = rules.caps(observed.types)
    chosen = np.arange(len(shared), dtype=np.int32) if among is None else among
    suspects = chosen[degrees[chosen] > caps.min(axis=1)[observed.node_types[chosen]]]  # others cannot be over
    if len(suspects):
        wanted = np.zeros(len(degrees), np.int32)
        wanted[suspects] = degrees[suspects]
        starts, neighbours = list_neighbours(observed, wanted)
        mark_over_caps(starts, neighbours, observed.node_types, caps, same, shared)
    return shared


def count_degrees(observed: Observed, before: npt.NDArray[np.int32], first: int) -> npt.NDArray[np.int32]:
    """Per node, how many others its fragments name, with repetitions. ``before``: the same of the fragments up to the
    ``first``."""
    degrees = np.zeros(len(observed.node_types), np.int32)
    degrees[: len(before)] = before
    add_degrees(Links.counted(observed), first, degrees)
    return degrees


def count_seen_with(
    observed: Observed, nodes: npt.NDArray[np.intp], same: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:
    """Distinct identifiers each of these nodes was seen with, aliases as one: a row per node, a column per type."""
    wanted = np.zeros(len(observed.node_types), np.bool_)
    wanted[nodes] = True
    starts, neighbours = list_neighbours(observed, count_neighbours(Links.counted(observed), wanted, len(wanted)))
    counts = np.zeros((len(nodes), len(observed.types)), np.int32)
    for row, node in enumerate(nodes):
        met = neighbours[starts[node] : starts[node + 1]]
        others = np.unique(same[met] if len(same) else met)
        counts[row] = np.bincount(observed.node_types[others[others != node]], minlength=len(observed.types))
    return counts


def list_neighbours(
    observed: Observed, degrees: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Nodes met by each node with a degree, with repetitions: starts (nodes + 1) into the list."""
    starts = np.zeros(len(degrees) + 1, np.int64)
    np.cumsum(degrees, out=starts[1:])
    neighbours = np.empty(starts[-1], np.int32)
    fill_neighbours(Links.counted(observed), degrees > 0, starts[:-1].copy(), neighbours)
    return starts, neighbours


@kernel
def count_neighbours(links: Links, wanted: npt.NDArray[np.bool_], size: int) -> npt.NDArray[np.int32]:
    """Per wanted node, how many others its live fragments name, with repetitions."""
    offsets, nodes, live = links
    degrees = np.zeros(size, np.int32)
    for fragment in range(len(live)):
        start, end = offsets[fragment], offsets[fragment + 1]
        if live[fragment] and end - start > 1:
            for i in range(start, end):
                if wanted[nodes[i]]:
                    degrees[nodes[i]] += end - start - 1
    return degrees


@kernel
def add_degrees(links: Links, first: int, degrees: npt.NDArray[np.int32]) -> None:
    offsets, nodes, live = links
    for fragment in range(first, len(live)):
        start, end = offsets[fragment], offsets[fragment + 1]
        if live[fragment] and end - start > 1:
            for i in range(start, end):
                degrees[nodes[i]] += end - start - 1


@kernel
def fill_neighbours(
    links: Links,
    wanted: npt.NDArray[np.bool_],
    places: npt.NDArray[np.int64],
    neighbours: npt.NDArray[np.int32],
) -> None:
    offsets, nodes, live = links
    for fragment in range(len(live)):
        start, end = offsets[fragment], offsets[fragment + 1]
        if not live[fragment] or end - start < 2:
            continue
        for i in range(start, end):
            node = nodes[i]
            if wanted[node]:
                place = places[node]
                for j in range(start, end):
                    if j != i:
                        neighbours[place] = nodes[j]
                        place += 1
                places[node] = place


@kernel
def mark_over_caps(
    starts: npt.NDArray[np.int64],
    neighbours: npt.NDArray[np.int32],
    node_types: npt.NDArray[np.int16],
    caps: npt.NDArray[np.int32],
    same: npt.NDArray[np.int32],
    shared: npt.NDArray[np.bool_],
) -> None:
    counts = np.zeros(caps.shape[0], np.int32)
    stamps = np.full(len(node_types), -1, np.int32)
    aliased = len(same) > 0
    for node in range(len(node_types)):
        start, end = starts[node], starts[node + 1]
        if start == end:
            continue
        counts[:] = 0
        few = end - start <= FEW
        for i in range(start, end):
            other = same[neighbours[i]] if aliased else neighbours[i]
            known = other == node
            if few:
                for j in range(start, i):
                    if (same[neighbours[j]] if aliased else neighbours[j]) == other:
                        known = True
                        break
            else:
                known = known or stamps[other] == node
                stamps[other] = node
            if not known:
                kind = node_types[other]
                counts[kind] += 1
                if counts[kind] > caps[node_types[node], kind]:
                    shared[node] = True
                    break
