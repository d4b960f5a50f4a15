"""One customer seen from near: which observations and merges hold its identifiers together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from limner.identity.cuts import Cuts, hand_links
from limner.identity.graph import Graph, linked_groups, rank_nodes
from limner.identity.links import Links, find_naming
from limner.ports.observations import Observed


class Neighbourhood:
    """The links among some nodes, as dicts: for one customer's few identifiers, not for the whole graph."""

    def __init__(self, observed: Observed, graph: Graph, nodes: Iterable[int]) -> None:
        inside = np.zeros(len(graph.root), np.bool_)
        inside[list(nodes)] = True
        cuts = Cuts(graph.decisions)
        naming = find_naming(Links.of(observed), inside, 0).tolist()
        named = [observed.nodes[observed.offsets[one] : observed.offsets[one + 1]] for one in naming]
        wanted = np.concatenate([np.zeros(0, np.int32), *named])
        strength = rank_nodes(observed, graph.rules, graph.shared, wanted)
        self._groups: list[tuple[int, list[int]]] = [
            (fragment, group)
            for fragment in naming
            for group in linked_groups(observed, strength, cuts, fragment)
            if len(group) > 1 and inside[group[0]]
        ]
        self._groups_of: dict[int, list[int]] = {}
        for place, (_, group) in enumerate(self._groups):
            for node in group:
                self._groups_of.setdefault(node, []).append(place)
        self._merged_with: dict[int, list[int]] = {}
        for one, other in hand_links(graph.decisions, cuts):
            if inside[one] and inside[other]:
                self._merged_with.setdefault(one, []).append(other)
                self._merged_with.setdefault(other, []).append(one)

    @property
    def merged_by_hand(self) -> bool:
        return bool(self._merged_with)

    def reach(self, starts: Iterable[int], merges: bool = True) -> dict[int, int]:
        """Every node linked with the starts, mapped to the one it was reached from (a start: to itself), nearest
        first. Without ``merges`` only observations link."""
        reached = {node: node for node in starts}
        waiting, used = deque(reached), set[int]()
        while waiting:
            node = waiting.popleft()
            near = list(self._merged_with.get(node, [])) if merges else []
            for place in self._groups_of.get(node, []):
                if place not in used:
                    used.add(place)
                    near += self._groups[place][1]
            for other in near:
                if other not in reached:
                    reached[other] = node
                    waiting.append(other)
        return reached

    def path(self, start: int, goal: int) -> list[int]:
        """A shortest chain of linked nodes; empty when there is none."""
        reached = self.reach([start])
        if goal not in reached:
            return []
        path = [goal]
        while path[-1] != start:
            path.append(reached[path[-1]])
        return path[::-1]

    def fragments_linking(self, one: int, other: int) -> list[int]:
        """Fragments that carry and link both."""
        both = set(self._groups_of.get(one, [])) & set(self._groups_of.get(other, []))
        return [self._groups[place][0] for place in sorted(both)]
