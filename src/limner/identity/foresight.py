"""What observations that are yet to come may do to customers they do not name.

Such an observation links identifiers it names, so for a customer it does not name only one thing can change anything:
that an identifier becomes *shared*, or is shared no more because of an alias. Then links are taken back or made up for,
and fragments go with other identifiers. As long as that does not happen, all other components and the fragments placed
with them stay as they are (ADR 0013).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Lock

import numpy as np
import numpy.typing as npt

from limner.compiled import kernel
from limner.identity.cuts import Cuts
from limner.identity.mentions import Identifier, Mentions, Places, list_sets
from limner.identity.naming import Named
from limner.identity.snapshot import Snapshot

MOST = 500
"""Fragments of one customer that are looked through."""
MOST_TOGETHER = 20_000
"""The same of many; what is not found among these may be new."""
NEVER_SEEN, ABSENT = -1, -2
"""Instead of a node: somebody who has none, or nobody."""
Numbers = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
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

    def take(self, named: Named) -> None:
        """This has come in as well. Safe to call from many threads."""
        with self._lock:
            self.shares = self.shares or (named.aliases and self._is_shared) or self._may_share(named.mentions)

    def _may_share(self, mentions: Mentions) -> bool:
        mentions = mentions.of_several()
        if not len(mentions.sets):
            return False
        nodes = self._snapshot.observations.find(mentions.people, len(self._snapshot.graph.root))
        self._learn_types({type for type, _ in mentions.people})
        unseen = find_unseen(self._snapshot, mentions.sets, nodes, self._residents)
        node_of = dict(zip(mentions.people, nodes.tolist())) if len(unseen) else {}
        for together in list_sets(mentions, unseen):
            for one in together:
                others = self._met.setdefault(one, set())
                others |= together - {one}
                if self._may_exceed(one, node_of[one], others):
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


def find_unseen(snapshot: Snapshot, sets: Places, nodes: Numbers, residents: Residents) -> list[int]:
    """The rows of those sets of which no observation names all yet: to see the others again shares nothing. ``sets``:
    places in ``nodes``, see `Mentions`."""
    named = np.where(sets >= 0, nodes[sets], ABSENT)
    known = np.unique(named[named >= 0])
    fragments = residents(np.unique(snapshot.graph.root[known]))[:MOST_TOGETHER]
    begins = snapshot.observed.offsets[fragments]
    ends = snapshot.observed.offsets[fragments + 1]
    places, owners = list_places(begins, ends)
    carried = snapshot.observed.nodes[places]
    order = np.argsort(carried, kind="stable")
    seen = are_carried(named, carried[order], owners[order], begins, ends, snapshot.observed.nodes)
    found: list[int] = np.flatnonzero(~seen).tolist()
    return found


def list_places(begins: Rows, ends: Rows) -> tuple[Rows, Rows]:
    """All places of these stretches, and the stretch that each is of."""
    lengths = ends - begins
    owners = np.repeat(np.arange(len(begins)), lengths)
    before = np.cumsum(lengths) - lengths
    return np.arange(len(owners)) + (begins - before)[owners], owners


@kernel
def are_carried(named: Numbers, carried: Numbers, owners: Rows, begins: Rows, ends: Rows, nodes: Numbers) -> Mask:
    """Is there a fragment for each row that carries all its nodes? ``carried``: all nodes of fragments, ascending, and
    the fragment of each, which is some ``nodes``."""
    seen = np.zeros(len(named), np.bool_)
    for row in range(len(named)):
        first = NEVER_SEEN
        for node in named[row]:
            if node == NEVER_SEEN:
                first = NEVER_SEEN
                break
            first = node if node != ABSENT else first
        if first == NEVER_SEEN:
            continue
        place = np.searchsorted(carried, first)
        while place < len(carried) and carried[place] == first and not seen[row]:
            fragment = owners[place]
            seen[row] = True
            for node in named[row]:
                there = node == ABSENT
                for at in range(begins[fragment], ends[fragment]):
                    there |= nodes[at] == node
                seen[row] &= there
            place += 1
    return seen


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
