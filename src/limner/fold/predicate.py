"""Conditions over columns: whom do they hold for, and for how many? Tags, audiences and triggers all come here.

Two-valued: a comparison with null is false, ``not`` of it is true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.errors import DefinitionError, Problem, did_you_mean
from limner.fold.leaves import Leaf, test_column
from limner.fold.properties import fold_key
from limner.fold.scan import AND, BLOCK, DOUBLE, NOT, OR, PUSH, TALLY, TRUE, scan_customers
from limner.model.column import TagColumn
from limner.model.condition import All, AnyOf, Condition, Did, InAudience, Not, TagTest
from limner.model.fold import Op


def evaluate(
    condition: Condition,
    columns: Mapping[str, TagColumn],
    as_of: int,
    zone: str,
    hidden: Mapping[str, TagColumn] | None = None,
    *,
    size: int | None = None,
) -> npt.NDArray[np.bool_]:
    """True per customer for whom the condition holds.

    ``hidden`` has the columns of inline behaviour by `limner.fold.properties.fold_key`, and those of audiences that are
    asked for by `audience_key`; ``size`` is the number of
    customers, if there may be no column. Raises DefinitionError for a tag that is not among the columns.
    """
    size = _customers(columns, hidden) if size is None else size
    scan = _Scan(columns, as_of, zone, hidden or {})
    scan.add(condition)
    output = np.empty(size, np.bool_)
    scan.run(0, size, output.ctypes.data)
    return output


def count(
    condition: Condition,
    columns: Mapping[str, TagColumn],
    as_of: int,
    zone: str,
    hidden: Mapping[str, TagColumn] | None = None,
    *,
    size: int | None = None,
    threads: int = 1,
) -> int:
    """For how many customers the condition holds; see `evaluate`."""
    return count_each([condition], columns, as_of, zone, hidden, size=size, threads=threads)[0]


def count_each(
    conditions: Sequence[Condition],
    columns: Mapping[str, TagColumn],
    as_of: int,
    zone: str,
    hidden: Mapping[str, TagColumn] | None = None,
    *,
    size: int | None = None,
    threads: int = 1,
) -> list[int]:
    """For how many customers each of these holds. They are looked at once: a column that several conditions read is in
    the processor's cache for all but the first."""
    size = _customers(columns, hidden) if size is None else size
    scan = _Scan(columns, as_of, zone, hidden or {})
    for condition in conditions:
        scan.add(condition)
        scan.actions.append((TALLY, 0))
    if threads == 1 or size < 16 * BLOCK:
        return [int(found) for found in scan.run(0, size, 0)]
    edges = [size * i // threads for i in range(threads + 1)]
    with ThreadPoolExecutor(threads - 1) as pool:
        others = [pool.submit(scan.run, edges[i], edges[i + 1], 0) for i in range(1, threads)]
        counts = scan.run(edges[0], edges[1], 0) + sum(other.result() for other in others)
        return [int(found) for found in counts]


def audience_key(leaf: InAudience) -> str:
    """Of the hidden column of an audience's members."""
    return repr(leaf)


def _customers(columns: Mapping[str, TagColumn], hidden: Mapping[str, TagColumn] | None) -> int:
    for column in (*columns.values(), *(hidden or {}).values()):
        return customers_of(column)
    return 0


def customers_of(column: TagColumn) -> int:
    """How many customers a column is of."""
    return len(column.values) if column.offsets is None else len(column.offsets) - 1


class _Scan:
    """A condition as the tables of `limner.fold.scan.scan_customers`."""

    def __init__(
        self,
        columns: Mapping[str, TagColumn],
        as_of: int,
        zone: str,
        hidden: Mapping[str, TagColumn],
    ) -> None:
        self.columns, self.hidden = columns, hidden
        self.as_of, self.zone = as_of, zone
        self.leaves: list[tuple[int, int, int, int]] = []
        self.pool: list[int] = []
        self.floats: list[float] = []
        self.actions: list[tuple[int, int]] = []
        self.kept: list[npt.NDArray[np.generic]] = []

    def run(self, begin: int, end: int, output: int) -> npt.NDArray[np.int64]:
        pushes = sum(action in (PUSH, TRUE) for action, _ in self.actions)
        counts = np.zeros(sum(action == TALLY for action, _ in self.actions), np.int64)
        scan_customers(
            begin,
            end,
            np.array(self.leaves, np.int64).reshape(-1, 4),
            np.array(self.pool, np.int64),
            np.array(self.floats, np.float64),
            np.array(self.actions, np.int64),
            np.empty((pushes, BLOCK), np.uint8),
            output,
            counts,
        )
        return counts

    def add(self, condition: Condition) -> None:
        match condition:
            case All(items):
                self.add_joined(items, AND)
            case AnyOf(items):
                self.add_joined(items, OR)
            case Not(item):
                self.add(item)
                self.actions.append((NOT, 0))
            case InAudience():
                members = self.hidden[audience_key(condition)]
                self.add_leaf(test_column(members, Op.EQ, True, self.as_of, self.zone))
            case TagTest() | Did():
                column = self.column(condition)
                self.add_leaf(test_column(column, condition.op, condition.operand, self.as_of, self.zone))

    def add_joined(self, items: Sequence[Condition], action: int) -> None:
        if not items:
            self.actions.append((TRUE, 0))
            if action == OR:
                self.actions.append((NOT, 0))
        for i, item in enumerate(items):
            self.add(item)
            if i > 0:
                self.actions.append((action, 0))

    def add_leaf(self, leaf: Leaf) -> None:
        self.kept.append(leaf.values)
        address = leaf.values.ctypes.data
        if leaf.table is not None:
            self.kept.append(leaf.table)
            self.leaves.append((leaf.kind, address, leaf.table.ctypes.data, len(leaf.table)))
        else:
            edges = [edge for interval in leaf.intervals for edge in interval]
            pool: list[Any] = self.floats if leaf.kind == DOUBLE else self.pool
            self.leaves.append((leaf.kind, address, len(pool) // 2, len(leaf.intervals)))
            pool += edges
        self.actions.append((PUSH, len(self.leaves) - 1))
        if leaf.negated:
            self.actions.append((NOT, 0))

    def column(self, leaf: TagTest | Did) -> TagColumn:
        if isinstance(leaf, Did):
            return self.hidden[fold_key(leaf.fold)]
        if leaf.tag not in self.columns:
            hint = did_you_mean(leaf.tag, self.columns)
            raise DefinitionError([Problem("condition", leaf.tag, f"there is no tag {leaf.tag!r}.", hint)])
        return self.columns[leaf.tag]
