"""One customer's identity graph, to be drawn: its identifiers, and what links each to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from limner.identity.explaining import explain_step
from limner.identity.neighbourhood import Neighbourhood
from limner.identity.showing import show_customer
from limner.identity.snapshot import Snapshot, customer_id

MOST = 200
"""Identifiers that are drawn: more of them no eye follows."""


@dataclass(frozen=True, slots=True)
class Drawing:
    customer_id: str
    nodes: tuple[dict[str, Any], ...]
    edges: tuple[dict[str, Any], ...]
    more: int
    """Identifiers that are left out."""

    def as_dict(self) -> dict[str, Any]:
        """``customer_id, nodes: [{id, type, value, capped, events, first, last}], edges: [{from, to, by, observations,
        event, source, first, last, author, reason, seq}], more``. ``by`` is ``events`` or ``merge``."""
        return {
            "customer_id": self.customer_id,
            "nodes": list(self.nodes),
            "edges": list(self.edges),
            "more": self.more,
        }


def draw_customer(snapshot: Snapshot, key: str) -> Drawing:
    """The graph as a tree: each identifier once, and the link by which it was reached from the strongest. Raises
    NotFound."""
    number = snapshot.resolve(key)
    members = snapshot.members(number)
    near = Neighbourhood(snapshot.observed, snapshot.graph, members)
    shown = show_customer(snapshot, key, near)
    spelled = dict(zip(snapshot.observations.identifiers(members), members, strict=True))
    ordered = [spelled[found.type, found.value] for found in shown.identifiers if (found.type, found.value) in spelled]
    reached: dict[int, int] = {}
    for start in ordered:  # more than one where only shared identifiers hold them
        if start not in reached:
            reached |= near.reach([start])
    drawn = list(reached)[:MOST]
    edges = [_describe_edge(snapshot, near, reached[node], node) for node in drawn if reached[node] != node]
    ids = {snapshot.key(node): f"n{node}" for node in drawn}
    nodes = [
        {
            "id": ids.get(f"{found.type}:{found.value}", f"s{place}"),
            "type": found.type,
            "value": found.value,
            "capped": found.shared,
            "events": found.events,
            "first": found.first_seen,
            "last": found.last_seen,
        }
        for place, found in enumerate(shown.identifiers)
        if found.shared or f"{found.type}:{found.value}" in ids
    ][: 2 * MOST]
    return Drawing(customer_id(number), tuple(nodes), tuple(edges), max(0, len(reached) - len(drawn)))


def _describe_edge(snapshot: Snapshot, near: Neighbourhood, one: int, other: int) -> dict[str, Any]:
    step = explain_step(snapshot, near, one, other)
    return {
        "from": f"n{one}",
        "to": f"n{other}",
        "by": step.by,
        "observations": step.events,
        "event": step.event,
        "source": step.source,
        "first": step.first_seen,
        "last": step.last_seen,
        "author": step.author,
        "reason": step.reason,
        "seq": step.seq,
    }
