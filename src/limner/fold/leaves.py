"""The leaves of conditions: a test of a column, as what the scan compares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.errors import DefinitionError, Problem
from limner.fold.comparison import (
    NEGATIVE,
    FloatIntervals,
    Intervals,
    Operand,
    float_intervals,
    merge,
    number_intervals,
    time_intervals,
)
from limner.fold.scan import CODE, DOUBLE, FLAG, MASK, TABLE, WIDE
from limner.fold.words import Table, word_runs, word_table
from limner.model.clock import local_day
from limner.model.column import TagColumn, ValueType
from limner.model.fold import Op

Mask = npt.NDArray[np.bool_]

FEW_RUNS = 4
"""Up to so many runs of codes are compared as intervals, which the processor does for many customers at once."""
EVERY_DOUBLE: FloatIntervals = ((-np.inf, np.inf),)
POSITIVE = {Op.NE: Op.EQ, Op.NOT_IN: Op.IN, Op.CONTAINS: Op.EQ}
"""A list contains a value if an element equals it, and is ``ne`` to it if none does."""


class Leaf(NamedTuple):
    """``kind`` says how ``values`` are compared: with intervals or with a table. The answer may be turned round."""

    kind: int
    values: npt.NDArray[np.generic]
    intervals: Intervals | FloatIntervals = ()
    table: Table | None = None
    negated: bool = False


def test_column(column: TagColumn, op: Op, operand: Operand, as_of: int, zone: str) -> Leaf:
    """``{tag: {op: operand}}`` over one column. Raises DefinitionError for a comparison of counts."""
    match column.type:
        case ValueType.TEXT:
            leaf = _test_codes(column, op, operand, as_of, zone)
        case ValueType.TEXTS | ValueType.NUMBERS:
            leaf = Leaf(MASK, _test_lists(column, op, operand, as_of, zone))
        case ValueType.COUNTS:
            leaf = Leaf(MASK, _test_counts(column, op, operand))
        case ValueType.FLOAT:
            leaf = _test_doubles(column, op, operand)
        case ValueType.BOOL:
            leaf = Leaf(FLAG, _as(column, np.int8), _flag_intervals(op, operand))
        case ValueType.TIME:
            leaf = Leaf(WIDE, _as(column, np.int64), time_intervals(op, operand, as_of, zone))
        case _:
            leaf = Leaf(WIDE, _as(column, np.int64), _number_intervals(column, op, operand, local_day(as_of, zone)))
    return leaf


def _test_doubles(column: TagColumn, op: Op, operand: Operand) -> Leaf:
    values = _as(column, np.float64)
    if op is Op.IS_NULL:
        return Leaf(DOUBLE, values, EVERY_DOUBLE, negated=bool(operand))
    return Leaf(DOUBLE, values, float_intervals(op, operand))


def _number_intervals(column: TagColumn, op: Op, operand: Operand, today: int) -> Intervals:
    intervals = number_intervals(op, operand, column.scale)
    if column.since_last and op is not Op.IS_NULL:
        # What is read is today less the stored day.
        return merge((today - high, today - low) for low, high in intervals)
    return intervals


def _as(column: TagColumn, dtype: type[np.generic]) -> npt.NDArray[np.generic]:
    return np.ascontiguousarray(column.values, dtype)


def _flag_intervals(op: Op, operand: Operand) -> Intervals:
    if op is Op.IS_NULL:
        return ((-1, -1),) if operand else ((0, 1),)
    clipped = ((max(low, 0), min(high, 1)) for low, high in number_intervals(op, operand, 0))
    return tuple((low, high) for low, high in clipped if low <= high)


def _test_codes(column: TagColumn, op: Op, operand: Operand, as_of: int, zone: str) -> Leaf:
    values = _as(column, np.int32)
    runs = word_runs(op, operand, column.dictionary, as_of, zone)
    if len(runs) <= FEW_RUNS:
        return Leaf(CODE, values, runs)
    return Leaf(TABLE, values, table=word_table(op, operand, column.dictionary, as_of, zone))


def _test_lists(column: TagColumn, op: Op, operand: Operand, as_of: int, zone: str) -> Mask:
    """Does an element pass; for ``ne`` and ``not_in``: is there an element, and none that equals?"""
    offsets = column.offsets if column.offsets is not None else np.zeros(len(column.values) + 1, np.int64)
    filled: Mask = np.diff(offsets) > 0
    if op is Op.IS_NULL:
        return ~filled if operand else filled
    positive, values = POSITIVE.get(op, op), np.asarray(column.values)
    if column.type is ValueType.TEXTS:
        table = word_table(positive, operand, column.dictionary, as_of, zone)
        hits = np.asarray(table[values.astype(np.int64) + 1] != 0)
    else:
        hits = np.zeros(len(values), np.bool_)
        for low, high in number_intervals(positive, operand, column.scale):
            hits |= (values >= low) & (values <= high)
    running = np.concatenate([[0], np.cumsum(hits)])
    found: Mask = running[offsets[1:]] > running[offsets[:-1]]
    return filled & ~found if op in NEGATIVE else found


def _test_counts(column: TagColumn, op: Op, operand: Operand) -> Mask:
    if op is not Op.IS_NULL:
        message = f"counts by hour or weekday cannot be compared with {operand}."
        raise DefinitionError([Problem("condition", op, message, "Only is_null can be asked of them.")])
    filled: Mask = np.asarray(np.asarray(column.values).any(axis=1))
    return ~filled if operand else filled
