"""Showing who a customer is, and what in the whole graph somebody should look at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from limner.identity.answers import Customer, Identifier, LargeCustomer, Report, SharedIdentifier
from limner.identity.neighbourhood import Neighbourhood
from limner.identity.sharing import count_seen_with
from limner.identity.snapshot import Snapshot, customer_id, to_time


def show_customer(snapshot: Snapshot, key: str, near: Neighbourhood | None = None) -> Customer:
    """The customer's identifiers, strongest first, with the shared ones its events carry. Raises NotFound. ``near``:
    the customer's, if it is known."""
    number = snapshot.resolve(key)
    members = snapshot.members(number)
    near = near or Neighbourhood(snapshot.observed, snapshot.graph, members)
    fragments = np.flatnonzero(snapshot.graph.customer_of == number).tolist()
    evidence = snapshot.evidence(fragments)
    counts: dict[int, int] = dict.fromkeys(members, 0)
    spans: dict[int, tuple[int, int]] = {}
    for fragment, (events, _, _, first, last) in zip(fragments, evidence):
        for node in set(snapshot.nodes_of(fragment)):
            if node in counts or snapshot.graph.shared[node]:
                counts[node] = counts.get(node, 0) + events
                earliest, latest = spans.get(node, (first, last))
                spans[node] = (min(earliest, first), max(latest, last))
    return Customer(
        customer_id=customer_id(number),
        events=sum(row[0] for row in evidence),
        first_seen=to_time(min(row[3] for row in evidence)),
        last_seen=to_time(max(row[4] for row in evidence)),
        identifiers=_describe(snapshot, counts, spans),
        merged_by_hand=near.merged_by_hand,
    )


def list_identifiers(snapshot: Snapshot, number: int, fragments: Sequence[int]) -> list[tuple[str, str]]:
    """The same identifiers in the same order, (type, value) each, without what their events tell. ``fragments``: the
    customer's."""
    members = snapshot.members(number)
    rank, is_shared = snapshot.graph.rules.rank, snapshot.graph.shared.item
    carried = {node for fragment in fragments for node in snapshot.nodes_of(fragment) if is_shared(node)}
    nodes = [*members, *carried.difference(members)] if carried else members
    named = zip(nodes, snapshot.observations.identifiers(nodes))
    found = sorted([(is_shared(node), rank(type), type, value) for node, (type, value) in named])
    return [(type, value) for _, _, type, value in found]


def _describe(snapshot: Snapshot, counts: dict[int, int], spans: dict[int, tuple[int, int]]) -> tuple[Identifier, ...]:
    rules = snapshot.graph.rules
    described = [
        Identifier(
            type=type,
            value=value,
            priority=rules.rank(type) + 1,
            shared=bool(snapshot.graph.shared[node]),
            events=counts[node],
            first_seen=to_time(spans[node][0]) if node in spans else None,
            last_seen=to_time(spans[node][1]) if node in spans else None,
        )
        for node, (type, value) in zip(counts, snapshot.observations.identifiers(list(counts)))
    ]
    return tuple(sorted(described, key=lambda found: (found.shared, found.priority, found.type, found.value)))


def report_graph(snapshot: Snapshot, most: int = 20) -> Report:
    """Shared identifiers and the largest customers, ``most`` of each."""
    graph, observed = snapshot.graph, snapshot.observed
    shared = np.flatnonzero(graph.shared)
    counts = count_seen_with(observed, shared, graph.same)
    worst = np.argsort(-counts.max(axis=1, initial=0), kind="stable")[:most]
    sizes = np.bincount(graph.root, minlength=len(graph.root))
    sizes[~graph.peopled] = 0
    largest = np.argsort(-sizes, kind="stable")[:most]
    per_type = np.bincount(observed.node_types[shared], minlength=len(observed.types))
    return Report(
        customers=int(graph.peopled.sum()),
        shared={name: int(number) for name, number in zip(observed.types, per_type) if number},
        most_shared=tuple(
            SharedIdentifier(
                identifier=snapshot.mask(int(shared[row])),
                seen_with={name: int(number) for name, number in zip(observed.types, counts[row]) if number},
            )
            for row in worst
        ),
        largest=tuple(LargeCustomer(customer_id(int(node)), int(sizes[node])) for node in largest if sizes[node]),
    )
