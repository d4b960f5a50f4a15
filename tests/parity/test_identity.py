"""The identity graph against an obvious twin: the same rules in sets and loops, components by networkx."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx
import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from limner.identity import sharing
from limner.identity.graph import Graph, build_graph, extend_graph
from limner.identity.rules import Rules, TypeRule
from limner.ports.observations import Decision, Observed

TYPES = ("phone", "user_id", "anonymous_id", "loyalty_card")
RULES = Rules(
    {
        "user_id": TypeRule(limit=9, fan_out=4),
        "phone": TypeRule(limit=2, fan_out=3),
        "anonymous_id": TypeRule(limit=1, fan_out=3, limits={"phone": 2}),
    }
)
ORDER = {"user_id": 0, "phone": 1, "loyalty_card": 2, "anonymous_id": 3}
CAPS = {
    ("user_id", "user_id"): 4, ("user_id", "phone"): 4, ("user_id", "loyalty_card"): 4, ("user_id", "anonymous_id"): 4,
    ("phone", "user_id"): 2, ("phone", "phone"): 3, ("phone", "loyalty_card"): 3, ("phone", "anonymous_id"): 3,
    ("loyalty_card", "user_id"): 3, ("loyalty_card", "phone"): 3, ("loyalty_card", "loyalty_card"): 100,
    ("loyalty_card", "anonymous_id"): 100, ("anonymous_id", "user_id"): 1, ("anonymous_id", "phone"): 2,
    ("anonymous_id", "loyalty_card"): 3, ("anonymous_id", "anonymous_id"): 3,
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """Observations as lists: a type per node, nodes per fragment."""

    kinds: list[str]
    fragments: list[list[int]]
    dead: frozenset[int]
    decisions: list[Decision]

    def observed(self) -> Observed:
        return Observed(
            TYPES,
            np.array([TYPES.index(kind) for kind in self.kinds], np.int16),
            np.cumsum([0, *map(len, self.fragments)], dtype=np.int64),
            np.array([node for nodes in self.fragments for node in nodes], np.int32),
            np.array([place not in self.dead for place in range(len(self.fragments))], np.bool_),
        )


@st.composite
def worlds(draw: st.DrawFn, decided: bool = True, dying: bool = True) -> World:
    kinds = draw(st.lists(st.sampled_from(TYPES), min_size=2, max_size=14))
    nodes = st.integers(0, len(kinds) - 1)
    fragments = draw(st.lists(st.lists(nodes, min_size=1, max_size=4), max_size=18))
    dead = draw(st.frozensets(st.integers(0, 17), max_size=3)) if dying else frozenset()
    decisions = draw(st.lists(two_sides(nodes), max_size=4)) if decided else []
    return World(kinds, fragments, dead, decisions)


@st.composite
def two_sides(draw: st.DrawFn, nodes: st.SearchStrategy[int]) -> Decision:
    left = draw(st.sets(nodes, min_size=1, max_size=3))
    right = draw(st.sets(nodes, min_size=1, max_size=3)) - left or {next(iter(left))}
    left = left - right or left
    return Decision(draw(st.sampled_from(("merge", "split"))), tuple(left), tuple(right))


def twin(world: World) -> tuple[list[int], list[int], list[bool]]:
    """Root of each node, customer of each fragment, shared nodes: as the rules are told, one loop each."""
    live = [(place, nodes) for place, nodes in enumerate(world.fragments) if place not in world.dead]
    met: dict[tuple[int, str], set[int]] = defaultdict(set)
    for _, nodes in live:
        for node in nodes:
            for other in nodes:
                if other != node:
                    met[node, world.kinds[other]].add(other)
    crowded = [
        any(len(met[node, other]) > CAPS[kind, other] for other in TYPES) for node, kind in enumerate(world.kinds)
    ]

    def apart(one: int, other: int, after: int = -1) -> bool:
        return any(
            place > after and decision.kind == "split" and
            ((one in decision.left and other in decision.right) or (one in decision.right and other in decision.left))
            for place, decision in enumerate(world.decisions)
        )  # fmt: skip

    def parted(nodes: Iterable[int]) -> list[list[int]]:
        groups: list[list[int]] = []
        for node in sorted(nodes, key=lambda node: ORDER[world.kinds[node]]):
            fitting = [group for group in groups if not any(apart(node, member) for member in group)]
            (fitting[0] if fitting else groups.append([]) or groups[-1]).append(node)
        return groups

    aliases = nx.Graph()
    aliases.add_nodes_from(range(len(world.kinds)))
    for _, nodes in live:
        if len({world.kinds[node] for node in nodes}) == 1:
            for group in parted(node for node in nodes if not crowded[node]):
                nx.add_path(aliases, group)
    same = {node: min(alike) for alike in nx.connected_components(aliases) for node in alike}
    shared = [
        any(len({same[met_one] for met_one in met[node, other]}) > CAPS[kind, other] for other in TYPES)
        for node, kind in enumerate(world.kinds)
    ]
    graph = nx.Graph()
    graph.add_nodes_from(range(len(world.kinds)))
    for _, nodes in live:
        for group in parted(node for node in nodes if not shared[node]):
            nx.add_path(graph, group)
    for place, decision in enumerate(world.decisions):
        if decision.kind == "merge":
            graph.add_edges_from(
                (one, other) for one in decision.left for other in decision.right if not apart(one, other, after=place)
            )
    root = {node: min(component) for component in nx.connected_components(graph) for node in component}
    customers = [-1] * len(world.fragments)
    for place, nodes in live:
        strongest = min(nodes, key=lambda node: (shared[node], ORDER[world.kinds[node]]))
        customers[place] = root[strongest]
    return [root[node] for node in range(len(world.kinds))], customers, shared


def check(graph: Graph, world: World) -> None:
    root, customers, shared = twin(world)
    assert graph.shared.tolist() == shared
    assert graph.root.tolist() == root
    assert graph.customer_of.tolist() == customers
    assert np.flatnonzero(graph.peopled).tolist() == sorted({number for number in customers if number >= 0})


@settings(max_examples=400)
@given(worlds())
def test_graph_equals_twin(world: World) -> None:
    check(build_graph(world.observed(), world.decisions, RULES), world)


@settings(max_examples=60)
@given(worlds(decided=False, dying=False))
def test_long_neighbour_lists_are_counted_alike(world: World) -> None:
    repeated = World(world.kinds, world.fragments * (sharing.FEW + 1), frozenset(), [])
    check(build_graph(repeated.observed(), [], RULES), repeated)


@settings(max_examples=200)
@given(worlds(decided=False), st.randoms(use_true_random=False))
def test_order_of_arrival_is_irrelevant(world: World, shuffle: random.Random) -> None:
    """Other numbers, other order of fragments: the same partition, with the same events."""
    renumbered = list(range(len(world.kinds)))
    shuffle.shuffle(renumbered)
    order = list(range(len(world.fragments)))
    shuffle.shuffle(order)
    kinds = [""] * len(world.kinds)
    for node, number in enumerate(renumbered):
        kinds[number] = world.kinds[node]
    fragments = [[renumbered[node] for node in world.fragments[place]] for place in order]
    dead = frozenset(new for new, old in enumerate(order) if old in world.dead)
    before = build_graph(world.observed(), [], RULES)
    after = build_graph(World(kinds, fragments, dead, []).observed(), [], RULES)
    same = dict(zip(before.root.tolist(), after.root[renumbered].tolist()))
    assert [same[root] for root in before.root.tolist()] == after.root[renumbered].tolist()
    assert len(set(same.values())) == len(same)
    placed = [same.get(number, -1) for number in before.customer_of[order].tolist()]
    assert placed == after.customer_of.tolist()


@settings(max_examples=300)
@given(worlds(), st.lists(st.integers(0, 18), max_size=3), st.booleans())
@example(World(["user_id", "user_id", "anonymous_id"], [[0, 2], [1, 2]], frozenset(), []), [1], False)
@example(World(["user_id", "user_id", "anonymous_id"], [[0, 2], [1, 2], [0, 1]], frozenset(), []), [2], False)
@example(World(["user_id", "user_id", "anonymous_id"], [[0, 1], [0, 2], [1, 2]], frozenset(), []), [1, 2], False)
def test_extended_equals_built(world: World, cuts: list[int], late_decisions: bool) -> None:
    graph = None
    for end in [*sorted(cuts), len(world.fragments)]:
        fragments = world.fragments[:end]
        known = max((node for nodes in world.fragments[:end] for node in nodes), default=-1) + 1
        if end >= len(world.fragments):
            known = len(world.kinds)
        numbers = range(known)
        decided = [
            decision
            for decision in world.decisions
            if {*decision.left, *decision.right} <= {*numbers} and (not late_decisions or end >= len(world.fragments))
        ]
        part = World(world.kinds[:known], fragments, world.dead, decided)
        observed = part.observed()
        graph = (
            build_graph(observed, decided, RULES) if graph is None else extend_graph(graph, observed, decided, RULES)
        )
        check(graph, part)


@settings(max_examples=200)
@given(worlds(dying=False), st.data())
def test_split_after_merge_restores_everything(world: World, data: st.DataObject) -> None:
    """Whatever was decided before: joining two customers and parting them again gives the same graph."""
    before = build_graph(world.observed(), world.decisions, RULES)
    one, other = (data.draw(st.integers(0, len(world.kinds) - 1)) for _ in range(2))
    if before.root[one] == before.root[other]:
        return
    merged = [*world.decisions, Decision("merge", (one,), (other,))]
    together = build_graph(world.observed(), merged, RULES)
    assert together.root[one] == together.root[other] == min(before.root[one], before.root[other])
    sides = [tuple(np.flatnonzero(before.root == before.root[node]).tolist()) for node in (one, other)]
    after = build_graph(world.observed(), [*merged, Decision("split", *sides)], RULES)
    assert after.root.tolist() == before.root.tolist()
    assert after.customer_of.tolist() == before.customer_of.tolist()
