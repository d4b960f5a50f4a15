"""The graph of identifiers: nodes are identifiers, observations link them, a component is a customer.

A pure function of the observations, the decisions and the rules: the order of arrival does not matter, and a graph
that was extended equals one built from scratch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from limner.identity.cuts import Cuts, hand_links
from limner.identity.links import Links, find_naming, flatten, place_fragments, union_fragments, union_pairs
from limner.identity.rules import Rules
from limner.identity.sharing import find_shared
from limner.ports.observations import Decision, Observed

SHARED = 10_000
"""Added to the rank of a shared identifier: behind every other."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Who is who, as arrays."""

    root: npt.NDArray[np.int32]
    """Per node: the smallest node of its component, which is the customer number."""
    customer_of: npt.NDArray[np.int32]
    """Per fragment: the customer number; -1 when the fragment is not live."""
    shared: npt.NDArray[np.bool_]
    """Per node: over one of its caps, so no observation links it."""
    peopled: npt.NDArray[np.bool_]
    """Per node: is it the number of a customer with at least one fragment?"""
    decisions: tuple[Decision, ...]
    rules: Rules
    """What it was built with, besides the observations."""


def build_graph(observed: Observed, decisions: Sequence[Decision], rules: Rules) -> Graph:
    """From scratch."""
    nothing = np.empty(0, np.int32)
    none = np.empty(0, np.bool_)
    return _link(Graph(nothing, nothing, none, none, tuple(decisions), rules), observed, find_shared(observed, rules))


def extend_graph(graph: Graph, observed: Observed, decisions: Sequence[Decision], rules: Rules) -> Graph:
    """The graph after more observations: ``observed`` begins with those ``graph`` was built from.

    Costs a few sequential passes. When decisions or rules changed, or an identifier became shared, links may have to
    be taken back, and the graph is built from scratch.
    """
    first, known = len(graph.customer_of), len(graph.root)
    revived = not np.array_equal(observed.live[:first], graph.customer_of >= 0)  # or erased
    if revived or tuple(decisions) != graph.decisions or rules != graph.rules:
        return build_graph(observed, decisions, rules)
    if first == len(observed.live) and known == len(observed.node_types):
        return graph
    shared = np.zeros(len(observed.node_types), np.bool_)
    shared[:known] = graph.shared
    touched = np.zeros(len(shared), np.bool_)
    touched[observed.nodes[observed.offsets[first] :]] = True
    if find_shared(observed, rules, among=touched & ~shared).any():
        return build_graph(observed, decisions, rules)
    return _link(graph, observed, shared)


def _link(before: Graph, observed: Observed, shared: npt.NDArray[np.bool_]) -> Graph:
    """``before`` and what the fragments it does not know yet link; an empty one gets the links by hand as well."""
    first, known = len(before.customer_of), len(before.root)
    parents = np.arange(len(shared), dtype=np.int32)
    parents[:known] = before.root
    links = Links.of(observed)
    strength = rank_nodes(observed, before.rules, shared)
    cuts = Cuts(before.decisions)
    pairs = [] if first else hand_links(before.decisions, cuts)
    parted = np.zeros(len(observed.live) if cuts else 0, np.bool_)
    if cuts:
        named = find_naming(links, cuts.mask(len(parents)), first)
        parted[named] = True
        pairs += [pair for fragment in named for pair in _star_links(observed, strength, cuts, int(fragment))]
    union_fragments(links, shared, parted, first, parents)
    union_pairs(np.array(pairs, np.int32).reshape(-1, 2), parents)
    flatten(parents)
    customer_of = np.full(len(observed.live), -1, np.int32)
    place_fragments(links, strength, parents, first, customer_of)
    peopled = np.zeros(len(parents), np.bool_)
    peopled[customer_of[first:][observed.live[first:]]] = True
    _carry_over(before, parents, customer_of, peopled)
    return Graph(parents, customer_of, shared, peopled, before.decisions, before.rules)


def _carry_over(
    before: Graph, root: npt.NDArray[np.int32], customer_of: npt.NDArray[np.int32], peopled: npt.NDArray[np.bool_]
) -> None:
    """The customers of the fragments placed before, under the numbers they have now."""
    known = customer_of[: len(before.customer_of)]
    known[:] = before.customer_of
    if not np.array_equal(root[: len(before.root)], before.root):
        live = known >= 0
        known[live] = root[known[live]]
    peopled[root[np.flatnonzero(before.peopled)]] = True


def rank_nodes(observed: Observed, rules: Rules, shared: npt.NDArray[np.bool_]) -> npt.NDArray[np.int16]:
    """Per node, smaller = stronger; the smallest of a fragment names its customer."""
    ranks = rules.ranks(observed.types)[observed.node_types] if observed.types else np.empty(0, np.int16)
    ranks[shared] += SHARED
    return ranks


def linked_groups(observed: Observed, strength: npt.NDArray[np.int16], cuts: Cuts, fragment: int) -> list[list[int]]:
    """The groups of identifiers one fragment links, each strongest first; shared identifiers are in none."""
    nodes = observed.nodes[observed.offsets[fragment] : observed.offsets[fragment + 1]]
    linking = [node for node in dict.fromkeys(nodes.tolist()) if strength[node] < SHARED]
    return cuts.groups(sorted(linking, key=strength.__getitem__))


def _star_links(
    observed: Observed, strength: npt.NDArray[np.int16], cuts: Cuts, fragment: int
) -> list[tuple[int, int]]:
    return [(head, node) for head, *others in linked_groups(observed, strength, cuts, fragment) for node in others]
