"""Tags worked out from other tags: arithmetic, tiers, rules. Vectorised over customers, in the plan's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.fold.predicate import customers_of, evaluate
from limner.fold.shape import DTYPES, NULLS, Shape, empty_column
from limner.model.clock import local_day
from limner.model.column import NULL_NUMBER, TagColumn, ValueType
from limner.model.condition import Condition
from limner.model.fold import Scalar
from limner.model.tag import Arithmetic, Expr, ExprNode, Number, Quantiles, Rule, Tag, TagRef, Tiers

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ground:
    """What is there to derive from: columns by tag, hidden columns of behaviour by fold key, all of ``size`` customers.

    ``columns`` grows as tags are derived.
    """

    columns: Mapping[str, TagColumn]
    hidden: Mapping[str, TagColumn]
    as_of: int
    zone: str
    size: int
    bounds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """By tag with quantiles: the population's, none for a tag that nobody had a value of."""
    doubles: dict[str, Doubles] = field(default_factory=dict)
    """Columns as arithmetic takes them; thousands of tags may read the same."""

    def read(self, tag: str) -> Doubles:
        """A column in double."""
        found = self.doubles.get(tag)
        if found is None:
            found = self.doubles[tag] = as_doubles(self.columns[tag], local_day(self.as_of, self.zone))
        return found

    def holds(self, condition: Condition) -> npt.NDArray[np.bool_]:
        return evaluate(condition, self.columns, self.as_of, self.zone, self.hidden, size=self.size)


def derive(tag: Tag, shape: Shape, ground: Ground) -> TagColumn:
    """The column of a tag that is not a fold. A prediction nobody made is null. The caller lets numbers overflow."""
    match tag.definition:
        case Rule(condition):
            return TagColumn(ValueType.BOOL, ground.holds(condition).view(np.int8))
        case Tiers() as tiers:
            return _derive_tiers(tiers, shape, ground)
        case Quantiles() as quantiles:
            return _derive_quantiles(quantiles, shape, ground, ground.bounds.get(tag.name, ()))
        case Expr(tree=tree):
            found = np.asarray(_calculate(tree, ground))
            values = found if found.ndim else np.broadcast_to(found, ground.size)
            # What overflows is no number either.
            return TagColumn(ValueType.FLOAT, np.where(np.isfinite(values), values, np.nan))
        case _:
            return empty_column(shape, ground.size)


def _derive_tiers(tiers: Tiers, shape: Shape, ground: Ground) -> TagColumn:
    values = np.full(ground.size, _stored(tiers.otherwise, shape), DTYPES[shape.type])
    # From the last branch to the first, so that the first that holds is the one that stays.
    for condition, value in reversed(tiers.branches):
        values[ground.holds(condition)] = _stored(value, shape)
    return TagColumn(shape.type, values, shape.scale, shape.dictionary)


def _derive_quantiles(quantiles: Quantiles, shape: Shape, ground: Ground, bounds: tuple[float, ...]) -> TagColumn:
    """The part beyond as many bounds as the number is over: what equals a bound belongs to the part below it."""
    numbers = ground.read(quantiles.tag)
    stored = np.array([_stored(value, shape) for value in quantiles.values], DTYPES[shape.type])
    values = np.full(ground.size, _stored(None, shape), DTYPES[shape.type])
    if bounds:
        known = ~np.isnan(numbers)
        values[known] = stored[np.searchsorted(np.array(bounds), numbers[known], side="left")]
    return TagColumn(shape.type, values, shape.scale, shape.dictionary)


def _stored(value: Scalar | None, shape: Shape) -> float:
    if value is None:
        return NULLS[shape.type]
    return shape.dictionary.index(str(value)) if shape.type is ValueType.TEXT else float(value)


def _calculate(node: ExprNode, ground: Ground) -> Doubles | np.float64:
    match node:
        case Number(value):
            return np.float64(value)
        case TagRef(tag):
            return ground.read(tag)
        case Arithmetic("neg", left):
            return -_calculate(left, ground)
        case Arithmetic(op, left, right) if right is not None:
            return _apply(op, _calculate(left, ground), _calculate(right, ground))
    raise ValueError(f"{node!r} is not arithmetic")


def _apply(op: str, left: Doubles | np.float64, right: Doubles | np.float64) -> Doubles | np.float64:
    match op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return np.where(right == 0, np.nan, left / right)
        case "%":
            # The sign of the left side, as in SQL.
            return np.where(right == 0, np.nan, np.fmod(left, right))
    raise ValueError(f"{op!r} is not an operator of arithmetic")


def as_doubles(column: TagColumn, today: int) -> Doubles:
    """What is read of a column, in double; null is NaN. Texts, lists and counts are null."""
    values: npt.NDArray[Any] = column.values
    match column.type:
        case ValueType.FLOAT:
            return values.astype(np.float64, copy=False)
        case ValueType.BOOL:
            return np.where(values < 0, np.nan, values)
        case ValueType.INTEGER | ValueType.DECIMAL:
            doubles = (today - values if column.since_last else values) / 10.0**column.scale
            return np.where(values == NULL_NUMBER, np.nan, doubles)
        case _:
            return np.full(customers_of(column), np.nan)
