"""Merges and splits by hand. They are events of the log; no event moves."""

from __future__ import annotations

from collections.abc import Sequence

from limner.errors import Conflict
from limner.identity.neighbourhood import Neighbourhood
from limner.identity.snapshot import Snapshot
from limner.ports.observations import Decision


def plan_merge(snapshot: Snapshot, left: str, right: str, author: str, reason: str) -> Decision:
    """The decision that makes two customers one. Conflict when they are one already."""
    one, other = snapshot.find(left), snapshot.find(right)
    if snapshot.graph.root[one] == snapshot.graph.root[other]:
        raise Conflict(f"{snapshot.mask(one)} and {snapshot.mask(other)} are one customer already.")
    return Decision("merge", (one,), (other,), author=author, reason=reason)


def plan_split(
    snapshot: Snapshot, key: str, together: Sequence[str], author: str, reason: str
) -> tuple[Decision, bool]:
    """The decision that takes identifiers, ``key`` first, out of their customer; whether it undoes merges by hand.

    A customer held together by hand comes apart there first, so that both are what they were before the merge; any
    other gives up just the identifiers named. Conflict when nothing can be split.
    """
    node = snapshot.find(key)
    members = snapshot.members(int(snapshot.graph.root[node]))
    named = [node, *(snapshot.find(other) for other in together)]
    for other in named:
        if other not in members:
            raise Conflict(f"{snapshot.mask(other)} is not of the same customer as {snapshot.mask(node)}.")
    if len(members) == 1:
        raise Conflict(f"{snapshot.mask(node)} is its customer's only identifier: there is nothing to split.")
    near = Neighbourhood(snapshot.observed, snapshot.graph, members)
    before_merge = set(near.reach(named, merges=False))
    undoes = near.merged_by_hand and len(before_merge) < len(members)
    leaving = before_merge if undoes else set(named)
    rest = [other for other in members if other not in leaving]
    if not rest:
        raise Conflict("These are all the identifiers of the customer: leave at least one out of the split.")
    left = (node, *sorted(leaving - {node}))
    return Decision("split", left, tuple(rest), author=author, reason=reason), undoes
