"""The graph of one moment and what is needed to speak of it: keys to nodes, nodes to keys, customers to members."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from limner.errors import DataError, NotFound, did_you_mean
from limner.govern.masking import mask_key
from limner.identity.graph import Graph
from limner.identity.links import chain_members
from limner.identity.normalise import normalise_key
from limner.ports.observations import Observations, Observed

CUSTOMER_ID = re.compile(r"c(0|[1-9]\d{0,9})", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Observations and their graph, as they were when taken."""

    observations: Observations
    observed: Observed
    graph: Graph
    region: str = "CN"
    _following: list[npt.NDArray[np.int32]] = field(default_factory=list, repr=False, compare=False)
    """`chain_members` of the graph, once somebody asked for members."""

    def find(self, key: str) -> int:
        """The node of ``type:value`` or of a customer id. DataError: not a key; NotFound: never seen."""
        if CUSTOMER_ID.fullmatch(key):
            return self._find_customer(key)
        type, colon, value = key.partition(":")
        if not colon or not type or not value:
            hint = "A key is type:value, such as phone:13800000000, or a customer id, such as c123."
            raise DataError(f"{key!r} is not a key.", hint=hint)
        if type not in self.observed.types and type not in self.graph.rules.types:
            known = {*self.observed.types, *self.graph.rules.types}
            raise NotFound(f"No event carries identifiers of type {type!r}.", hint=did_you_mean(type, known))
        normal = normalise_key(type, value, self.region)
        if normal is None:
            raise NotFound(f"{mask_key(type, value)} identifies nobody: such values are left out of events.")
        node = int(self.observations.find([(type, normal)], len(self.graph.root))[0])
        if node < 0:
            raise NotFound(f"{mask_key(type, normal)} was never seen on an event.")
        return node

    def resolve(self, key: str) -> int:
        """The number of the customer a key is; ids of merged customers resolve to the survivor. NotFound also when
        all events that carry the identifier are other customers'."""
        node = self.find(key)
        number = int(self.graph.root[node])
        if self.graph.peopled[number]:
            return number
        [(type, value)] = self.observations.identifiers([node])
        if self.graph.shared[node]:
            raise NotFound(f"{mask_key(type, value)} is shared by many customers and stands for none of them.")
        raise NotFound(f"{mask_key(type, value)} has no events of its own: those that carry it are other customers'.")

    def make_ready(self) -> None:
        """Have at hand what is needed to find anybody and to tell who it is, before anybody asks who keeps others
        waiting."""
        if not self._following:
            self.observations.find((), len(self.graph.root))
            self._following.append(chain_members(self.graph.root))

    def members(self, number: int) -> list[int]:
        """All nodes of a customer, ascending."""
        self.make_ready()
        members, following = [number], self._following[0]
        while (node := following.item(members[-1])) >= 0:
            members.append(node)
        return members

    def keys(self, nodes: Iterable[int]) -> list[str]:
        """``type:value`` of these nodes."""
        return [f"{type}:{value}" for type, value in self.observations.identifiers(list(nodes))]

    def key(self, node: int) -> str:
        return self.keys([node])[0]

    def mask(self, node: int) -> str:
        [(type, value)] = self.observations.identifiers([node])
        return mask_key(type, value)

    def evidence(self, fragments: Sequence[int]) -> list[tuple[int, str, str, int, int]]:
        return self.observations.evidence(fragments) if fragments else []

    def nodes_of(self, fragment: int) -> list[int]:
        offsets = self.observed.offsets
        nodes: list[int] = self.observed.nodes[offsets.item(fragment) : offsets.item(fragment + 1)].tolist()
        return nodes

    def _find_customer(self, key: str) -> int:
        number = int(key[1:])
        if number >= len(self.graph.root):
            raise NotFound(f"There is no customer {key}.")
        return number


def customer_id(number: int) -> str:
    return f"c{number}"


def to_time(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
