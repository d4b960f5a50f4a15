"""Aliases: an observation that names nothing but identifiers of one type says that they are one and the same, such as a
user id that was changed. Who was seen with two of them was seen with one.

Only identifiers that are not over a cap themselves, each counted, are taken at their word: a shop's phone that stands
beside everybody's would otherwise make all of them one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from limner.compiled import kernel
from limner.identity.cuts import Cuts
from limner.identity.links import Links, flatten, union_pairs
from limner.ports.observations import Decision, Observed

Nodes = npt.NDArray[np.int32]
NOBODY: Nodes = np.empty(0, np.int32)
"""In place of an array per node: there are no aliases."""


def find_aliases(
    observed: Observed, decisions: Sequence[Decision], crowded: npt.NDArray[np.bool_], first: int
) -> npt.NDArray[np.int32]:
    """Pairs of identifiers that fragments from the ``first`` on say are the same, and that nobody parted by hand."""
    fragments = find_of_one_type(Links.counted(observed), observed.node_types, first)
    cuts = Cuts(decisions if len(fragments) else ())
    pairs = []
    for fragment in fragments:
        nodes = observed.nodes[observed.offsets[fragment] : observed.offsets[fragment + 1]]
        trusted = [node for node in dict.fromkeys(nodes.tolist()) if not crowded[node]]
        pairs += [(group[0], other) for group in cuts.groups(trusted) for other in group[1:]]
    return np.array(pairs, np.int32).reshape(-1, 2)


def join_aliases(before: Nodes, size: int, pairs: npt.NDArray[np.int32]) -> Nodes:
    """Per node the smallest it is the same as; NOBODY while there are no pairs. ``before``: what was known."""
    if not len(before) and not len(pairs):
        return NOBODY
    same = np.arange(size, dtype=np.int32)
    same[: len(before)] = before
    union_pairs(pairs, same)
    flatten(same, 0)
    return same


def is_met_by(observed: Observed, same: Nodes, pairs: npt.NDArray[np.int32], shared: npt.NDArray[np.bool_]) -> bool:
    """Was one of these, or one they are the same as, seen with a shared identifier? It may be shared no more."""
    if not shared.any():
        return False
    chosen = np.zeros(len(same), np.bool_)
    chosen[same[pairs].ravel()] = True
    return has_meeting(Links.counted(observed), chosen[same], shared)


@kernel
def find_of_one_type(links: Links, node_types: npt.NDArray[np.int16], first: int) -> npt.NDArray[np.int64]:
    """Live fragments from ``first`` on with two identifiers or more, all of one type."""
    offsets, nodes, live = links
    found = []
    for fragment in range(first, len(live)):
        start, end = offsets[fragment], offsets[fragment + 1]
        if not live[fragment] or end - start < 2:
            continue
        alike = True
        for i in range(start + 1, end):
            alike = alike and node_types[nodes[i]] == node_types[nodes[start]]
        if alike:
            found.append(fragment)
    return np.array(found, np.int64)


@kernel
def has_meeting(links: Links, ones: npt.NDArray[np.bool_], others: npt.NDArray[np.bool_]) -> bool:
    """Does a live fragment name one of both?"""
    offsets, nodes, live = links
    for fragment in range(len(live)):
        one, other = False, False
        for i in range(offsets[fragment], offsets[fragment + 1]):
            one = one or ones[nodes[i]]
            other = other or others[nodes[i]]
        if one and other and live[fragment]:
            return True
    return False
