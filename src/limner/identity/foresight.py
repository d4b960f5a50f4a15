"""What observations that are yet to come may do to customers they do not name.

Such an observation links identifiers it names, so for a customer it does not name only one thing can change anything:
that an identifier becomes *shared*, or is shared no more because of an alias. Then links are taken back or made up for,
and fragments go with other identifiers. As long as that does not happen, all other components and the fragments placed
with them stay as they are (ADR 0013).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from limner.identity.cuts import Cuts
from limner.identity.naming import Identifier
from limner.identity.snapshot import Snapshot

MOST = 500
"""Fragments of one customer that are looked through."""
Residents = Callable[[int], Sequence[int]]
"""Customer to its fragments."""


def is_seen(snapshot: Snapshot, together: frozenset[Identifier], residents: Residents) -> bool:
    """Does an observation name all of these already? Then to see them again shares nothing."""
    found = [snapshot.observations.find(*one) for one in together]
    nodes = {node for node in found if node is not None and node < len(snapshot.graph.root)}
    if len(nodes) < len(together):
        return False
    customers = {int(snapshot.graph.root[node]) for node in nodes}
    return any(
        nodes.issubset(snapshot.nodes_of(fragment)) for customer in customers for fragment in residents(customer)[:MOST]
    )


def may_exceed(snapshot: Snapshot, one: Identifier, others: set[Identifier], residents: Residents) -> bool:
    """Might this one be over a cap when it is seen with these others as well, and was not before? Aliases are not
    counted as one: whoever is over a cap is taken at their word no more."""
    graph, node = snapshot.graph, snapshot.observations.find(*one)
    is_known = node is not None and node < len(graph.root)
    if is_known and graph.crowded[node]:
        return not graph.shared[node]  # as it stays; but what aliases kept from being shared may be so now
    seen_with = int(graph.degrees[node]) if is_known else 0
    types = {*snapshot.observed.types, *(type for type, _ in others)}
    if seen_with + len(others) <= min(graph.rules.cap(one[0], type) for type in types):
        return False
    if seen_with and node is not None:
        neighbours = find_neighbours(snapshot, node, residents)
        if neighbours is None:
            return True
        others = others | neighbours
    counts = Counter(type for type, _ in others)
    return any(count > graph.rules.cap(one[0], type) for type, count in counts.items())


def find_neighbours(snapshot: Snapshot, node: int, residents: Residents) -> set[Identifier] | None:
    """Whom an identifier that is not shared was seen with; None where that takes a look at all observations. All that
    carry it are its own customer's, unless somebody was split or erased."""
    if snapshot.observed.erased is not None or Cuts(snapshot.graph.decisions):
        return None
    fragments = residents(int(snapshot.graph.root[node]))
    if len(fragments) > MOST:
        return None
    carried = [nodes for fragment in fragments if node in (nodes := snapshot.nodes_of(fragment))]
    met = {other for nodes in carried for other in nodes} - {node}
    return set(snapshot.observations.identifiers(sorted(met)))
