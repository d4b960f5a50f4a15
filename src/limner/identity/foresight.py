"""What observations that are yet to come may do to customers they do not name.

Such an observation links identifiers it names, so for a customer it does not name only one thing can change anything:
that an identifier becomes *shared*, or is shared no more because of an alias. Then links are taken back or made up for,
and fragments go with other identifiers. As long as that does not happen, all other components and the fragments placed
with them stay as they are (ADR 0013).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from threading import Lock

import numpy as np
import numpy.typing as npt

from limner.identity.cuts import Cuts
from limner.identity.naming import Identifier, Named
from limner.identity.snapshot import Snapshot

MOST = 500
"""Fragments of one customer that are looked through."""
MOST_TOGETHER = 20_000
"""The same of many; what is not found among these may be new."""
Numbers = npt.NDArray[np.int32]
Residents = Callable[[Numbers], Numbers]
"""Customers to their fragments."""


class Foresight:
    """Whether anybody may become shared by all that came in since a moment, or be shared no more.

    It is counted from that moment on, whether it was stored since or not: what becomes of it all does not depend on how
    much of it the graph has by now. So it holds as long as nothing else has come into the graph.
    """

    def __init__(self, snapshot: Snapshot, residents: Residents) -> None:
        self._snapshot, self._residents = snapshot, residents
        self._met: dict[Identifier, set[Identifier]] = {}
        """Whom each was not seen with before."""
        self._types = set(snapshot.observed.types)
        self._least: dict[str, int] = {}
        """The smallest cap of each type."""
        self._is_shared = bool(snapshot.graph.shared.any())
        self.shares = False
        """May somebody?"""
        self._lock = Lock()

    @property
    def size(self) -> int:
        return len(self._met)

    def take(self, come: Iterable[Named]) -> None:
        """This has come in as well. Safe to call from many threads."""
        with self._lock:
            for named in come:
                self.shares = self.shares or (named.aliases and self._is_shared) or self._may_share(named.sets)

    def _may_share(self, sets: Collection[frozenset[Identifier]]) -> bool:
        sets = [together for together in sets if len(together) > 1]
        named = list({one for together in sets for one in together})
        nodes = dict(zip(named, self._snapshot.observations.find(named, len(self._snapshot.graph.root)).tolist()))
        self._learn_types({type for type, _ in named})
        for together in find_unseen(self._snapshot, sets, nodes, self._residents):
            for one in together:
                others = self._met.setdefault(one, set())
                others |= together - {one}
                if self._may_exceed(one, nodes[one], others):
                    return True
        return False

    def _may_exceed(self, one: Identifier, node: int, others: set[Identifier]) -> bool:
        """Might this one be over a cap when it is seen with these others as well, and was not before? Aliases are not
        counted as one: whoever is over a cap is taken at their word no more."""
        graph = self._snapshot.graph
        if node >= 0 and graph.crowded[node]:
            return not graph.shared[node]  # as it stays; but what aliases kept from being shared may be so now
        seen_with = int(graph.degrees[node]) if node >= 0 else 0
        if seen_with + len(others) <= self._find_least(one[0]):
            return False
        if seen_with:
            neighbours = find_neighbours(self._snapshot, node, self._residents)
            if neighbours is None:
                return True
            others = others | neighbours
        counts = Counter(type for type, _ in others)
        return any(count > graph.rules.cap(one[0], type) for type, count in counts.items())

    def _learn_types(self, types: set[str]) -> None:
        if not types <= self._types:
            self._types |= types
            self._least.clear()

    def _find_least(self, type: str) -> int:
        """With how many of whatever type one of this type may be seen in any case."""
        if type not in self._least:
            self._least[type] = min(self._snapshot.graph.rules.cap(type, other) for other in self._types)
        return self._least[type]


def find_unseen(
    snapshot: Snapshot, sets: Sequence[frozenset[Identifier]], nodes: Mapping[Identifier, int], residents: Residents
) -> list[frozenset[Identifier]]:
    """Those that no observation names all of yet: to see the others again shares nothing."""
    known = np.array([node for node in nodes.values() if node >= 0], np.int32)
    carriers: dict[int, list[list[int]]] = {}
    for fragment in residents(np.unique(snapshot.graph.root[known]))[:MOST_TOGETHER].tolist():
        carried = snapshot.nodes_of(fragment)
        for node in carried:
            carriers.setdefault(node, []).append(carried)

    def is_seen(together: frozenset[Identifier]) -> bool:
        first, *others = (nodes[one] for one in together)
        return any(all(node in carried for node in others) for carried in carriers.get(first, ()))

    return [together for together in sets if not is_seen(together)]


def find_neighbours(snapshot: Snapshot, node: int, residents: Residents) -> set[Identifier] | None:
    """Whom an identifier that is not shared was seen with; None where that takes a look at all observations. All that
    carry it are its own customer's, unless somebody was split or erased."""
    if snapshot.observed.erased is not None or Cuts(snapshot.graph.decisions):
        return None
    fragments = residents(snapshot.graph.root[[node]])
    if len(fragments) > MOST:
        return None
    carried = [nodes for fragment in fragments.tolist() if node in (nodes := snapshot.nodes_of(fragment))]
    met = {other for nodes in carried for other in nodes} - {node}
    return set(snapshot.observations.identifiers(sorted(met)))
