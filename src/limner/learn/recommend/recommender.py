"""What all recommenders are: fitted to histories, they rank items for any history and say what in it is the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from limner.errors import Conflict

Scores = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Arrays = Mapping[str, npt.NDArray[Any]]
BLOCK = 512
"""Histories scored at once where scores are dense."""
T = TypeVar("T")
NOTHING = -1
"""In `Ranked.items`: there are no more."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One row per history, best first."""

    items: npt.NDArray[np.int32]
    """(histories, n): places of items; `NOTHING` where fewer have a score above 0."""
    scores: Scores


class Recommender(Protocol):
    """Histories are rows over the items it was fitted to. Equal scores go to the smaller place."""

    name: ClassVar[str]

    def fit(self, histories: csr_matrix) -> Self: ...

    def score(self, histories: csr_matrix) -> Scores:
        """(histories, items): how well each item goes with each history; 0 = nothing speaks for it."""
        ...

    def top(
        self, histories: csr_matrix, n: int, exclude: csr_matrix | None = None, allowed: Flags | None = None
    ) -> Ranked:
        """The best of ``allowed`` for each history, without what its row of ``exclude`` has."""
        ...

    def reasons(self, history: csr_matrix, item: int) -> list[tuple[int, float]]:
        """What of the one history speaks for the item, and its share of all that does; strongest first."""
        ...

    def arrays(self) -> Arrays:
        """All that was learned, to be kept."""
        ...

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> Self: ...


class Scored:
    """Ranks by dense scores, block by block. Subclasses score."""

    def score(self, histories: csr_matrix) -> Scores:
        raise NotImplementedError

    def top(
        self, histories: csr_matrix, n: int, exclude: csr_matrix | None = None, allowed: Flags | None = None
    ) -> Ranked:
        parts = []
        for begin in range(0, histories.shape[0], BLOCK):
            scores = self.score(histories[begin : begin + BLOCK]).copy()
            if exclude is not None:
                rows, columns = exclude[begin : begin + BLOCK].nonzero()
                scores[rows, columns] = 0
            if allowed is not None:
                scores[:, ~allowed] = 0
            parts.append(best_of(scores, n))
        return join_ranked(parts, n)


def best_of(scores: Scores, n: int) -> Ranked:
    """The n highest above 0 of each row; of equal ones the smaller place."""
    n = min(n, scores.shape[1])
    # The n-th highest first: to sort only what reaches it. (Partitioning the negative is many times quicker on rows
    # that are mostly zero.)
    edge = -np.partition(-scores, n - 1, axis=1)[:, n - 1]
    items = np.full((len(scores), n), NOTHING, np.int32)
    best = np.zeros((len(scores), n), np.float32)
    for row, line in enumerate(scores):
        reach = np.flatnonzero(line >= edge[row]) if edge[row] > 0 else np.flatnonzero(line > 0)
        chosen = reach[np.argsort(-line[reach], kind="stable")[:n]]
        items[row, : len(chosen)], best[row, : len(chosen)] = chosen, line[chosen]
    return Ranked(items, best)


def join_ranked(parts: list[Ranked], n: int) -> Ranked:
    if not parts:
        return Ranked(np.zeros((0, n), np.int32), np.zeros((0, n), np.float32))
    return Ranked(np.concatenate([part.items for part in parts]), np.concatenate([part.scores for part in parts]))


def shares(contributions: Iterator[tuple[int, float]] | list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Those that speak for something, as shares of their sum, strongest first."""
    positive = [(item, value) for item, value in contributions if value > 0]
    total = sum(value for _, value in positive)
    return sorted(((item, value / total) for item, value in positive), key=lambda each: (-each[1], each[0]))


def fitted(value: T | None, who: object) -> T:
    """Conflict where nothing was learned yet."""
    if value is None:
        raise Conflict(f"{type(who).__name__} is not fitted yet.", hint="Call fit first.")
    return value
