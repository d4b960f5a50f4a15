"""Which sets of identifiers were seen before, found by arrays, is what looking through all observations says."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from limner.identity.foresight import NEVER_SEEN, Numbers, find_unseen
from limner.identity.mentions import Mentions
from limner.identity.snapshot import Snapshot

NODES, CUSTOMERS = 60, 20


class World:
    """Fragments of customers: nodes each, some of which nobody else has."""

    def __init__(self, chance: random.Random) -> None:
        self.fragments = [[chance.randrange(NODES) for _ in range(chance.randrange(1, 5))] for _ in range(50)]
        root = np.array([chance.randrange(CUSTOMERS) for _ in range(NODES)], np.int32)
        self.owners = [int(root[nodes[0]]) for nodes in self.fragments]
        observed = SimpleNamespace(
            offsets=np.cumsum([0, *map(len, self.fragments)]),
            nodes=np.array([node for nodes in self.fragments for node in nodes], np.int32),
        )
        self.snapshot = cast(Snapshot, SimpleNamespace(observed=observed, graph=SimpleNamespace(root=root)))
        self.root = root

    def residents(self, customers: Numbers) -> Numbers:
        asked = set(customers.tolist())
        return np.array([place for place, owner in enumerate(self.owners) if owner in asked], np.int32)

    def is_seen(self, nodes: list[int], customers: set[int]) -> bool:
        """By the fragments of these customers."""
        theirs = [set(there) for there, owner in zip(self.fragments, self.owners) if owner in customers]
        return any(set(nodes) <= there for there in theirs)


@pytest.mark.parametrize("seed", range(20))
def test_sets_are_seen_before_if_an_observation_names_them_all(seed: int) -> None:
    chance = random.Random(seed)
    world = World(chance)
    nodes = [NEVER_SEEN if chance.random() < 0.1 else node for node in range(NODES)]
    sets: Any = np.full((200, 4), -1, np.int32)
    for row in sets:
        taken = chance.choice(world.fragments) if chance.random() < 0.5 else range(NODES)
        together = chance.sample(sorted(set(taken)), chance.randrange(min(len(set(taken)), 4) + 1))
        row[chance.sample(range(4), len(together))] = together
    sets = Mentions((), sets).of_several().sets
    named = [[nodes[place] for place in row if place >= 0] for row in sets.tolist()]
    assert 1 < min(map(len, named)) < max(map(len, named))
    asked = {int(world.root[node]) for those in named for node in those if node != NEVER_SEEN}
    expected = [row for row, those in enumerate(named) if not world.is_seen(those, asked)]
    found = find_unseen(world.snapshot, sets, np.array(nodes, np.int32), world.residents)
    assert found == expected
    assert 0 < len(found) < 150
    assert find_unseen(world.snapshot, sets[:0], np.empty(0, np.int32), world.residents) == []
