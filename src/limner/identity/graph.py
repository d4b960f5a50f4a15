"""The graph of identifiers: nodes are identifiers, observations link them, a component is a customer.

A pure function of the observations, the decisions and the rules: the order of arrival does not matter, and a graph
that was extended equals one built from scratch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.identity.aliases import NOBODY, find_aliases, is_met_by, join_aliases
from limner.identity.cuts import Cuts, hand_links
from limner.identity.links import Links, find_naming, flatten, place_fragments, union_fragments, union_pairs
from limner.identity.rules import Rules
from limner.identity.sharing import count_degrees, find_shared
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
    crowded: npt.NDArray[np.bool_]
    """Per node: over one of its caps if aliases are not counted as one."""
    same: npt.NDArray[np.int32]
    """Per node: the smallest it is the same as, see `join_aliases`; NOBODY when there are no aliases."""
    degrees: npt.NDArray[np.int32]
    """Per node: how many others its observations name, with repetitions: with fewer than a cap it cannot be shared."""
    decisions: tuple[Decision, ...]
    rules: Rules
    """What it was built with, besides the observations."""


def build_graph(observed: Observed, decisions: Sequence[Decision], rules: Rules) -> Graph:
    """From scratch."""
    nothing, none = np.empty(0, np.int32), np.empty(0, np.bool_)
    degrees = count_degrees(observed, nothing, 0)
    crowded = find_shared(observed, rules, degrees)
    pairs = find_aliases(observed, decisions, crowded, 0)
    same, shared = join_aliases(NOBODY, len(crowded), pairs), crowded
    if len(same):
        shared = find_shared(observed, rules, degrees, np.flatnonzero(crowded).astype(np.int32), same)
    before = Graph(nothing, nothing, none, none, none, NOBODY, nothing, tuple(decisions), rules)
    return _link(before, observed, _Counted(shared, crowded, same, degrees))


def extend_graph(graph: Graph, observed: Observed, decisions: Sequence[Decision], rules: Rules) -> Graph:
    """The graph after more observations: ``observed`` begins with those ``graph`` was built from.

    Costs a copy of the arrays. When decisions or rules changed, or an identifier became shared or shared no more, links
    may have to be taken back or made up for, and the graph is built from scratch.
    """
    first, known = len(graph.customer_of), len(graph.root)
    revived = not np.array_equal(observed.live[:first], graph.customer_of >= 0)  # or erased
    if revived or tuple(decisions) != graph.decisions or rules != graph.rules:
        return build_graph(observed, decisions, rules)
    if first == len(observed.live) and known == len(observed.node_types):
        return graph
    shared, crowded = np.zeros((2, len(observed.node_types)), np.bool_)
    shared[:known], crowded[:known] = graph.shared, graph.crowded
    degrees = count_degrees(observed, graph.degrees, first)
    touched = np.unique(observed.nodes[observed.offsets[first] :])
    pairs = find_aliases(observed, decisions, crowded, first)
    same = join_aliases(graph.same, len(shared), pairs)
    borderline = touched[crowded[touched] & ~shared[touched]]
    if (
        find_shared(observed, rules, degrees, touched[~crowded[touched]]).any()
        or (len(borderline) and find_shared(observed, rules, degrees, borderline, same).any())
        or (len(pairs) and is_met_by(observed, same, pairs, shared))
    ):
        return build_graph(observed, decisions, rules)
    return _link(graph, observed, _Counted(shared, crowded, same, degrees))


class _Counted(NamedTuple):
    """What `Graph` says of how its nodes were seen with others."""

    shared: npt.NDArray[np.bool_]
    crowded: npt.NDArray[np.bool_]
    same: npt.NDArray[np.int32]
    degrees: npt.NDArray[np.int32]


def _link(before: Graph, observed: Observed, counted: _Counted) -> Graph:
    """``before`` and what the fragments it does not know yet link; an empty one gets the links by hand as well."""
    first, known, shared = len(before.customer_of), len(before.root), counted.shared
    parents = np.arange(len(shared), dtype=np.int32)
    parents[:known] = before.root
    links = Links.of(observed)
    fresh = np.unique(observed.nodes[observed.offsets[first] :]) if first else None
    strength = rank_nodes(observed, before.rules, shared, fresh)
    cuts = Cuts(before.decisions)
    pairs = [] if first else hand_links(before.decisions, cuts)
    parted = np.zeros(len(observed.live) if cuts else 0, np.bool_)
    if cuts:
        named = find_naming(links, cuts.mask(len(parents)), first)
        parted[named] = True
        pairs += [pair for fragment in named for pair in _star_links(observed, strength, cuts, int(fragment))]
    union_fragments(links, shared, parted, first, parents)
    union_pairs(np.array(pairs, np.int32).reshape(-1, 2), parents)
    moved = fresh is None or has_moved(parents, before.root, fresh)
    flatten(parents, 0 if moved else known)
    customer_of = np.full(len(observed.live), -1, np.int32)
    place_fragments(links, strength, parents, first, customer_of)
    peopled = np.zeros(len(parents), np.bool_)
    peopled[customer_of[first:][observed.live[first:]]] = True
    _carry_over(before, parents, customer_of, peopled, moved)
    return Graph(parents, customer_of, shared, peopled, *counted[1:], before.decisions, before.rules)


def has_moved(parents: npt.NDArray[np.int32], root: npt.NDArray[np.int32], touched: npt.NDArray[np.int32]) -> bool:
    """Was a component that had this root put under another? Only those of the touched nodes may have been."""
    roots = root[touched[touched < len(root)]]
    return bool(np.any(parents[roots] != roots))


def _carry_over(
    before: Graph,
    root: npt.NDArray[np.int32],
    customer_of: npt.NDArray[np.int32],
    peopled: npt.NDArray[np.bool_],
    moved: bool,
) -> None:
    """The customers of the fragments placed before, under the numbers they have now. ``moved``: some have others."""
    known = customer_of[: len(before.customer_of)]
    known[:] = before.customer_of
    if moved:
        live = known >= 0
        known[live] = root[known[live]]
        peopled[root[np.flatnonzero(before.peopled)]] = True
    else:
        peopled[: len(before.peopled)] |= before.peopled


def rank_nodes(
    observed: Observed, rules: Rules, shared: npt.NDArray[np.bool_], wanted: npt.NDArray[np.int32] | None = None
) -> npt.NDArray[np.int16]:
    """Per node, smaller = stronger; the smallest of a fragment names its customer. Of nodes that are not ``wanted``
    (None = all) it says nothing."""
    if not observed.types:
        return np.empty(0, np.int16)
    ranks = rules.ranks(observed.types)
    if wanted is None:
        return np.asarray(ranks[observed.node_types] + shared * np.int16(SHARED), np.int16)
    found = np.empty(len(shared), np.int16)
    found[wanted] = ranks[observed.node_types[wanted]] + shared[wanted] * np.int16(SHARED)
    return found


def linked_groups(observed: Observed, strength: npt.NDArray[np.int16], cuts: Cuts, fragment: int) -> list[list[int]]:
    """The groups of identifiers one fragment links, each strongest first; shared identifiers are in none."""
    nodes = observed.nodes[observed.offsets[fragment] : observed.offsets[fragment + 1]]
    linking = [node for node in dict.fromkeys(nodes.tolist()) if strength[node] < SHARED]
    return cuts.groups(sorted(linking, key=strength.__getitem__))


def _star_links(
    observed: Observed, strength: npt.NDArray[np.int16], cuts: Cuts, fragment: int
) -> list[tuple[int, int]]:
    return [(head, node) for head, *others in linked_groups(observed, strength, cuts, fragment) for node in others]
