"""Everybody's tag columns, ready for questions about many: who meets a condition, how many, how do they differ."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from limner.audiences.cells import Edge
from limner.audiences.insight import MOST_VALUES, SMALLEST_CELL, Insight, compare_audience
from limner.audiences.sets import as_set
from limner.audiences.tally import LANES, tally_codes
from limner.fold.predicate import count_each, evaluate
from limner.model.clock import iso_time
from limner.model.column import Folded, TagColumn
from limner.model.condition import Condition

Mask = npt.NDArray[np.bool_]


class Crowd:
    """Answers at the columns' as_of.

    ``hidden`` are columns of the inline behaviour (``did``) of conditions, and of snapshots they ask for, by key.
    Every method raises DefinitionError for a tag that has no column.
    """

    def __init__(self, folded: Folded, zone: str, hidden: Mapping[str, TagColumn] | None = None) -> None:
        self.folded = folded
        self.zone = zone
        self.hidden: Mapping[str, TagColumn] = hidden or {}
        self.threads = os.cpu_count() or 1

    @property
    def as_of(self) -> str:
        """ISO 8601 in the workspace's zone."""
        return iso_time(self.folded.as_of, self.zone)

    def count(self, condition: Condition) -> int:
        """How many customers meet the condition."""
        return self.count_each([condition])[0]

    def count_each(self, conditions: Sequence[Condition]) -> list[int]:
        """How many customers meet each of the conditions, all looked at in one pass."""
        folded = self.folded
        size = len(folded.customers)
        return count_each(
            conditions, folded.columns, folded.as_of, self.zone, self.hidden, size=size, threads=self.threads
        )

    def count_words(self, tag: str) -> dict[str, int]:
        """How many customers have each word of a tag whose values are words."""
        column = self.folded.columns[tag]
        counts = np.zeros((LANES, (len(column.dictionary) + 1) * 4), np.int64)
        tally_codes(column.values, np.zeros(len(column.values), np.uint8), counts)
        return dict(zip(column.dictionary, counts[:, 4::4].sum(axis=0).tolist(), strict=True))

    def find(self, condition: Condition) -> Mask:
        """Whether each customer meets the condition, aligned with the columns."""
        folded = self.folded
        return evaluate(condition, folded.columns, folded.as_of, self.zone, self.hidden, size=len(folded.customers))

    def members(self, condition: Condition) -> BitMap:
        """Customer numbers of those who meet the condition."""
        return as_set(self.folded.customers[self.find(condition)])

    def compare(
        self,
        condition: Condition,
        base: Condition | None,
        tags: Sequence[str],
        *,
        edges: Mapping[str, Sequence[Edge]] | None = None,
        smallest_cell: int = SMALLEST_CELL,
        most: int = MOST_VALUES,
    ) -> Insight:
        """How those who meet the condition differ from those who meet ``base`` (None = everyone)."""
        return compare_audience(
            self.folded,
            self.find(condition),
            None if base is None else self.find(base),
            tags,
            self.zone,
            edges=edges,
            smallest_cell=smallest_cell,
            most=most,
        )
