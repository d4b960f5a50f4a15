"""Kernels that walk the observations: union-find over the identifiers each fragment links."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from limner.compiled import kernel
from limner.ports.observations import Observed


class Links(NamedTuple):
    """The arrays of `Observed` that kernels need: nodes of fragment f are nodes[offsets[f]:offsets[f + 1]]."""

    offsets: npt.NDArray[np.int64]
    nodes: npt.NDArray[np.int32]
    live: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, observed: Observed) -> Self:
        return cls(observed.offsets, observed.nodes, observed.live)

    @classmethod
    def counted(cls, observed: Observed) -> Self:
        """Those that count towards caps."""
        live = observed.live if observed.erased is None else observed.live | observed.erased
        return cls(observed.offsets, observed.nodes, live)


@kernel
def find(parents: npt.NDArray[np.int32], node: int) -> int:
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


@kernel
def union(parents: npt.NDArray[np.int32], one: int, other: int) -> None:
    """The smaller root stays, so a root is the smallest node of its component whatever the order."""
    one, other = find(parents, one), find(parents, other)
    if one < other:
        parents[other] = one
    else:
        parents[one] = other


@kernel
def union_fragments(
    links: Links,
    shared: npt.NDArray[np.bool_],
    parted: npt.NDArray[np.bool_],
    first: int,
    parents: npt.NDArray[np.int32],
) -> None:
    """A star per live fragment from ``first`` on, from its first identifier that is not shared.

    ``parted`` marks fragments to leave out; empty = none.
    """
    offsets, nodes, live = links
    for fragment in range(first, len(live)):
        if not live[fragment] or (len(parted) > 0 and parted[fragment]):
            continue
        centre = -1
        for i in range(offsets[fragment], offsets[fragment + 1]):
            node = nodes[i]
            if not shared[node]:
                if centre >= 0:
                    union(parents, centre, node)
                else:
                    centre = node


@kernel
def union_pairs(pairs: npt.NDArray[np.int32], parents: npt.NDArray[np.int32]) -> None:
    for i in range(len(pairs)):
        union(parents, pairs[i, 0], pairs[i, 1])


@kernel
def flatten(parents: npt.NDArray[np.int32], first: int) -> None:
    """Parents are never larger than their nodes, so one ascending pass makes every parent a root, from the ``first``
    node on that has none."""
    for node in range(first, len(parents)):
        parents[node] = parents[parents[node]]


@kernel
def find_naming(links: Links, named: npt.NDArray[np.bool_], first: int) -> npt.NDArray[np.int64]:
    """Live fragments from ``first`` on with at least two of the named nodes."""
    offsets, nodes, live = links
    found = []
    for fragment in range(first, len(live)):
        count = 0
        for i in range(offsets[fragment], offsets[fragment + 1]):
            count += named[nodes[i]]
        if live[fragment] and count > 1:
            found.append(fragment)
    return np.array(found, np.int64)


@kernel
def place_fragments(
    links: Links,
    strength: npt.NDArray[np.int16],
    root: npt.NDArray[np.int32],
    first: int,
    customer_of: npt.NDArray[np.int32],
) -> None:
    """Each live fragment goes with its strongest identifier; the first of equals in the event's order."""
    offsets, nodes, live = links
    for fragment in range(first, len(live)):
        if not live[fragment]:
            continue
        best = nodes[offsets[fragment]]
        for i in range(offsets[fragment] + 1, offsets[fragment + 1]):
            if strength[nodes[i]] < strength[best]:
                best = nodes[i]
        customer_of[fragment] = root[best]


@kernel
def chain_members(root: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Per node the next larger one of its component, -1 at the end: a customer's identifiers without a search."""
    following = np.full(len(root), -1, np.int32)
    last = np.empty_like(root)
    for node in range(len(root)):
        if root[node] != node:
            following[last[root[node]]] = node
        last[root[node]] = node
    return following
