"""A log small enough to read: observations kept in lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pytest

from limner.identity.normalise import normalise_key
from limner.ports.observations import Decision, Observed

HOUR = 3_600_000_000


@dataclass
class ListedObservations:
    """One event per `see`; the n-th happens, and is received, n hours after 1970."""

    identifiers_: list[tuple[str, str]] = field(default_factory=list)
    fragments: list[tuple[int, ...]] = field(default_factory=list)
    events: list[tuple[int, str, int]] = field(default_factory=list)
    decided: list[Decision] = field(default_factory=list)

    def see(self, *keys: str, event: str = "view") -> None:
        """An event that carries these keys."""
        nodes = tuple(self._number(*key.split(":", 1)) for key in keys)
        if nodes not in self.fragments:
            self.fragments.append(nodes)
        self.events.append((self.fragments.index(nodes), event, (len(self.events) + 1) * HOUR))

    def _number(self, type: str, value: str) -> int:
        pair = (type, normalise_key(type, value) or value)
        if pair not in self.identifiers_:
            self.identifiers_.append(pair)
        return self.identifiers_.index(pair)

    def observed(self, known_at: int | None = None) -> Observed:
        types = tuple(dict.fromkeys(type for type, _ in self.identifiers_))
        live = {fragment for fragment, _, time in self.events if known_at is None or time <= known_at}
        return Observed(
            types,
            np.array([types.index(type) for type, _ in self.identifiers_], np.int16),
            np.cumsum([0, *map(len, self.fragments)], dtype=np.int64),
            np.array([node for nodes in self.fragments for node in nodes], np.int32),
            np.array([fragment in live for fragment in range(len(self.fragments))], np.bool_),
        )

    def decisions(self, known_at: int | None = None) -> list[Decision]:
        return list(self.decided) if known_at is None else []

    def decide(self, decision: Decision) -> int:
        self.decided.append(replace(decision, seq=len(self.events) + len(self.decided) + 1))
        return self.decided[-1].seq

    def find(self, named: Sequence[tuple[str, str]], until: int | None = None) -> npt.NDArray[np.int32]:
        known = self.identifiers_[:until]
        return np.array([known.index(one) if one in known else -1 for one in named], np.int32)

    def identifiers(self, nodes: Sequence[int]) -> list[tuple[str, str]]:
        return [self.identifiers_[node] for node in nodes]

    def evidence(self, fragments: Sequence[int]) -> list[tuple[int, str, str, int, int]]:
        rows = []
        for fragment in fragments:
            mine = [(name, time) for other, name, time in self.events if other == fragment]
            times = [time for _, time in mine]
            rows.append((len(mine), mine[0][0], "web", min(times), max(times)))
        return rows


@pytest.fixture
def seen() -> ListedObservations:
    return ListedObservations()


@pytest.fixture
def make_observations() -> Callable[[], ListedObservations]:
    return ListedObservations
