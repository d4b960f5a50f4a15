"""Why two keys are, or are not, one customer."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np

from limner.identity.answers import Explanation, Step
from limner.identity.neighbourhood import Neighbourhood
from limner.identity.sharing import count_seen_with
from limner.identity.snapshot import Snapshot, customer_id, to_time


def explain_keys(snapshot: Snapshot, left: str, right: str) -> Explanation:
    """The shortest chain of events and merges that joins two identifiers, or what keeps them apart."""
    one, other = snapshot.find(left), snapshot.find(right)
    root = snapshot.graph.root
    ids = (customer_id(int(root[one])), customer_id(int(root[other])))
    if one == other:
        return Explanation(True, ids, "same", "Both keys are the same identifier.")
    if root[one] == root[other]:
        near = Neighbourhood(snapshot.observed, snapshot.graph, snapshot.members(int(root[one])))
        path = near.path(one, other)
        chain = tuple(explain_step(snapshot, near, *pair) for pair in pairwise(path))
        return Explanation(True, ids, "chain", f"Linked in {len(chain)} step{'s' * (len(chain) > 1)}.", chain)
    return (
        explain_shared(snapshot, one, other, ids)
        or explain_split(snapshot, one, other, ids)
        or explain_bridge(snapshot, one, other, ids)
        or Explanation(False, ids, "unseen", "No event and no merge by hand links them.")
    )


def explain_step(snapshot: Snapshot, near: Neighbourhood, one: int, other: int) -> Step:
    """The events that carry both, else the merge by hand."""
    left, right = snapshot.keys([one, other])
    evidence = snapshot.evidence(near.fragments_linking(one, other))
    if evidence:
        _, event, source, _, _ = max(evidence)
        return Step(
            left=left,
            right=right,
            by="events",
            events=sum(row[0] for row in evidence),
            event=event,
            source=source,
            first_seen=to_time(min(row[3] for row in evidence)),
            last_seen=to_time(max(row[4] for row in evidence)),
        )
    merge = next(
        decision
        for decision in reversed(snapshot.graph.decisions)
        if decision.kind == "merge" and {(one, other), (other, one)} & set(product(decision.left, decision.right))
    )
    return Step(left=left, right=right, by="merge", seq=merge.seq, author=merge.author, reason=merge.reason)


def explain_shared(snapshot: Snapshot, one: int, other: int, ids: tuple[str, str]) -> Explanation | None:
    """One of the two is itself shared."""
    for node in (one, other):
        if snapshot.graph.shared[node]:
            return Explanation(False, ids, "shared", describe_shared(snapshot, node))
    return None


def explain_split(snapshot: Snapshot, one: int, other: int, ids: tuple[str, str]) -> Explanation | None:
    """A split by hand lies between their customers."""
    root = snapshot.graph.root
    ours, theirs = root[one], root[other]
    for decision in reversed(snapshot.graph.decisions):
        if decision.kind == "split":
            left, right = set(root[list(decision.left)].tolist()), set(root[list(decision.right)].tolist())
            if (ours in left and theirs in right) or (ours in right and theirs in left):
                by = f" by {decision.author}" if decision.author else ""
                reason = f": {decision.reason}" if decision.reason else ""
                why = f"They were split by hand{by} (seq {decision.seq}){reason}."
                return Explanation(False, ids, "split", why)
    return None


def explain_bridge(snapshot: Snapshot, one: int, other: int, ids: tuple[str, str]) -> Explanation | None:
    """Both customers' events carry an identifier that is shared."""
    carried = [shared_carried(snapshot, int(snapshot.graph.root[node])) for node in (one, other)]
    common = sorted(carried[0] & carried[1])
    return Explanation(False, ids, "shared", describe_shared(snapshot, common[0])) if common else None


def shared_carried(snapshot: Snapshot, number: int) -> set[int]:
    """Shared identifiers on the customer's events."""
    fragments = np.flatnonzero(snapshot.graph.customer_of == number).tolist()
    return {node for fragment in fragments for node in snapshot.nodes_of(fragment) if snapshot.graph.shared[node]}


def describe_shared(snapshot: Snapshot, node: int) -> str:
    counts = count_seen_with(snapshot.observed, np.array([node]), snapshot.graph.same)[0]
    types, rules = snapshot.observed.types, snapshot.graph.rules
    name = types[snapshot.observed.node_types[node]]
    over = [
        f"{count} of type {other} (at most {rules.cap(name, other)})"
        for other, count in zip(types, counts.tolist())
        if count > rules.cap(name, other)
    ]
    return f"{snapshot.mask(node)} is shared, so it links nothing: it was seen with {', '.join(over)}."
