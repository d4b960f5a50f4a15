"""What identity reads of the log: which identifiers were seen together, and what people decided by hand.

A *fragment* is a distinct set of identifiers carried by events. It is never split and never moved, so whatever the
graph says later, a customer is a list of fragments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Observed:
    """All identifiers (nodes 0..) and all fragments (0..), as arrays."""

    types: tuple[str, ...]
    """Identifier types by code."""
    node_types: npt.NDArray[np.int16]
    """Type code of each node."""
    offsets: npt.NDArray[np.int64]
    nodes: npt.NDArray[np.int32]
    """Nodes of fragment f: nodes[offsets[f]:offsets[f + 1]], in the event's order; never empty."""
    live: npt.NDArray[np.bool_]
    """Per fragment: was it seen by the instant asked for (without one: is it not erased)?"""
    erased: npt.NDArray[np.bool_] | None = None
    """Per fragment: was its person erased? It links nobody any more, but counts towards caps: otherwise what it shared
    with others would link them. None = nobody was."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided by hand: a merge, a split (or a client's unbind), or that a customer is no longer to be
    followed. It is an event of the log; later ones win over earlier ones."""

    kind: Literal["merge", "split", "block", "unblock"]
    left: tuple[int, ...]
    """Nodes. merge: joined with every node of ``right``, caps notwithstanding. block, unblock: these."""
    right: tuple[int, ...]
    """split: no observation links a node of ``left`` with a node of ``right``."""
    seq: int = 0
    author: str = ""
    reason: str = ""


class Observations(Protocol):
    def observed(self, known_at: int | None = None) -> Observed:
        """Everything seen, or only what was received by ``known_at`` (µs UTC)."""
        ...

    def decisions(self, known_at: int | None = None) -> list[Decision]:
        """Merges and splits, in the order they were made."""
        ...

    def blocks(self) -> Mapping[int, int]:
        """Nodes that are blocked, and since when (µs UTC)."""
        ...

    def decide(self, decision: Decision) -> int:
        """Append a decision to the log as an event on no timeline; its seq."""
        ...

    def find(self, named: Sequence[tuple[str, str]], until: int | None = None) -> npt.NDArray[np.int32]:
        """The nodes of normalised identifiers, (type, value) each; -1 = never seen, or not among the first ``until``,
        for which nobody waits who has observed so many."""
        ...

    def identifiers(self, nodes: Sequence[int]) -> list[tuple[str, str]]:
        """(type, value) of these nodes, in the order asked."""
        ...

    def evidence(self, fragments: Sequence[int]) -> list[tuple[int, str, str, int, int]]:
        """Per fragment: (events, one event name, its source, first time, last time; µs UTC)."""
        ...

    def identifier_table(self) -> pa.Table:
        """All identifiers: columns node (int32), type, value; by node."""
        ...
